import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  challengedRecovery,
  codeSentTo,
  goodPassword,
  otherPassword,
  provedRecovery,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
  wrongCode,
} from '../support/journey.ts';
import { codesThatLeft } from '../support/sent-messages.ts';

/** Rows older by so many seconds: the database's clock is the only one that counts. */
const ageFlows = (seconds: number) => sql`
  update recovery set expires_at = expires_at - make_interval(secs => ${seconds}),
    challenge_expires_at = challenge_expires_at - make_interval(secs => ${seconds}),
    permission_expires_at = permission_expires_at - make_interval(secs => ${seconds}),
    sent_at = sent_at - make_interval(secs => ${seconds})`;

t.test('a recovery', async (t) => {
  const service = await startTestService(t);
  const verify = (flow: { id: string; token: string }, code: string) =>
    service.post(`/v1/recoveries/${flow.id}/verification`, { code }, { token: flow.token });
  const challenge = (flow: { id: string; token: string }) =>
    service.post(`/v1/recoveries/${flow.id}/challenge`, { method: 'sms' }, { token: flow.token });

  t.test('a code used by 20 at once is accepted once', async (t) => {
    const person = await signUp(service);
    const flow = await challengedRecovery(service, person);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(flow, flow.code)));
    t.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const { status } of answers) t.ok([200, 409, 422, 429].includes(status), `status ${status}`);
  });

  t.test('two resets of one flow at once: one sets the password, whole', async (t) => {
    const person = await signUp(service);
    const flow = await provedRecovery(service, person);
    const answers = await Promise.all([
      setRecoveredPassword(service, flow, otherPassword),
      setRecoveredPassword(service, flow, 'Jw5kBsf2Gc'),
    ]);
    t.same(answers.map(({ status }) => status).sort(), [200, 409]);
    const winner = answers[0]?.status === 200 ? otherPassword : 'Jw5kBsf2Gc';
    t.equal((await signIn(service, person, winner)).status, 201);
    t.equal((await signIn(service, person, goodPassword)).status, 401);
  });

  t.test('resets of two flows of one account at once: one wins, none deadlocks', async (t) => {
    const person = await signUp(service);
    const flows = [await provedRecovery(service, person)];
    await service.db.updateTable('recovery').set({ sent_at: null }).execute();
    flows.push(await provedRecovery(service, person));
    // Two passwords: of one, the later reset could be refused as a repetition.
    const passwords = [otherPassword, 'Jw5kBsf2Gc'];
    const answers = await Promise.all(
      flows.map((flow, index) => setRecoveredPassword(service, flow, passwords[index] ?? '')),
    );
    t.same(answers.map(({ status }) => status).sort(), [200, 401]);
    const { id } = await service.db
      .selectFrom('account')
      .where('national_code', '=', person.nationalCode)
      .select('id')
      .executeTakeFirstOrThrow();
    t.same(await service.db.selectFrom('recovery').where('account_id', '=', id).select('id').execute(), []);
  });

  t.test('after five wrong codes the right one is refused too', async (t) => {
    const person = await signUp(service);
    const flow = await challengedRecovery(service, person);
    for (const left of [4, 3, 2, 1, 0]) {
      const { status, body } = await verify(flow, wrongCode(flow.code));
      t.equal(status, 422);
      t.equal(body.attemptsLeft, left);
    }
    const { status, body } = await verify(flow, flow.code);
    t.equal(status, 200);
    t.same(
      body,
      { next: 'prove-another-method', methods: ['questions'] },
      'not looked at: answers come first',
    );
  });

  t.test('a new code refills nothing of the person: five failures a day over all flows', async (t) => {
    const person = await signUp(service);
    const first = await challengedRecovery(service, person);
    for (let guess = 0; guess < 5; guess += 1) await verify(first, wrongCode(first.code));
    const flow = await challengedRecovery(service, person);
    const { status, body } = await verify(flow, flow.code);
    t.equal(status, 200);
    t.same(body, { next: 'prove-another-method', methods: ['questions'] });
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).body.code, 'step-not-open');
  });

  t.test('guesses made elsewhere do not lock the owner out on the owner’s device', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    for (let round = 0; round < 2; round += 1) {
      const flow = await challengedRecovery(service, person);
      for (let guess = 0; guess < 5; guess += 1) await verify(flow, wrongCode(flow.code));
    }
    const { body } = await service.post(
      '/v1/recoveries',
      { nationalCode: person.nationalCode },
      { headers: { 'device-token': session.deviceToken } },
    );
    const flow = { id: body.id, token: body.flowToken };
    t.equal((await challenge(flow)).status, 200);
    t.equal((await verify(flow, await codeSentTo(service, person.mobile))).status, 200);
  });

  t.test('a resend is the same code after a growing pause; a new challenge a new one', async (t) => {
    const person = await signUp(service);
    const flow = await challengedRecovery(service, person);
    const early = await challenge(flow);
    t.equal(early.status, 429);
    t.equal(early.body.code, 'resend-too-early');
    t.ok(Number(early.headers.get('retry-after')) <= 60);
    await ageFlows(61).execute(service.db);
    const resent = await challenge(flow);
    t.equal(resent.status, 200);
    t.equal(resent.body.resendInSeconds, 120);
    t.equal(await codeSentTo(service, person.mobile), flow.code);
    await ageFlows(601).execute(service.db);
    t.equal((await verify(flow, flow.code)).status, 422, 'the code has expired');
    t.equal((await challenge(flow)).status, 200);
    t.not(await codeSentTo(service, person.mobile), flow.code);
  });

  t.test('steps cannot be skipped, repeated or taken in another flow', async (t) => {
    const person = await signUp(service);
    const flow = await startRecovery(service, person.nationalCode);
    t.equal((await verify(flow, '123456')).status, 409, 'no code was asked for');
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 409, 'nothing was proved');
    const a = await challengedRecovery(service, person);
    const b = await challengedRecovery(service, await signUp(service));
    t.equal(
      (await verify({ id: b.id, token: b.token }, a.code === b.code ? wrongCode(a.code) : a.code)).status,
      422,
    );
    t.equal(
      (await verify({ id: b.id, token: a.token }, b.code)).status,
      401,
      'a token opens its own flow only',
    );
    t.equal((await verify(a, a.code)).status, 200);
    t.equal((await verify(a, a.code)).status, 409, 'a proof is good once');
    t.equal((await challenge(a)).body.code, 'step-done', 'there is no way back');
    t.equal((await setRecoveredPassword(service, a, otherPassword)).status, 200);
    const again = await setRecoveredPassword(service, a, 'Jw5kBsf2Gc');
    t.equal(again.body.code, 'step-done', 'a permission is good once');
  });

  t.test('the id alone opens nothing', async (t) => {
    const flow = await startRecovery(service, (await signUp(service)).nationalCode);
    const without = await service.post(`/v1/recoveries/${flow.id}/challenge`, { method: 'sms' });
    t.equal(without.status, 401);
    t.equal(without.body.code, 'flow-not-open');
    t.equal((await challenge({ id: flow.id, token: 'A'.repeat(43) })).status, 401);
    t.equal((await challenge({ id: '019a0000-0000-7000-8000-000000000000', token: flow.token })).status, 401);
  });

  t.test('a refused password leaves the permission', async (t) => {
    const person = await signUp(service);
    const flow = await provedRecovery(service, person);
    const put = (newPassword: string, newPasswordConfirmation: string) =>
      service.put(
        `/v1/recoveries/${flow.id}/password`,
        { newPassword, newPasswordConfirmation },
        { token: flow.token },
      );
    for (const [password, why] of [
      ['Ab1cdef', '7 characters'],
      [`Ab1${'x'.repeat(70)}`, '73 characters'],
      ['Tq7vLmz4!', 'a symbol'],
      ['Tq7v Lmz4Wk', 'a space'],
      ['سروTq7vLmz4', 'Persian letters'],
      ['tq7vlmz4wk', 'no upper case'],
      [goodPassword, 'the current one'],
      [`Aa${person.nationalCode}`, 'holds the national code'],
    ] as const) {
      const { status, body } = await put(password, password);
      t.equal(status, 422, why);
      t.equal(body.code, 'password-refused', why);
      t.equal(body.errors[0].pointer, '/newPassword', why);
    }
    const mismatch = await put(otherPassword, `${otherPassword}y`);
    t.equal(mismatch.status, 422);
    t.equal(mismatch.body.errors[0].pointer, '/newPasswordConfirmation');
    t.equal((await put(otherPassword, otherPassword)).status, 200);
  });

  t.test('flow, code and permission end when their time is over', async (t) => {
    const person = await signUp(service);
    const proved = await provedRecovery(service, person);
    await ageFlows(570).execute(service.db);
    t.equal((await setRecoveredPassword(service, proved, 'short')).status, 422, 'half a minute before');
    await ageFlows(30).execute(service.db);
    t.equal((await setRecoveredPassword(service, proved, otherPassword)).status, 401, 'at its end');
  });

  t.test('a reset ends every session and every other open flow', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    const other = await challengedRecovery(service, person);
    const flow = await provedRecovery(service, person);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
    t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401);
    t.equal((await service.post('/v1/sessions/refresh', { refreshToken: session.refreshToken })).status, 401);
    t.equal((await verify(other, other.code)).body.code, 'code-not-accepted', 'it stands for nobody now');
  });

  t.test('an account disabled in mid-flow cannot be recovered', async (t) => {
    const person = await signUp(service);
    const flow = await provedRecovery(service, person);
    await service.db
      .updateTable('account')
      .set({ disabled_at: new Date() })
      .where('national_code', '=', person.nationalCode)
      .execute();
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 401);
    const row = await service.db
      .selectFrom('recovery')
      .where('id', '=', flow.id)
      .selectAll()
      .executeTakeFirst();
    t.ok(row, 'the transaction took nothing');
  });

  t.test(
    'one flow asks for five messages; beyond what its network may ask for, nothing leaves and nothing is said',
    async (t) => {
      const person = await signUp(service);
      for (let round = 0; round < 2; round += 1) {
        const flow = await startRecovery(service, person.nationalCode);
        for (let send = 0; send < 5; send += 1) {
          t.equal((await challenge(flow)).status, 200);
          await service.db.updateTable('recovery').set({ sent_at: null }).where('id', '=', flow.id).execute();
        }
        t.equal((await challenge(flow)).body.code, 'too-many-messages');
      }
      const flow = await startRecovery(service, person.nationalCode);
      t.equal((await challenge(flow)).status, 200);
      t.equal(await codesThatLeft(service, person, 'recovery-code'), 3);
    },
  );
});
