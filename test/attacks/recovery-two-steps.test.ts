import { sql } from 'kysely';
import t from 'tap';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  otherPassword,
  type RecoveryFlow,
  setRecoveredPassword,
  signIn,
  signUp,
  wrongCode,
} from '../support/journey.ts';
import { withWork } from '../support/proof-of-work.ts';
import { ageQuotas } from '../support/quotas.ts';
import {
  accountOf,
  entriesOf,
  type GivenProof,
  type Method,
  rightAnswers,
  withEmail,
  wrongAnswers,
} from '../support/recovery.ts';

// Rules 2 and 3: when what unknown devices may fail at is used up, answers are taken without a word and a code decides.

const environment = { TRUSTED_PROXIES: '127.0.0.1' };
const nobody = '0684159414';
const day = 24 * 60 * 60;
const attackersNetwork = '198.51.100.7';

type Origin = Readonly<{ from?: string; deviceToken?: string }>;

/** A recovery as one client network takes it. */
function recoveryFrom(service: TestService, { from = attackersNetwork, deviceToken }: Origin = {}) {
  const headers = {
    'x-forwarded-for': from,
    ...(deviceToken !== undefined && { 'device-token': deviceToken }),
  };
  return {
    async start(nationalCode: string): Promise<RecoveryFlow> {
      const { body } = await service.post('/v1/recoveries', { nationalCode }, { headers });
      return { id: body.id, token: body.flowToken };
    },
    challenge: ({ id, token }: RecoveryFlow, method: Method) =>
      service.post(`/v1/recoveries/${id}/challenge`, { method }, { token, headers }),
    verify: ({ id, token }: RecoveryFlow, proof: GivenProof) =>
      withWork((work) =>
        service.post(`/v1/recoveries/${id}/verification`, proof, { token, headers: { ...headers, ...work } }),
      ),
    verifyOnce: ({ id, token }: RecoveryFlow, proof: GivenProof) =>
      service.post(`/v1/recoveries/${id}/verification`, proof, { token, headers }),
  };
}

/** From now on no word is said to this network on answers for this person. */
async function useUpAnswers(service: TestService, nationalCode: string, origin: Origin = {}): Promise<void> {
  const stranger = recoveryFrom(service, origin);
  const flow = await stranger.start(nationalCode);
  await stranger.challenge(flow, 'questions');
  const answers = await wrongAnswers(service);
  for (let guess = 0; guess < 3; guess += 1) await stranger.verify(flow, { answers });
}

/** The first step of two. */
async function giveAnswers(
  service: TestService,
  nationalCode: string,
  answers: GivenProof['answers'],
  origin: Origin = {},
): Promise<RecoveryFlow & { answer: Answer }> {
  const own = recoveryFrom(service, origin);
  const flow = await own.start(nationalCode);
  await own.challenge(flow, 'questions');
  return { ...flow, answer: await own.verify(flow, answers ? { answers } : {}) };
}

/** As if the pause between two messages were over. */
const endPauses = (service: TestService) =>
  service.db.updateTable('recovery').set({ sent_at: null }).execute();

t.test('right answers, wrong answers and nobody’s are one answer, and the same is written', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  for (const nationalCode of [person.nationalCode, nobody]) await useUpAnswers(service, nationalCode);
  const shapes = [];
  const own = recoveryFrom(service);
  for (const [nationalCode, answers] of [
    [person.nationalCode, await rightAnswers(service)],
    [person.nationalCode, await wrongAnswers(service)],
    [nobody, await wrongAnswers(service)],
  ] as const) {
    const flow = await giveAnswers(service, nationalCode, answers);
    const steps = [
      flow.answer,
      await own.verifyOnce(flow, { answers }),
      await own.challenge(flow, 'questions'),
      await own.challenge(flow, 'sms'),
      await own.verifyOnce(flow, { code: '000000' }),
      await own.challenge(flow, 'email'),
      await setRecoveredPassword(service, flow, otherPassword),
    ];
    shapes.push(
      steps.map(({ status, headers, body, text }) => ({
        status,
        headers: [...headers.keys()].filter((name) => name !== 'date'),
        length: text.length,
        body: { ...body, expiresAt: '', requestId: '' },
      })),
    );
  }
  for (const shape of shapes) t.strictSame(shape, shapes[0]);
  t.same(
    shapes[0]?.map(({ status }) => status),
    [200, 409, 409, 200, 422, 429, 409],
  );
  t.match(shapes[0]?.[0]?.body, { next: 'prove-another-method', methods: ['sms', 'email'] });
  const codes = await service.db
    .selectFrom('message')
    .where('purpose', '=', 'recovery-code')
    .select('account_id')
    .execute();
  t.equal(codes.length, 3, 'a row each');
  t.equal(codes.filter(({ account_id }) => account_id !== null).length, 1, 'and one of them leaves');
});

t.test('the code decides both steps, and the owner sets the password at once', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  await useUpAnswers(service, person.nationalCode);
  const flow = await giveAnswers(service, person.nationalCode, await rightAnswers(service));
  const own = recoveryFrom(service);
  await own.challenge(flow, 'sms');
  const code = await codeSentTo(service, person.mobile);
  t.equal((await own.verify(flow, { code: wrongCode(code) })).body.attemptsLeft, 4);
  const twice = await Promise.all([own.verify(flow, { code }), own.verify(flow, { code })]);
  t.same(twice.map(({ status }) => status).sort(), [200, 409], 'once');
  t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
  t.equal((await signIn(service, person, otherPassword)).status, 201);
  t.same(await entriesOf(service, flow), [
    'recovery-started succeeded',
    'recovery-proved succeeded',
    'recovery-code-sent succeeded',
    'recovery-proof-failed refused',
    'recovery-proved succeeded',
    'password-recovered succeeded',
  ]);
});

t.test('after wrong answers no code is right, not even one that somebody else was sent', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  await useUpAnswers(service, person.nationalCode);
  const own = await giveAnswers(service, person.nationalCode, await rightAnswers(service));
  await recoveryFrom(service).challenge(own, 'sms');
  const code = await codeSentTo(service, person.mobile);
  const stranger = await giveAnswers(service, person.nationalCode, await wrongAnswers(service));
  await recoveryFrom(service).challenge(stranger, 'sms');
  t.equal(await codeSentTo(service, person.mobile), code, 'no other code has left');
  t.equal((await recoveryFrom(service).verify(stranger, { code })).status, 422);
});

t.test('a code is not looked at when codes are used up: answers come first', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  const own = recoveryFrom(service);
  for (const nationalCode of [person.nationalCode, nobody]) {
    const flow = await own.start(nationalCode);
    await own.challenge(flow, 'sms');
    const sent = nationalCode === nobody ? '000000' : await codeSentTo(service, person.mobile);
    for (let guess = 0; guess < 5; guess += 1) await own.verify(flow, { code: wrongCode(sent) });
    const { status, body } = await own.verify(flow, { code: sent });
    t.equal(status, 200);
    t.same(body, { next: 'prove-another-method', methods: ['questions'] }, nationalCode);
    t.equal((await own.challenge(flow, 'sms')).body.code, 'method-not-offered');
    t.same((await own.verify(flow, { code: sent })).body, body, 'however often it is tried');
    t.equal((await own.challenge(flow, 'questions')).status, 200);
    const answered = await own.verify(flow, { answers: await rightAnswers(service) });
    t.same(answered.body, { next: 'prove-another-method', methods: ['sms', 'email'] });
    t.equal((await own.challenge(flow, 'sms')).status, 200, 'at once, whatever was sent before');
    if (nationalCode === nobody) continue;
    const code = await codeSentTo(service, person.mobile);
    t.not(code, sent);
    t.equal((await own.verify(flow, { code: sent })).status, 422, 'the first code is of no use');
    t.equal((await own.verify(flow, { code })).body.next, 'set-password');
  }
});

t.test('without questions a code that is not looked at leads to a branch', async (t) => {
  const service = await startTestService(t, {
    environment: { ...environment, RECOVERY_METHODS: 'sms,email' },
  });
  const person = await signUp(service);
  const own = recoveryFrom(service);
  const flow = await own.start(person.nationalCode);
  await own.challenge(flow, 'sms');
  const code = await codeSentTo(service, person.mobile);
  for (let guess = 0; guess < 5; guess += 1) await own.verify(flow, { code: wrongCode(code) });
  t.same((await own.verify(flow, { code })).body, { next: 'visit-branch' });
  const elsewhere = recoveryFrom(service, { from: '192.0.2.9' });
  const again = await elsewhere.start(person.nationalCode);
  await elsewhere.challenge(again, 'sms');
  const own2 = await codeSentTo(service, person.mobile);
  t.equal((await elsewhere.verify(again, { code: own2 })).body.next, 'set-password', 'other networks go on');
});

t.test('five codes a day leave after right answers; strangers use none of them up', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  await useUpAnswers(service, person.nationalCode);
  const toCode = async (answers: GivenProof['answers']) => {
    const flow = await giveAnswers(service, person.nationalCode, answers);
    await recoveryFrom(service).challenge(flow, 'sms');
    return flow;
  };
  for (let n = 0; n < 7; n += 1) await toCode(await wrongAnswers(service));
  const flows = [];
  for (let n = 0; n < 6; n += 1) flows.push(await toCode(await rightAnswers(service)));
  const left = await service.db
    .selectFrom('message')
    .where('purpose', '=', 'recovery-code')
    .where('account_id', 'is not', null)
    .select('id')
    .execute();
  t.equal(left.length, 5);
  const rows = await service.db
    .selectFrom('recovery')
    .where(
      'id',
      'in',
      flows.map(({ id }) => id),
    )
    .orderBy('id')
    .select('account_id')
    .execute();
  t.same(
    rows.map(({ account_id }) => account_id !== null),
    [true, true, true, true, true, false],
    'a code beyond them is right for nobody: its guesses would be beyond every count',
  );
  const [first] = flows;
  if (!first) throw new Error('no flow');
  await endPauses(service);
  t.equal((await recoveryFrom(service).challenge(first, 'sms')).status, 200, 'asked for again');
  const code = await codeSentTo(service, person.mobile);
  t.ok(code);
  await ageQuotas(service.db, day + 1);
  const next = await toCode(await rightAnswers(service));
  t.equal(
    (await recoveryFrom(service).verify(next, { code: await codeSentTo(service, person.mobile) })).body.next,
    'set-password',
    'on the next day',
  );
});

t.test('of many guesses at once no more are told than the quotas say, whoever they are about', async (t) => {
  const service = await startTestService(t, { environment });
  const replica = await service.replica({ background: false });
  for (const nationalCode of [(await signUp(service)).nationalCode, nobody]) {
    const flows = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const own = recoveryFrom(n % 2 ? service : replica, { from: `203.0.113.${n}` });
        const flow = await own.start(nationalCode);
        await own.challenge(flow, 'questions');
        return { own, flow };
      }),
    );
    const answers = await wrongAnswers(service);
    const told = await Promise.all(flows.map(({ own, flow }) => own.verify(flow, { answers })));
    const statuses = told.map(({ status }) => status).sort();
    t.same(
      statuses,
      [...Array(30).fill(200), ...Array(10).fill(422)],
      told.find(({ status }) => status > 422)?.text ?? 'as the quotas say',
    );
  }
});

t.test(
  'half of a person’s count asks every unknown device for work, which counts nothing by itself',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    for (const nationalCode of [person.nationalCode, nobody]) {
      for (let n = 0; n < 5; n += 1) {
        const own = recoveryFrom(service, { from: `203.0.113.${n}` });
        const flow = await own.start(nationalCode);
        await own.challenge(flow, 'questions');
        t.equal((await own.verifyOnce(flow, { answers: await wrongAnswers(service) })).status, 422);
      }
      const own = recoveryFrom(service, { from: '203.0.113.99' });
      const flow = await own.start(nationalCode);
      await own.challenge(flow, 'questions');
      for (let n = 0; n < 8; n += 1) {
        t.equal((await own.verifyOnce(flow, { answers: await wrongAnswers(service) })).status, 428);
      }
      t.equal((await own.verify(flow, { answers: await wrongAnswers(service) })).body.attemptsLeft, 4);
    }
    const { body: session } = await signIn(service, person);
    const own = recoveryFrom(service, { deviceToken: session.deviceToken });
    const flow = await own.start(person.nationalCode);
    await own.challenge(flow, 'questions');
    t.equal(
      (await own.verifyOnce(flow, { answers: await rightAnswers(service) })).status,
      200,
      'not a known one',
    );
  },
);

t.test('while answers fail everywhere those of unknown devices prove nothing alone', async (t) => {
  const service = await startTestService(t, {
    environment: { ...environment, ANSWER_FAILURES_PER_MINUTE: '4' },
  });
  const replica = await service.replica({ background: false });
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  for (let n = 0; n < 4; n += 1) {
    const own = recoveryFrom(n % 2 ? service : replica, { from: `203.0.113.${n}` });
    const flow = await own.start(n < 2 ? nobody : (await signUp(service)).nationalCode);
    await own.challenge(flow, 'questions');
    t.equal((await own.verify(flow, { answers: await wrongAnswers(service) })).status, 422);
  }
  const answers = await rightAnswers(service);
  const flow = await giveAnswers(replica, person.nationalCode, answers);
  t.equal(flow.answer.body.next, 'prove-another-method');
  await recoveryFrom(service).challenge(flow, 'sms');
  const code = await codeSentTo(service, person.mobile);
  t.equal((await recoveryFrom(service).verify(flow, { code })).body.next, 'set-password');
  const known = { deviceToken: session.deviceToken };
  t.equal((await giveAnswers(service, person.nationalCode, answers, known)).answer.body.next, 'set-password');
  await ageQuotas(service.db, 61);
  t.equal((await giveAnswers(service, person.nationalCode, answers)).answer.body.next, 'set-password');
});

t.test(
  'all known devices of an account fail a hundred times in thirty days, then they are unknown',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    const own = recoveryFrom(service, { deviceToken: session.deviceToken });
    const before = await own.start(person.nationalCode);
    await own.challenge(before, 'sms');
    t.match(await own.challenge(await own.start(person.nationalCode), 'questions'), {
      body: { questions: [{}, {}, {}] },
    });
    for (let guess = 0; guess < 100; guess += 1) {
      const { status } = await service.post(
        '/v1/sessions',
        { nationalCode: person.nationalCode, password: 'Wrong7Words' },
        { headers: { 'device-token': session.deviceToken } },
      );
      if (status !== 401) t.fail(`guess ${guess}: ${status}`);
    }
    const code = await codeSentTo(service, person.mobile);
    t.same((await own.verify(before, { code })).body, {
      next: 'prove-another-method',
      methods: ['questions'],
    });
    const after = await own.start(person.nationalCode);
    const { body } = await own.challenge(after, 'questions');
    t.notOk(body.questions, 'nothing of the account is shown');
  },
);

t.test('failures elsewhere do not count at networks that the account was signed in from', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  const home = '192.0.2.9';
  await service.post(
    '/v1/sessions',
    { nationalCode: person.nationalCode, password: goodPassword },
    { headers: { 'x-forwarded-for': home } },
  );
  for (let today = 0; today < 2; today += 1) {
    for (let n = 0; n < 10; n += 1) {
      const stranger = recoveryFrom(service, { from: `203.0.113.${n}` });
      const flow = await stranger.start(person.nationalCode);
      await stranger.challenge(flow, 'email');
      for (let guess = 0; guess < 5; guess += 1) {
        const { status } = await stranger.verify(flow, { code: '000000' });
        if (status !== 422) t.fail(`day ${today}, network ${n}, guess ${guess}: ${status}`);
      }
    }
    await ageQuotas(service.db, day + 1);
  }
  const codeFrom = async (from: string) => {
    const own = recoveryFrom(service, { from });
    const flow = await own.start(person.nationalCode);
    await own.challenge(flow, 'sms');
    return (await own.verify(flow, { code: await codeSentTo(service, person.mobile) })).body;
  };
  t.same(await codeFrom('203.0.113.77'), { next: 'prove-another-method', methods: ['questions'] });
  t.match(await codeFrom(home), { next: 'set-password' });
});

t.test('what a new password ends in two steps says nothing of it', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  await useUpAnswers(service, person.nationalCode);
  const [right, wrong] = [
    await giveAnswers(service, person.nationalCode, await rightAnswers(service)),
    await giveAnswers(service, person.nationalCode, await wrongAnswers(service)),
  ];
  const own = recoveryFrom(service, { from: '192.0.2.9' });
  const flow = await own.start(person.nationalCode);
  await own.challenge(flow, 'sms');
  await own.verify(flow, { code: await codeSentTo(service, person.mobile) });
  t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
  for (const open of [right, wrong]) {
    const sent = await recoveryFrom(service).challenge(open, 'sms');
    t.equal(sent.status, 200);
    t.equal((await recoveryFrom(service).verify(open, { code: '000000' })).body.attemptsLeft, 4);
  }
});

t.test('an account that acts for others needs mobile and e-mail in two steps too', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  await withEmail(service, person);
  const { id } = await accountOf(service, person);
  await sql`insert into officer (account_id, branch, granted_by) values (${id}, '0101', 'operator:test')`.execute(
    service.db,
  );
  await useUpAnswers(service, person.nationalCode);
  const flow = await giveAnswers(service, person.nationalCode, await rightAnswers(service));
  const own = recoveryFrom(service);
  await own.challenge(flow, 'sms');
  const first = await own.verify(flow, { code: await codeSentTo(service, person.mobile) });
  t.same(first.body, { next: 'prove-another-method', methods: ['email'] });
  await endPauses(service);
  t.equal((await own.challenge(flow, 'email')).status, 200);
  const { body } = await service.get(
    `/dev/messages.json?destination=${encodeURIComponent((await accountOf(service, person)).email ?? '')}`,
  );
  t.equal((await own.verify(flow, { code: body.messages[0].code })).body.next, 'set-password');
});

t.test('a code takes five guesses, also when an earlier code of the flow is given in between', async (t) => {
  const service = await startTestService(t, { environment: { ...environment, RECOVERY_ASSURANCE: 'two' } });
  const person = await signUp(service);
  const email = await withEmail(service, person);
  const thief = recoveryFrom(service);
  const flow = await thief.start(person.nationalCode);
  await thief.challenge(flow, 'email');
  const mails = await service.get(`/dev/messages.json?destination=${encodeURIComponent(email)}`);
  const earlier = mails.body.messages[0].code;
  t.match((await thief.verify(flow, { code: earlier })).body, { next: 'prove-another-method' });
  await endPauses(service);
  await thief.challenge(flow, 'sms');
  const code = await codeSentTo(service, person.mobile);
  for (let guess = 0; guess < 5; guess += 1) await thief.verify(flow, { code: wrongCode(code) });
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 12 }, () => thief.verify(flow, { code: earlier })));
  }
  const { status, body } = await thief.verify(flow, { code });
  t.equal(status, 422);
  t.match(body, { code: 'code-not-accepted', attemptsLeft: 0 });
});

t.test(
  'answers after a code have a count of their own, and the owner is told of those that fail',
  async (t) => {
    const service = await startTestService(t, { environment: { ...environment, RECOVERY_ASSURANCE: 'two' } });
    const person = await signUp(service);
    const thief = recoveryFrom(service);
    const flow = await thief.start(person.nationalCode);
    await thief.challenge(flow, 'sms');
    await thief.verify(flow, { code: await codeSentTo(service, person.mobile) });
    const guess = async (answers: NonNullable<GivenProof['answers']>) => {
      await thief.challenge(flow, 'questions');
      return thief.verify(flow, { answers });
    };
    for (let n = 0; n < 10; n += 1) t.equal((await guess(await wrongAnswers(service))).status, 422);
    const refused = await guess(await rightAnswers(service));
    t.equal(refused.status, 429);
    t.equal(refused.body.code, 'too-many-failed-proofs');
    t.ok(refused.body.retryAfterSeconds > 23 * 3600 && refused.body.retryAfterSeconds <= day);
    const warnings = await service.db
      .selectFrom('message')
      .where('purpose', '=', 'recovery-failures')
      .where('account_id', 'is not', null)
      .select('id')
      .execute();
    t.equal(warnings.length, 1);
  },
);

t.test('what is not asked for is no guess, and takes no hash', async (t) => {
  const service = await startTestService(t, {
    environment: { ...environment, PROOF_OF_WORK_FAILURES_PER_MINUTE: '1' },
  });
  const person = await signUp(service);
  const own = recoveryFrom(service);
  const flow = await own.start(person.nationalCode);
  await own.challenge(flow, 'questions');
  t.equal((await own.verifyOnce(flow, { answers: await wrongAnswers(service) })).status, 422);
  t.equal(
    (await own.verifyOnce(flow, { answers: await wrongAnswers(service) })).status,
    428,
    'work is asked for',
  );
  for (let n = 0; n < 8; n += 1) {
    t.equal((await own.verifyOnce(flow, { code: '123456' })).body.code, 'step-not-open');
  }
  t.equal((await own.challenge(flow, 'questions')).body.attemptsLeft, 4);
});

t.test('right answers are not hashed anew in two steps: that would tell them from wrong ones', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  const dearer = await service.replica({}, { PASSWORD_COST: '5' });
  await useUpAnswers(service, person.nationalCode);
  const before = (await accountOf(service, person)).security_answers_hash;
  const flow = await giveAnswers(dearer, person.nationalCode, await rightAnswers(service));
  t.equal(flow.answer.body.next, 'prove-another-method');
  t.equal((await accountOf(service, person)).security_answers_hash, before);
});

t.test('who has the answers alone does not use up the codes of the owner’s device', async (t) => {
  const service = await startTestService(t, { environment: { ...environment, RECOVERY_ASSURANCE: 'two' } });
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  const answers = await rightAnswers(service);
  const afterAnswers = async (origin: Origin) => {
    const flow = await giveAnswers(service, person.nationalCode, answers, origin);
    return (await recoveryFrom(service, origin).challenge(flow, 'sms')).status;
  };
  for (let n = 0; n < 5; n += 1) t.equal(await afterAnswers({ from: `203.0.113.${n}` }), 200);
  t.equal(await afterAnswers({ from: '203.0.113.9' }), 429);
  t.equal(await afterAnswers({ deviceToken: session.deviceToken }), 200);
});

t.test('a forgotten password begins with wrong ones: they do not stand against the code', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  for (let n = 0; n < 8; n += 1) {
    await service.post(
      '/v1/sessions',
      { nationalCode: person.nationalCode, password: 'Wrong7Words' },
      { headers: { 'x-forwarded-for': attackersNetwork } },
    );
  }
  const own = recoveryFrom(service);
  const flow = await own.start(person.nationalCode);
  await own.challenge(flow, 'sms');
  const { body } = await own.verify(flow, { code: await codeSentTo(service, person.mobile) });
  t.equal(body.next, 'set-password');
});

t.test('answers that come too late are told so to everybody, and cost nothing', async (t) => {
  const service = await startTestService(t, { environment });
  const person = await signUp(service);
  await useUpAnswers(service, person.nationalCode);
  const own = recoveryFrom(service);
  const flow = await own.start(person.nationalCode);
  await own.challenge(flow, 'questions');
  await service.db
    .updateTable('recovery')
    .set({ challenge_expires_at: new Date(0) })
    .execute();
  const late = await own.verify(flow, { answers: await rightAnswers(service) });
  t.match(late.body, { code: 'answers-not-accepted', attemptsLeft: 5 });
  await own.challenge(flow, 'questions');
  t.equal(
    (await own.verify(flow, { answers: await rightAnswers(service) })).body.next,
    'prove-another-method',
  );
});
