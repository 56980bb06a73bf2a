import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  goodPassword,
  messagesTo,
  otherPassword,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
  wrongCode,
} from '../support/journey.ts';
import {
  accountOf,
  age,
  challenge,
  entriesOf,
  mailTo,
  provedBy,
  rightAnswers,
  verify,
  withEmail,
  wrongAnswers,
} from '../support/recovery.ts';

t.test('recovery by three methods', async (t) => {
  const service = await startTestService(t);

  t.test('the methods of a person are offered with masked destinations', async (t) => {
    const person = await signUp(service);
    const start = async () =>
      (await service.post('/v1/recoveries', { nationalCode: person.nationalCode })).body.methods;
    const sms = { method: 'sms', destination: `09•••••••${person.mobile.slice(-2)}` };
    const questions = { method: 'questions', holdSeconds: 0 };
    t.same(await start(), [sms, questions], 'an address that was not proved is no method');
    await withEmail(service, person);
    t.same(await start(), [sms, { method: 'email', destination: 'a•••@•••' }, questions]);
  });

  t.test('a code by e-mail gets the person back in', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const flow = await startRecovery(service, person.nationalCode);
    const { status, body } = await challenge(service, flow, 'email');
    t.equal(status, 200);
    t.match(body, { method: 'email', resendInSeconds: 60, attemptsLeft: 5 });
    const [message] = await mailTo(service, email);
    t.equal(message?.purpose, 'recovery-code');
    const code = message?.code ?? '';
    t.equal((await verify(service, flow, { code: wrongCode(code) })).body.attemptsLeft, 4);
    t.match((await verify(service, flow, { code })).body, {
      next: 'set-password',
      permissionExpiresAt: /Z$/,
    });
    t.same(
      (await entriesOf(service, flow)).sort(),
      ['recovery-proof-failed refused', 'recovery-proved succeeded'],
      'what its owner sees of it',
    );
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 204);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  t.test('the right answers, in any order and usual way of writing, get the person back in', async (t) => {
    const person = await signUp(service);
    const flow = await startRecovery(service, person.nationalCode);
    const { status, body } = await challenge(service, flow, 'questions');
    t.equal(status, 200);
    const answers = await rightAnswers(service);
    t.same(
      body.questions.map(({ id }: { id: string }) => id),
      answers.map(({ question }) => question),
      'the questions chosen at sign-up',
    );
    t.match(body.questions[0].text, /؟$/);
    const english = await service.post(
      `/v1/recoveries/${flow.id}/challenge`,
      { method: 'questions' },
      { token: flow.token, headers: { 'accept-language': 'en' } },
    );
    t.match(english.body.questions[0], { id: answers[0]?.question, text: /\?$/ });
    const rewritten = answers
      .map((item) => ({ ...item, answer: ` ${item.answer.replace('ی', 'ي')} ` }))
      .reverse();
    t.match((await verify(service, flow, { answers: rewritten })).body, { next: 'set-password' });
    t.same(await entriesOf(service, flow), ['recovery-proved succeeded']);
    t.notOk(
      (await messagesTo(service, person.mobile)).some(({ purpose }) => purpose === 'recovery-held'),
      'where there is no hold, nobody is told of one',
    );
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 204);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  t.test('one wrong answer refuses all of them, and the reply never says which', async (t) => {
    const person = await signUp(service);
    const flow = await startRecovery(service, person.nationalCode);
    await challenge(service, flow, 'questions');
    const right = await rightAnswers(service);
    const replies = new Set<string>();
    for (const place of [0, 1, 2]) {
      const answers = right.map((item, index) => (index === place ? { ...item, answer: 'نادرست' } : item));
      const { status, body } = await verify(service, flow, { answers });
      t.equal(status, 422);
      t.equal(body.code, 'answers-not-accepted');
      t.equal(body.attemptsLeft, 4 - place);
      replies.add(JSON.stringify({ ...body, requestId: '', attemptsLeft: 0 }));
    }
    t.equal(replies.size, 1);
    t.equal((await verify(service, flow, { answers: right })).status, 200);
  });

  t.test('the questions are the same until answered, in every flow, and cost no message', async (t) => {
    const person = await signUp(service);
    const seen = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      const flow = await startRecovery(service, person.nationalCode);
      for (let again = 0; again < 7; again += 1) {
        seen.add(JSON.stringify((await challenge(service, flow, 'questions')).body.questions));
      }
    }
    t.equal(seen.size, 1);
    t.notOk((await messagesTo(service, person.mobile)).some(({ purpose }) => purpose === 'recovery-code'));
  });

  t.test(
    'changing the method ends the challenge before it, and a proof is good for its own method',
    async (t) => {
      const person = await signUp(service);
      await withEmail(service, person);
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'sms');
      const [sms] = (await messagesTo(service, person.mobile)) as unknown as { code: string }[];
      await challenge(service, flow, 'questions');
      t.equal((await verify(service, flow, { code: sms?.code ?? '' })).body.code, 'answers-not-accepted');
      await service.db.updateTable('recovery').set({ sent_at: null }).where('id', '=', flow.id).execute();
      await challenge(service, flow, 'email');
      t.equal(
        (await verify(service, flow, { code: sms?.code ?? '' })).status,
        422,
        'the other channel’s code',
      );
      t.equal((await verify(service, flow, { answers: await rightAnswers(service) })).status, 422);
      t.equal(
        (await challenge(service, flow, 'sms')).body.code,
        'resend-too-early',
        'one pause for all channels',
      );
    },
  );

  t.test('a method that was not offered cannot be asked for', async (t) => {
    const person = await signUp(service);
    const flow = await startRecovery(service, person.nationalCode);
    const { status, body } = await challenge(service, flow, 'email');
    t.equal(status, 409);
    t.equal(body.code, 'method-not-offered');
    const messages = await service.db
      .selectFrom('message')
      .where('account_id', '=', (await accountOf(service, person)).id)
      .where('purpose', '=', 'recovery-code')
      .select('id')
      .execute();
    t.same(messages, []);
  });

  t.test('one budget over codes and answers: ten failures, then a pause that doubles', async (t) => {
    const person = await signUp(service);
    const wrong = { answers: await wrongAnswers(service) };
    const guess = async () => {
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'questions');
      return verify(service, flow, wrong);
    };
    const bySms = await startRecovery(service, person.nationalCode);
    await challenge(service, bySms, 'sms');
    const [sms] = (await messagesTo(service, person.mobile)) as unknown as { code: string }[];
    for (let count = 0; count < 5; count += 1) {
      await verify(service, bySms, { code: wrongCode(sms?.code ?? '') });
    }
    for (let count = 0; count < 5; count += 1) t.equal((await guess()).status, 422);
    for (const hours of [1, 2, 4, 8, 16, 24, 24]) {
      const refused = await guess();
      t.equal(refused.status, 429, `${hours} hours`);
      t.equal(refused.body.code, 'too-many-failed-proofs');
      const seconds = Number(refused.headers.get('retry-after'));
      t.ok(seconds > hours * 3600 - 60 && seconds <= hours * 3600, `${seconds} seconds`);
      await age(service, hours * 3600 + 1);
      t.equal((await guess()).status, 422, 'one guess');
    }
    await age(service, 24 * 3600 + 7 * 24 * 3600 + 1);
    for (let count = 0; count < 10; count += 1) t.equal((await guess()).status, 422, 'all forgotten');
    t.equal((await guess()).status, 429);
  });

  t.test('the right proof gives back the guess that it cost', async (t) => {
    const person = await signUp(service);
    for (let count = 0; count < 12; count += 1) {
      t.equal((await provedBy(service, person, 'questions')).answer.status, 200, `${count}`);
    }
  });

  t.test('the owner is told after five failures, at every address, at most once a day', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const flow = await startRecovery(service, person.nationalCode);
    const warnings = async () => {
      const all = [...(await messagesTo(service, person.mobile)), ...(await mailTo(service, email))];
      return all.filter(({ purpose }) => purpose === 'recovery-failures').length;
    };
    await challenge(service, flow, 'questions');
    const answers = await wrongAnswers(service);
    for (let count = 0; count < 4; count += 1) await verify(service, flow, { answers });
    t.equal(await warnings(), 0);
    await verify(service, flow, { answers });
    t.equal(await warnings(), 2);
    const again = await startRecovery(service, person.nationalCode);
    await challenge(service, again, 'questions');
    for (let count = 0; count < 5; count += 1) await verify(service, again, { answers });
    t.equal(await warnings(), 2, 'not again today');
    await age(service, 24 * 3600 + 1);
    const nextDay = await startRecovery(service, person.nationalCode);
    await challenge(service, nextDay, 'questions');
    t.equal((await verify(service, nextDay, { answers })).status, 422, 'the eleventh failure');
    t.equal(await warnings(), 4, 'on the next day again, as it goes on');
  });
});

t.test('a service too busy for a hash has not judged, so no guess is used up', async (t) => {
  const service = await startTestService(t, {
    // Slow enough for five requests to meet, however slowly they arrive.
    environment: { PASSWORD_CONCURRENCY: '1', PASSWORD_QUEUE_LIMIT: '1', PASSWORD_COST: '12' },
  });
  const person = await signUp(service);
  const flow = await startRecovery(service, person.nationalCode);
  await challenge(service, flow, 'questions');
  const answers = await wrongAnswers(service);
  const replies = await Promise.all(Array.from({ length: 5 }, () => verify(service, flow, { answers })));
  const judged = replies.filter(({ status }) => status === 422).length;
  t.ok(replies.some(({ status }) => status === 503));
  t.equal(judged + replies.filter(({ status }) => status === 503).length, 5);
  const { attempts } = await service.db
    .selectFrom('recovery')
    .where('id', '=', flow.id)
    .select('attempts')
    .executeTakeFirstOrThrow();
  t.equal(attempts, judged);
});

t.test('methods that are switched off are offered to nobody', async (t) => {
  const service = await startTestService(t, { environment: { RECOVERY_METHODS: 'email,sms' } });
  const person = await signUp(service);
  const flow = await startRecovery(service, person.nationalCode);
  t.equal((await challenge(service, flow, 'questions')).body.code, 'method-not-offered');
  for (const nationalCode of [person.nationalCode, '0684159414', '0067749828']) {
    const { body } = await service.post('/v1/recoveries', { nationalCode });
    t.notOk(body.methods.some(({ method }: { method: string }) => method === 'questions'));
  }
  t.equal((await signIn(service, person, goodPassword)).status, 201);
});

t.test('who is unknown is shown an e-mail address as often as people have one', async (t) => {
  for (const percent of [0, 100]) {
    const service = await startTestService(t, {
      environment: { RECOVERY_DECOY_EMAIL_PERCENT: String(percent) },
    });
    for (const nationalCode of ['0684159414', '0067749828']) {
      const { body } = await service.post('/v1/recoveries', { nationalCode });
      t.match(body.methods[0], { method: 'sms', destination: /^09•••••••\d\d$/ });
      t.same(
        body.methods.slice(1).map(({ method }: { method: string }) => method),
        percent ? ['email', 'questions'] : ['questions'],
      );
      if (percent) t.match(body.methods[1].destination, /^[a-z•]•••@•••$/);
    }
  }
});
