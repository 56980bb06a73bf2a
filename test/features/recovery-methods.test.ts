import t from 'tap';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { everyMessageEnded } from '../support/contacts.ts';
import {
  codeSentTo,
  goodPassword,
  messagesTo,
  otherPassword,
  type Person,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
  wrongCode,
} from '../support/journey.ts';
import { ageQuotas } from '../support/quotas.ts';
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

function startOn(service: TestService, { nationalCode }: Person, deviceToken: string): Promise<Answer> {
  return service.post('/v1/recoveries', { nationalCode }, { headers: { 'device-token': deviceToken } });
}

t.test('recovery by three methods', async (t) => {
  const service = await startTestService(t);

  t.test(
    'a device that the account knows is offered what the person has, masked; any other everything',
    async (t) => {
      const person = await signUp(service);
      const { body: session } = await signIn(service, person);
      const { body: stranger } = await signIn(service, await signUp(service));
      const start = async (deviceToken: string) => (await startOn(service, person, deviceToken)).body.methods;
      const everything = [{ method: 'sms' }, { method: 'email' }, { method: 'questions' }];
      const sms = { method: 'sms', destination: `${person.mobile.slice(0, 4)}•••${person.mobile.slice(-4)}` };
      const questions = { method: 'questions' };
      t.same(await start(session.deviceToken), [sms, questions], 'an address that is not there is no method');
      for (const unknown of ['', 'A'.repeat(43), stranger.deviceToken])
        t.same(await start(unknown), everything);
      await withEmail(service, person);
      const email = { method: 'email', destination: 'a•••@e•••.ir' };
      t.same(await start(session.deviceToken), [sms, email, questions]);
      t.same(await start(''), everything, 'before and after there was an address');
      await service.db
        .updateTable('account')
        .set({ barred_kinds: ['mobile'] })
        .where('national_code', '=', person.nationalCode)
        .execute();
      t.same(await start(session.deviceToken), [email, questions], 'what is barred recovers nothing');
      t.same(await start(''), everything);
    },
  );

  t.test(
    'a device that the account knows is asked the person’s own questions, any other is shown none',
    async (t) => {
      const person = await signUp(service);
      const { body: session } = await signIn(service, person);
      const { body: known } = await startOn(service, person, session.deviceToken);
      const { body } = await challenge(service, { id: known.id, token: known.flowToken }, 'questions');
      const answers = await rightAnswers(service);
      t.same(
        body.questions.map(({ id }: { id: string }) => id),
        answers.map(({ question }) => question),
        'those chosen at sign-up',
      );
      t.match(body.questions[0].text, /؟$/);
      const english = await service.post(
        `/v1/recoveries/${known.id}/challenge`,
        { method: 'questions' },
        { token: known.flowToken, headers: { 'accept-language': 'en' } },
      );
      t.match(english.body.questions[0], { id: answers[0]?.question, text: /\?$/ });

      const shownElsewhere = new Set<string>();
      for (const nationalCode of [person.nationalCode, '0684159414']) {
        const flow = await startRecovery(service, nationalCode);
        const shown = (await challenge(service, flow, 'questions')).body;
        shownElsewhere.add(Object.keys(shown).sort().join());
      }
      t.same([...shownElsewhere], ['attemptsLeft,expiresAt,method'], 'whether there is an account or not');
    },
  );

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
      [
        'recovery-code-sent succeeded',
        'recovery-proof-failed refused',
        'recovery-proved succeeded',
        'recovery-started succeeded',
      ],
      'what its owner sees of it',
    );
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  t.test('a code of another method of the same flow, or a replaced one, costs no guess', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const flow = await startRecovery(service, person.nationalCode);
    await challenge(service, flow, 'sms');
    const bySms = await codeSentTo(service, person.mobile);
    await age(service, 61);
    await challenge(service, flow, 'email');
    for (let time = 0; time < 8; time += 1) {
      const { status, body } = await verify(service, flow, { code: bySms });
      t.match({ status, body }, { status: 422, body: { code: 'code-not-accepted', attemptsLeft: 5 } });
    }
    const [message] = await mailTo(service, email);
    const code = message?.code ?? '';
    t.equal(
      (await verify(service, flow, { code: wrongCode(code) })).body.attemptsLeft,
      4,
      'a guess costs one',
    );
    const entries = await entriesOf(service, flow);
    t.equal(entries.filter((entry) => entry === 'recovery-proof-failed refused').length, 1);

    const elsewhere = await startRecovery(service, person.nationalCode);
    t.equal((await challenge(service, elsewhere, 'questions')).status, 200);
    await age(service, 121);
    await challenge(service, elsewhere, 'sms');
    t.equal(
      (await verify(service, elsewhere, { code: bySms })).body.attemptsLeft,
      4,
      'a code of another flow is a guess',
    );
    t.equal((await verify(service, flow, { code })).body.next, 'set-password');
  });

  t.test('the right answers, in any order and usual way of writing, get the person back in', async (t) => {
    const person = await signUp(service);
    const flow = await startRecovery(service, person.nationalCode);
    t.equal((await challenge(service, flow, 'questions')).status, 200);
    const answers = await rightAnswers(service);
    const rewritten = answers
      .map((item) => ({ ...item, answer: ` ${item.answer.replace('ی', 'ي')} ` }))
      .reverse();
    t.match((await verify(service, flow, { answers: rewritten })).body, { next: 'set-password' });
    t.same(await entriesOf(service, flow), ['recovery-started succeeded', 'recovery-proved succeeded']);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
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
    const { body: session } = await signIn(service, person);
    const seen = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      const { body } = await startOn(service, person, session.deviceToken);
      const flow = { id: body.id, token: body.flowToken };
      for (let again = 0; again < 7; again += 1) {
        seen.add(JSON.stringify((await challenge(service, flow, 'questions')).body.questions));
      }
    }
    t.equal(seen.size, 1);
    t.match([...seen][0], /"id"/);
    t.notOk((await messagesTo(service, person.mobile)).some(({ purpose }) => purpose === 'recovery-code'));
  });

  t.test(
    'answers that are not of three different questions are refused as input, and are no guess',
    async (t) => {
      const person = await signUp(service);
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'questions');
      const [first, second, third] = await rightAnswers(service);
      const counters = () => service.db.selectFrom('quota').select(['key', 'used']).orderBy('key').execute();
      // What is dispatched counts as well.
      await everyMessageEnded(service);
      const before = await counters();
      for (const answers of [
        [],
        [first, second],
        [first, second, second],
        [first, first, first],
        [first, second, { ...first, answer: third?.answer }],
        [first, second, third, first],
      ]) {
        const { status, body } = await service.post(
          `/v1/recoveries/${flow.id}/verification`,
          { answers },
          { token: flow.token },
        );
        t.equal(status, 400, JSON.stringify(answers));
        t.equal(body.code, 'invalid-input');
      }
      t.same(await counters(), before, 'no counter has moved');
      const row = await service.db
        .selectFrom('recovery')
        .where('id', '=', flow.id)
        .select('attempts')
        .executeTakeFirst();
      t.equal(row?.attempts, 0);
      t.same(await entriesOf(service, flow), ['recovery-started succeeded']);
      const right = { answers: await rightAnswers(service) };
      t.match((await verify(service, flow, right)).body, { next: 'set-password' });
    },
  );

  t.test(
    'the owner’s messages are in the owner’s language, whatever language a stranger asks in',
    async (t) => {
      const person = await signUp(service);
      const english = { 'accept-language': 'en' };
      const { body } = await service.post(
        '/v1/recoveries',
        { nationalCode: person.nationalCode },
        { headers: english },
      );
      const flow = { token: body.flowToken, headers: english };
      const path = `/v1/recoveries/${body.id}`;
      await service.post(`${path}/challenge`, { method: 'sms' }, flow);
      const [sms] = (await messagesTo(service, person.mobile)) as unknown as { code: string; text: string }[];
      for (let guess = 0; guess < 4; guess += 1) {
        const { body: refused } = await service.post(
          `${path}/verification`,
          { code: wrongCode(sms?.code ?? '') },
          flow,
        );
        t.match(refused.detail, /^[ -~]+$/, 'the caller is answered in English');
      }
      const other = await startRecovery(service, person.nationalCode);
      await service.post(
        `/v1/recoveries/${other.id}/challenge`,
        { method: 'questions' },
        { ...flow, token: other.token },
      );
      const answers = await wrongAnswers(service);
      await service.post(
        `/v1/recoveries/${other.id}/verification`,
        { answers },
        { ...flow, token: other.token },
      );
      await ageQuotas(service.db, 24 * 3600 + 1);
      t.match((await service.post(`${path}/verification`, { code: sms?.code }, flow)).body, {
        next: 'set-password',
      });
      const passwords = { newPassword: otherPassword, newPasswordConfirmation: otherPassword };
      t.equal((await service.put(`${path}/password`, passwords, flow)).status, 200);
      const { nationalCode, birthDate, mobile } = person;
      const again = await service.post(
        '/v1/registrations',
        { nationalCode, birthDate, mobile },
        { headers: english },
      );
      const code = await codeSentTo(service, person.mobile);
      await service.post(
        `/v1/registrations/${again.body.id}/verification`,
        { code },
        {
          token: again.body.flowToken,
          headers: english,
        },
      );
      const rows = await service.db
        .selectFrom('message')
        .where('account_id', '=', (await accountOf(service, person)).id)
        .select(['purpose', 'locale'])
        .execute();
      for (const purpose of [
        'recovery-code',
        'recovery-failures',
        'password-recovered-here',
        'registration-attempted',
      ]) {
        const sent = rows.filter((row) => row.purpose === purpose);
        t.ok(sent.length > 0, purpose);
        t.same(new Set(sent.map(({ locale }) => locale)), new Set(['fa']), purpose);
      }
    },
  );

  t.test('what strangers start and have sent stands in the owner’s activity', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    const flow = await startRecovery(service, person.nationalCode);
    await challenge(service, flow, 'sms');
    await service.db.updateTable('recovery').set({ sent_at: null }).where('id', '=', flow.id).execute();
    await challenge(service, flow, 'email');
    await challenge(service, flow, 'questions');
    const { body } = await service.get('/v1/me/activity', { token: session.accessToken });
    t.match(
      body.entries.map(({ kind, by }: { kind: string; by: string }) => `${kind} ${by}`),
      [
        'recovery-code-sent person',
        'recovery-code-sent person',
        'recovery-started person',
        'signed-in-on-new-device person',
        'account-created person',
      ],
      'questions send nothing',
    );
    t.match(body.entries[0], { network: '127.0.0.0/24' });
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
      t.equal((await verify(service, flow, { code: sms?.code ?? '' })).body.code, 'step-not-open');
      await service.db.updateTable('recovery').set({ sent_at: null }).where('id', '=', flow.id).execute();
      await challenge(service, flow, 'email');
      t.equal(
        (await verify(service, flow, { code: sms?.code ?? '' })).status,
        422,
        'the other channel’s code',
      );
      t.equal(
        (await verify(service, flow, { answers: await rightAnswers(service) })).body.code,
        'step-not-open',
        'what is not asked for is no guess',
      );
      t.equal(
        (await challenge(service, flow, 'sms')).body.code,
        'resend-too-early',
        'one pause for all channels',
      );
    },
  );

  t.test('a method that a person does not have is answered like any other, and nothing leaves', async (t) => {
    const person = await signUp(service);
    const keys = new Set<string>();
    for (const method of ['sms', 'email'] as const) {
      const flow = await startRecovery(service, person.nationalCode);
      const { status, body } = await challenge(service, flow, method);
      t.equal(status, 200);
      keys.add(Object.keys(body).sort().join());
    }
    t.equal(keys.size, 1);
    const mails = await service.db
      .selectFrom('message')
      .where('account_id', '=', (await accountOf(service, person)).id)
      .where('channel', '=', 'email')
      .where('purpose', '=', 'recovery-code')
      .select(['state', 'handed_over_at'])
      .execute();
    t.equal(mails.length, 1);
    t.equal(mails[0]?.handed_over_at, null);
  });

  t.test('one quota over codes and answers: five failures a day, ten in thirty days', async (t) => {
    const person = await signUp(service);
    const wrong = { answers: await wrongAnswers(service) };
    const guessAnswers = async () => {
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'questions');
      return (await verify(service, flow, wrong)).status;
    };
    const guessCode = async () => {
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'sms');
      const messages = (await messagesTo(service, person.mobile)) as unknown as { code: string | null }[];
      const code = messages.find((message) => message.code)?.code ?? '';
      return (await verify(service, flow, { code: wrongCode(code) })).status;
    };
    for (let count = 0; count < 3; count += 1) t.equal(await guessAnswers(), 422);
    t.equal(await guessAnswers(), 200, 'answers alone: three from a network; no word on them after that');
    for (let count = 0; count < 2; count += 1) t.equal(await guessCode(), 422);
    t.equal(await guessCode(), 200);
    await age(service, 24 * 3600 + 1);
    for (let count = 0; count < 5; count += 1) t.equal(await guessCode(), 422, 'the next day');
    await age(service, 24 * 3600 + 1);
    t.equal(await guessCode(), 200, 'ten in thirty days');
    await age(service, 28 * 24 * 3600);
    t.equal(await guessAnswers(), 422, 'those of the first day are back');
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
    for (let count = 0; count < 3; count += 1) await verify(service, flow, { answers });
    await challenge(service, flow, 'sms');
    const code = wrongCode(await codeSentTo(service, person.mobile));
    await verify(service, flow, { code });
    t.equal(await warnings(), 0);
    await verify(service, flow, { code });
    t.equal(await warnings(), 2);
    const again = await startRecovery(service, person.nationalCode);
    await challenge(service, again, 'questions');
    await verify(service, again, { answers });
    t.equal(await warnings(), 2, 'not again today');
    await age(service, 24 * 3600 + 1);
    const nextDay = await startRecovery(service, person.nationalCode);
    await challenge(service, nextDay, 'questions');
    t.equal((await verify(service, nextDay, { answers })).status, 200, 'without a word');
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
