import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  otherPassword,
  provedRecovery,
  type RecoveryFlow,
  setRecoveredPassword,
  signIn,
  signUp,
  wrongCode,
} from '../support/journey.ts';
import { age, challenge, rightAnswers, verify, wrongAnswers } from '../support/recovery.ts';

async function startFrom(service: TestService, nationalCode: string, network: string): Promise<RecoveryFlow> {
  const { body } = await service.post(
    '/v1/recoveries',
    { nationalCode },
    { headers: { 'x-forwarded-for': network } },
  );
  return { id: body.id, token: body.flowToken };
}

const behindProxy = { environment: { TRUSTED_PROXIES: '127.0.0.1' } };

t.test(
  'rule 2: of 100 guesses at once, over ten flows, ten networks and two replicas, ten get a word',
  async (t) => {
    const service = await startTestService(t, behindProxy);
    const replica = await service.replica();
    const person = await signUp(service);
    const answers = await wrongAnswers(service);
    const flows = await Promise.all(
      Array.from({ length: 10 }, (_, n) => startFrom(service, person.nationalCode, `2001:db8:${n + 1}::1`)),
    );
    for (const flow of flows) await challenge(service, flow, 'questions');
    const guesses = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        verify(n % 2 ? service : replica, flows[n % 10] as RecoveryFlow, { answers }),
      ),
    );
    t.equal(guesses.filter(({ status }) => status === 422).length, 10);
    const others = guesses.filter(({ status }) => status !== 422).map(({ status }) => status);
    t.same([...new Set(others)].sort(), [200, 409], 'taken without a word, once in each flow');
    t.equal(others.filter((status) => status === 200).length, 10);
    const flow = await startFrom(replica, person.nationalCode, '2001:db8:99::1');
    await challenge(replica, flow, 'questions');
    t.match(
      (await verify(replica, flow, { answers: await rightAnswers(service) })).body,
      { next: 'prove-another-method', methods: ['sms', 'email'] },
      'the right ones too',
    );
  },
);

t.test('rule 2: more wrong guesses than a code has, then the right one, at once', async (t) => {
  const service = await startTestService(t, behindProxy);
  const person = await signUp(service);
  const flow = await startFrom(service, person.nationalCode, '192.0.2.1');
  await challenge(service, flow, 'sms');
  const code = await codeSentTo(service, person.mobile);
  const wrong = await Promise.all(
    Array.from({ length: 8 }, () => verify(service, flow, { code: wrongCode(code) })),
  );
  t.equal(wrong.filter(({ body }) => body.attemptsLeft > 0).length, 4);
  const { body } = await verify(service, flow, { code });
  t.same(body, { next: 'prove-another-method', methods: ['questions'] }, 'not looked at');
});

t.test('rule 2: who stays just below the limit, day after day, comes to it all the same', async (t) => {
  const service = await startTestService(t, behindProxy);
  const person = await signUp(service);
  const answers = await wrongAnswers(service);
  const statuses: number[] = [];
  const guess = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      const flow = await startFrom(service, person.nationalCode, `192.0.2.${statuses.length}`);
      await challenge(service, flow, 'questions');
      statuses.push((await verify(service, flow, { answers })).status);
    }
  };
  const day = 24 * 60 * 60;
  await guess(1);
  await age(service, day - 60);
  await guess(8);
  await age(service, day + 60);
  t.same(new Set(statuses), new Set([422]));
  await guess(3);
  t.same(statuses.slice(9), [422, 200, 200], 'after the tenth, two days later, no word is said');
  await age(service, 28 * day);
  await guess(2);
  t.same(statuses.slice(12), [422, 200], 'each is back thirty days after it was made');
});

t.test('rule 2: every spelling of a national code lands in one quota', async (t) => {
  const service = await startTestService(t, behindProxy);
  const person = await signUp(service);
  const answers = await wrongAnswers(service);
  const spellings = [
    person.nationalCode,
    ` ${person.nationalCode} `,
    person.nationalCode.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? ''),
    person.nationalCode.replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? ''),
    person.nationalCode.split('').join('\u200c'),
  ];
  for (const [n, spelling] of spellings.entries()) {
    const flow = await startFrom(service, spelling, `192.0.2.${n}`);
    await challenge(service, flow, 'questions');
    for (let guess = 0; guess < 2; guess += 1)
      t.equal((await verify(service, flow, { answers })).status, 422);
  }
  const flow = await startFrom(service, person.nationalCode, '192.0.2.99');
  await challenge(service, flow, 'questions');
  t.equal((await verify(service, flow, { answers })).status, 200, 'no word on an eleventh');
});

t.test('rule 2: one network that tries many people is stopped, whatever it claims to be', async (t) => {
  const overrides = { background: false };
  const service = await startTestService(t, { overrides });
  const statuses: number[] = [];
  for (let n = 0; n < 602; n += 1) {
    const { status } = await service.post(
      '/v1/recoveries',
      { nationalCode: '0684159414' },
      { headers: { 'x-forwarded-for': `198.51.100.${n}` } },
    );
    statuses.push(status);
  }
  t.equal(statuses.filter((status) => status === 201).length, 600);
  t.same(statuses.slice(600), [428, 428]);
  const behind = await startTestService(t, { ...behindProxy, overrides });
  const fromSubscriber = [];
  for (let n = 0; n < 602; n += 1) {
    const headers = { 'x-forwarded-for': `2001:db8:1:${n.toString(16)}::1` };
    fromSubscriber.push(
      (await behind.post('/v1/recoveries', { nationalCode: '0684159414' }, { headers })).status,
    );
  }
  t.same(fromSubscriber.slice(600), [428, 428], 'a /48 is one network');
});

t.test('rule 3: a stranger who burns the quota locks nobody out of a known device', async (t) => {
  const service = await startTestService(t, behindProxy);
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  const wrong = await wrongAnswers(service);
  for (let n = 0; n < 4; n += 1) {
    const flow = await startFrom(service, person.nationalCode, `192.0.2.${n}`);
    await challenge(service, flow, 'questions');
    for (let guess = 0; guess < 5; guess += 1) await verify(service, flow, { answers: wrong });
  }
  const at = async (deviceToken: string) => {
    const { body } = await service.post(
      '/v1/recoveries',
      { nationalCode: person.nationalCode },
      { headers: { 'device-token': deviceToken } },
    );
    const flow = { id: body.id, token: body.flowToken };
    await challenge(service, flow, 'questions');
    return verify(service, flow, { answers: await rightAnswers(service) });
  };
  const other = await signIn(service, await signUp(service));
  const inTwoSteps = { next: 'prove-another-method' };
  t.match((await at('made-up')).body, inTwoSteps);
  t.match(
    (await at(other.body.deviceToken)).body,
    inTwoSteps,
    'a device of somebody else is none of this account',
  );
  t.match((await at(session.deviceToken)).body, { next: 'set-password' });
});

t.test(
  'a device that a thief made known is worth no guesses once the password has been recovered',
  async (t) => {
    const service = await startTestService(t, behindProxy);
    const person = await signUp(service);
    const { body: thief } = await signIn(service, person);
    const devices = () => service.db.selectFrom('device').select('account_id').execute();
    t.equal((await devices()).length, 1);
    const flow = await provedRecovery(service, person);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
    t.same(await devices(), []);
    const { body: owner } = await signIn(service, person, otherPassword, thief.deviceToken);
    t.not(owner.deviceToken, thief.deviceToken);
  },
);

t.test('rule 3: nor out of the device that the password has just been changed on', async (t) => {
  const service = await startTestService(t, behindProxy);
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  const { body: elsewhere } = await signIn(service, person);
  const other = await signUp(service);
  const { body: neighbour } = await signIn(service, other);
  const change = (from: string, to: string, deviceToken: string) =>
    service.put(
      '/v1/me/password',
      { currentPassword: from, newPassword: to, newPasswordConfirmation: to },
      { token: session.accessToken, headers: { 'device-token': deviceToken } },
    );
  t.equal((await change(goodPassword, otherPassword, session.deviceToken)).status, 200);
  const wrong = await wrongAnswers(service);
  for (let n = 0; n < 4; n += 1) {
    const flow = await startFrom(service, person.nationalCode, `192.0.2.${n}`);
    await challenge(service, flow, 'questions');
    for (let guess = 0; guess < 5; guess += 1) await verify(service, flow, { answers: wrong });
  }
  for (let guess = 0; guess < 6; guess += 1) await signIn(service, person, 'Wrong7Words');

  const at = async (deviceToken: string) => {
    const { nationalCode } = person;
    const headers = { 'device-token': deviceToken };
    const { body } = await service.post('/v1/recoveries', { nationalCode }, { headers });
    const flow = { id: body.id, token: body.flowToken };
    await challenge(service, flow, 'questions');
    const recovery = await verify(service, flow, { answers: await rightAnswers(service) });
    return [recovery.body.next, (await signIn(service, person, otherPassword, deviceToken)).status];
  };
  t.same(await at(session.deviceToken), ['set-password', 201]);
  t.same(
    await at(elsewhere.deviceToken),
    ['prove-another-method', 202],
    'every other device is a stranger’s',
  );

  t.equal((await change(otherPassword, 'Jw5kBsf2Gc', neighbour.deviceToken)).status, 200);
  t.equal(
    (await signIn(service, other, goodPassword, neighbour.deviceToken)).body.deviceToken,
    neighbour.deviceToken,
  );
  const { body: again } = await signIn(service, person, 'Jw5kBsf2Gc', session.deviceToken);
  t.not(again.deviceToken, session.deviceToken, 'somebody else’s keeps nothing');
});

t.test('rule 3: a running flow is not cancelled by somebody else starting one', async (t) => {
  const service = await startTestService(t, behindProxy);
  const person = await signUp(service);
  const flow = await startFrom(service, person.nationalCode, '192.0.2.1');
  await challenge(service, flow, 'sms');
  const code = await codeSentTo(service, person.mobile);
  for (let n = 0; n < 20; n += 1) {
    await challenge(service, await startFrom(service, person.nationalCode, `192.0.2.${2 + n}`), 'sms');
  }
  t.equal((await verify(service, flow, { code })).status, 200);
});
