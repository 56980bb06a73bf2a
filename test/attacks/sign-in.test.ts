import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  messagesTo,
  otherPassword,
  provedRecovery,
  setRecoveredPassword,
  signIn,
  signUp,
  wrongCode,
} from '../support/journey.ts';
import { withWork } from '../support/proof-of-work.ts';
import { ageQuotas } from '../support/quotas.ts';

const wrong = 'Wrong7Words';
/** Behind a balancer: what it says of the client's address is believed. */
const environment = { TRUSTED_PROXIES: '127.0.0.1' };

const attemptOnce = (
  service: TestService,
  nationalCode: string,
  password: string,
  from = '198.51.100.7',
  more: Record<string, string> = {},
) =>
  service.post(
    '/v1/sessions',
    { nationalCode, password, rememberDevice: true },
    { headers: { 'x-forwarded-for': from, ...more } },
  );

/** With the work that may be asked for it. */
const attempt = (
  service: TestService,
  nationalCode: string,
  password: string,
  from = '198.51.100.7',
  more: Record<string, string> = {},
) => withWork((headers) => attemptOnce(service, nationalCode, password, from, { ...more, ...headers }));

/** As if so much time had passed since the last guess. */
const wait = (service: TestService, seconds: number) => ageQuotas(service.db, seconds);

const day = 24 * 60 * 60;

t.test(
  'an owner who signs in every day and mistypes every other day is never kept waiting for it',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    const { deviceToken } = (await attempt(service, person.nationalCode, goodPassword)).body;
    const statuses = new Set<number>();
    for (const device of [{}, { 'device-token': deviceToken }]) {
      const signInWith = (password: string) =>
        attempt(service, person.nationalCode, password, '198.51.100.7', device);
      for (let typo = 0; typo < 7; typo += 1) {
        statuses.add((await signInWith(wrong)).status);
        for (let day = 0; day < 2; day += 1) {
          statuses.add((await signInWith(goodPassword)).status);
          await wait(service, 23 * 60 * 60);
        }
      }
    }
    t.same([...statuses].sort(), [201, 401]);
  },
);

t.test(
  'rule 1: unknown, wrong, locked and disabled are one answer; the state is told after the right password only',
  async (t) => {
    const service = await startTestService(t, { environment });
    const [active, locked, disabled] = [await signUp(service), await signUp(service), await signUp(service)];
    for (const [person, change] of [
      [locked, { lock: 'locked' }],
      [disabled, { disabled_at: new Date() }],
    ] as const) {
      await service.db
        .updateTable('account')
        .set(change)
        .where('national_code', '=', person.nationalCode)
        .execute();
    }
    const answers = [];
    for (const code of ['0684159414', active.nationalCode, locked.nationalCode, disabled.nationalCode]) {
      const { status, body } = await attempt(service, code, wrong);
      answers.push({ status, ...body, requestId: '' });
    }
    for (const answer of answers) t.same(answer, answers[0]);
    t.equal(answers[0]?.status, 401);
    t.equal((await attempt(service, locked.nationalCode, goodPassword)).body.code, 'account-locked');
    t.equal((await attempt(service, disabled.nationalCode, goodPassword)).body.code, 'account-disabled');
  },
);

t.test(
  'rule 2: of 100 guesses at once, from 100 networks on two replicas, twenty are judged, whoever they are about',
  async (t) => {
    const service = await startTestService(t, { environment });
    const replica = await service.replica({ background: false });
    for (const nationalCode of [(await signUp(service)).nationalCode, '0684159414']) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          attempt(index % 2 ? service : replica, nationalCode, wrong, `203.0.113.${index}`),
        ),
      );
      t.equal(answers.filter(({ status }) => status === 401).length, 20);
      t.equal(answers.filter(({ status }) => status === 202).length, 80);
      const restarted = await service.replica({ background: false });
      t.equal(
        (await attempt(restarted, nationalCode, goodPassword)).status,
        202,
        'a restart forgets nothing',
      );
    }
  },
);

t.test(
  'rule 2: a network fails at one person 5 times a day and 10 times in 30 days; then it goes in two steps',
  async (t) => {
    const service = await startTestService(t, { environment });
    const { nationalCode } = await signUp(service);
    const judged = async (guesses: number, from = '198.51.100.7') => {
      let count = 0;
      for (let guess = 0; guess < guesses; guess += 1) {
        if ((await attempt(service, nationalCode, wrong, from)).status === 401) count += 1;
      }
      return count;
    };
    t.equal(await judged(7), 5);
    t.equal((await attempt(service, nationalCode, goodPassword)).status, 202, 'in two steps');
    t.equal(await judged(1, '198.51.100.8'), 1, 'other networks are not');
    await wait(service, day);
    t.equal(await judged(7), 5);
    await wait(service, day);
    t.equal(await judged(1), 0, 'ten in 30 days');
    await wait(service, 28 * day);
    t.equal(await judged(7), 5, 'those of the first day are back');
  },
);

t.test('rule 2: no success of the owner gives strangers a guess back, or shows them one', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  const { nationalCode } = person;
  for (let guess = 0; guess < 20; guess += 1) {
    await attempt(service, nationalCode, wrong, `203.0.113.${guess}`);
  }
  const flow = await attempt(service, nationalCode, goodPassword, '192.0.2.9');
  await setRecoveredPassword(service, await provedRecovery(service, person), otherPassword);
  for (const password of [wrong, goodPassword, otherPassword]) {
    t.equal((await attempt(service, nationalCode, password, '192.0.2.9')).status, 202);
  }
  const late = await service.post(
    `/v1/sessions/${flow.body.id}/verification`,
    { code: '123456' },
    { token: flow.body.flowToken },
  );
  t.equal(late.body.code, 'code-not-accepted', 'a flow that the new password ended says nothing of it');
});

t.test('rule 2: spellings of one national code are one account and one quota', async (t) => {
  const service = await startTestService(t, { environment });
  const { nationalCode } = await signUp(service);
  const persian = nationalCode.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
  const arabic = nationalCode.replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? '');
  for (const code of [
    persian,
    arabic,
    ` ${nationalCode}`,
    `${nationalCode}\u200c`,
    [...nationalCode].join(' '),
  ]) {
    t.equal((await attempt(service, code, wrong)).status, 401, code);
  }
  t.equal((await attempt(service, nationalCode, wrong)).status, 202);
});

t.test(
  'rule 2: beyond its share of failures over all accounts a network works for each; unworked ones burn nothing of theirs',
  async (t) => {
    const service = await startTestService(t, {
      environment: { ...environment, SIGN_IN_FAILURES_PER_NETWORK: '3' },
    });
    const people = await Promise.all(Array.from({ length: 5 }, () => signUp(service)));
    const statuses = [];
    for (const { nationalCode } of people)
      statuses.push((await attemptOnce(service, nationalCode, wrong)).status);
    t.same(statuses, [401, 401, 401, 428, 428]);
    const refused = people.at(-1)?.nationalCode ?? '';
    for (let guess = 0; guess < 20; guess += 1) {
      const from = `203.0.113.${Math.floor(guess / 2)}`;
      t.equal(
        (await attempt(service, refused, wrong, from)).status,
        401,
        `guess ${guess + 1} from elsewhere`,
      );
    }
    t.equal((await attempt(service, refused, wrong, '203.0.113.40')).status, 202);
    const other = people[0]?.nationalCode ?? '';
    t.equal((await attempt(service, other, goodPassword, '203.0.113.40')).status, 201);
  },
);

t.test('rule 2: an IPv6 /48 is one network, however it is rotated', async (t) => {
  const service = await startTestService(t, {
    environment: { ...environment, SIGN_IN_FAILURES_PER_NETWORK: '2' },
  });
  const guess = async (from: string) =>
    (await attemptOnce(service, (await insuredPerson(service)).nationalCode, wrong, from)).status;
  t.same(
    [await guess('2001:db8:1:1::1'), await guess('2001:db8:1:1:ffff::2'), await guess('2001:db8:1:ffff::3')],
    [401, 401, 428],
  );
  t.equal(await guess('2001:db8:2:1::1'), 401, 'elsewhere it goes on');
});

t.test('rule 10: a forged X-Forwarded-For is no way around the share of a network', async (t) => {
  const service = await startTestService(t, { environment: { SIGN_IN_FAILURES_PER_NETWORK: '2' } });
  const statuses = [];
  for (let index = 0; index < 4; index += 1) {
    const { nationalCode } = await insuredPerson(service);
    statuses.push((await attemptOnce(service, nationalCode, wrong, `203.0.113.${index}`)).status);
  }
  t.same(statuses, [401, 401, 428, 428]);
});

t.test(
  'rule 3: guesses from elsewhere move nothing of a known device; after 100 failures known devices count as unknown',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const { body: stranger } = await signIn(service, await signUp(service));
    for (let guess = 0; guess < 8; guess += 1) await attempt(service, person.nationalCode, wrong);
    t.equal((await attempt(service, person.nationalCode, goodPassword)).status, 202);
    const from = (deviceToken: string, password: string) =>
      attempt(service, person.nationalCode, password, '198.51.100.7', { 'device-token': deviceToken });
    t.equal((await from(body.deviceToken, goodPassword)).status, 201, 'also from the attacker’s own network');
    t.equal(
      (await from(stranger.deviceToken, goodPassword)).status,
      202,
      'a device of somebody else is not known',
    );
    t.equal((await from('A'.repeat(43), goodPassword)).status, 202);
    for (let guess = 0; guess < 99; guess += 1) t.equal((await from(body.deviceToken, wrong)).status, 401);
    t.equal((await from(body.deviceToken, goodPassword)).status, 201, 'it is never kept waiting');
    t.equal((await from(body.deviceToken, wrong)).status, 401);
    t.equal((await from(body.deviceToken, goodPassword)).status, 202, 'a stolen device token is no licence');
  },
);

t.test('rule 3: in two steps everybody gets the same answer, and the same is written', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  const [known, unknown] = [person.nationalCode, '0684159414'];
  for (const nationalCode of [known, unknown]) {
    for (let guess = 0; guess < 5; guess += 1) await attempt(service, nationalCode, wrong);
  }
  const shapes = [];
  for (const [nationalCode, password] of [
    [known, goodPassword],
    [known, wrong],
    [unknown, wrong],
  ] as const) {
    const first = await attempt(service, nationalCode, password);
    t.equal(first.status, 202);
    const second = await service.post(
      `/v1/sessions/${first.body.id}/verification`,
      { code: '000000' },
      { token: first.body.flowToken },
    );
    const same = { id: '', flowToken: '', expiresAt: '' };
    const headers = ({ headers }: typeof first) =>
      [...headers].filter(([name]) => !['date', 'request-id'].includes(name)).map(([name]) => name);
    shapes.push({
      first: { ...first.body, ...same },
      second: { status: second.status, ...second.body, requestId: '' },
      length: first.text.length,
      headers: [headers(first), headers(second)],
    });
  }
  for (const shape of shapes) t.same(shape, shapes[0]);
  t.match(shapes[0]?.second, { status: 422, code: 'code-not-accepted', attemptsLeft: 4 });
  const rows = await service.db
    .selectFrom('message')
    .where('purpose', '=', 'sign-in-code')
    .select('account_id')
    .execute();
  t.equal(rows.length, 3, 'a row each');
  t.equal(rows.filter((row) => row.account_id !== null).length, 1, 'and one of them leaves');
});

t.test(
  'rule 3: the code decides both steps, once, within five guesses and for the right password alone',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    for (let guess = 0; guess < 5; guess += 1) await attempt(service, person.nationalCode, wrong);
    const start = async (password = goodPassword) =>
      (await attempt(service, person.nationalCode, password)).body as { id: string; flowToken: string };
    const verify = (flow: { id: string; flowToken: string }, code: string, more = {}) =>
      service.post(`/v1/sessions/${flow.id}/verification`, { code, ...more }, { token: flow.flowToken });
    const guessed = await start();
    const code = await codeSentTo(service, person.mobile);
    for (let guess = 0; guess < 5; guess += 1) t.equal((await verify(guessed, wrongCode(code))).status, 422);
    t.equal((await verify(guessed, code)).status, 422, 'the sixth is not judged');
    const own = await start();
    await start(wrong);
    t.equal(
      (await verify({ ...own, flowToken: guessed.flowToken }, code)).status,
      401,
      'the id alone opens nothing',
    );
    const ownCode = await codeSentTo(service, person.mobile);
    const twice = await Promise.all([
      verify(own, ownCode, { rememberDevice: true }),
      verify(own, ownCode, { rememberDevice: true }),
    ]);
    t.same(twice.map(({ status }) => status).sort(), [201, 401], 'of two at once one is signed in');
    t.match(twice.find(({ status }) => status === 201)?.body.deviceToken, /^[\w-]{43}$/);
  },
);

t.test('rule 3: five codes a day leave; whoever gives wrong passwords uses none of them up', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  for (let guess = 0; guess < 5 + 8; guess += 1) await attempt(service, person.nationalCode, wrong);
  for (let guess = 0; guess < 7; guess += 1) await attempt(service, person.nationalCode, goodPassword);
  const { length } = await service.db
    .selectFrom('message')
    .where('purpose', '=', 'sign-in-code')
    .where('account_id', 'is not', null)
    .select('id')
    .execute();
  t.equal(length, 5);
});

t.test(
  'rule 15: the owner is told of many failures, at most once a day; for nobody the same is written',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    const warnings = async () => {
      const rows = await service.db
        .selectFrom('message')
        .where('purpose', '=', 'sign-in-failures')
        .select(['account_id'])
        .execute();
      return {
        known: rows.filter((row) => row.account_id).length,
        nobody: rows.filter((row) => !row.account_id).length,
      };
    };
    for (const nationalCode of [person.nationalCode, '0684159414']) {
      for (let guess = 0; guess < 14; guess += 1) {
        const from = `198.51.100.${Math.floor(guess / 5)}`;
        t.equal((await attempt(service, nationalCode, wrong, from)).status, 401);
      }
    }
    // By SMS and by e-mail, once; where somebody has no e-mail address, the row is nobody's.
    t.same(await warnings(), { known: 1, nobody: 3 });
    t.equal((await messagesTo(service, person.mobile))[0]?.purpose, 'sign-in-failures');
  },
);

t.test('rule 9: a sign-in that finds the queue full is told so, and is no failure', async (t) => {
  const service = await startTestService(t, {
    environment: {
      ...environment,
      PASSWORD_QUEUE_LIMIT: '1',
      PASSWORD_CONCURRENCY: '1',
      // Slow enough for five requests to meet, however slowly they arrive.
      PASSWORD_COST: '12',
    },
  });
  const { nationalCode } = await signUp(service);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => attempt(service, nationalCode, goodPassword)),
  );
  const statuses = answers.map(({ status }) => status);
  t.ok(statuses.includes(503));
  t.ok(
    statuses.every((status) => [201, 503].includes(status)),
    statuses.join(),
  );
  t.ok(answers.find(({ status }) => status === 503)?.headers.get('retry-after'));
  for (let guess = 0; guess < 5; guess += 1) {
    t.equal((await attempt(service, nationalCode, wrong)).status, 401, 'all five guesses are left');
  }
});
