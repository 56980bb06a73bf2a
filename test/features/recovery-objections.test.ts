import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  messagesTo,
  otherPassword,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
} from '../support/journey.ts';
import {
  accountOf,
  age,
  cancel,
  challenge,
  mailTo,
  noticeToken,
  provedBy,
  verify,
  withEmail,
} from '../support/recovery.ts';

const third = 'Jw5kBsf2Gc';

t.test('"it was not me"', async (t) => {
  const service = await startTestService(t);

  t.test('every address is told of a recovery, with one link that says when and from where', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const flow = await provedBy(service, person, 'sms');
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 204);
    const [sms] = await messagesTo(service, person.mobile);
    const [mail] = await mailTo(service, email);
    t.match(sms, { purpose: 'password-recovered', text: /\/notice#recovery=[\w-]{43}/ });
    t.match(mail, { purpose: 'password-recovered', text: /127\.0\.0\.0\/24/ });
    t.equal(
      /#recovery=([\w-]+)/.exec(mail?.text ?? '')?.[1],
      await noticeToken(service, person.mobile, 'password-recovered'),
    );
  });

  t.test('saying so ends the thief’s sessions, locks, and only another method opens again', async (t) => {
    const person = await signUp(service);
    const thief = await provedBy(service, person, 'sms');
    await setRecoveredPassword(service, thief, otherPassword);
    const { body: session } = await signIn(service, person, otherPassword);
    const half = await startRecovery(service, person.nationalCode);
    const token = await noticeToken(service, person.mobile, 'password-recovered');

    t.equal((await cancel(service, token)).status, 204);
    t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401, 'sessions have ended');
    t.equal((await service.post('/v1/sessions/refresh', { refreshToken: session.refreshToken })).status, 401);
    t.equal((await challenge(service, half, 'sms')).status, 401, 'open flows too');
    const refused = await signIn(service, person, otherPassword);
    t.equal(refused.status, 403);
    t.equal(refused.body.code, 'account-locked');
    t.equal((await signIn(service, person, goodPassword)).body.code, 'credentials-not-accepted');
    t.ok((await messagesTo(service, person.mobile)).some(({ purpose }) => purpose === 'recovery-disowned'));

    const again = await provedBy(service, person, 'sms');
    t.match(again.answer.body, { next: 'prove-another-method', methods: ['questions'] });
    t.equal(
      (await setRecoveredPassword(service, again, third)).status,
      409,
      'that method proves nothing more',
    );
    const owner = await provedBy(service, person, 'questions', again);
    t.match(owner.answer.body, { next: 'set-password' });
    t.equal((await setRecoveredPassword(service, owner, third)).status, 204);
    const { body: owners } = await signIn(service, person, third);
    t.match(await accountOf(service, person), { state: 'active', compromised_methods: [] });
    const { body: activity } = await service.get('/v1/me/activity', { token: owners.accessToken });
    t.ok(
      activity.entries.some(({ kind }: { kind: string }) => kind === 'recovery-disowned'),
      'the owner sees it',
    );
  });

  t.test('a link is good once, of 10 at once too, and after that for nothing', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    const token = await noticeToken(service, person.mobile, 'password-recovered');
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => cancel(service, token)))).map(
      ({ status }) => status,
    );
    t.equal(statuses.filter((status) => status === 204).length, 1);
    t.equal(statuses.filter((status) => status === 422).length, 9);
    await setRecoveredPassword(service, await provedBy(service, person, 'questions'), third);
    t.equal((await cancel(service, token)).status, 422);
    t.equal((await signIn(service, person, third)).status, 201);
  });

  t.test('a link is good for 72 hours', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    const token = await noticeToken(service, person.mobile, 'password-recovered');
    const other = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, other, 'sms'), otherPassword);
    const others = await noticeToken(service, other.mobile, 'password-recovered');
    await age(service, 72 * 3600 - 60);
    t.equal((await cancel(service, others)).status, 204, 'a minute before the end');
    await age(service, 61);
    const { status, body } = await cancel(service, token);
    t.equal(status, 422);
    t.equal(body.code, 'cancellation-not-accepted');
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  t.test('made-up, damaged and foreign tokens do nothing', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    const token = await noticeToken(service, person.mobile, 'password-recovered');
    const { rows } = await sql<{
      id: string;
    }>`select id from recovery_cancellation order by id desc limit 1`.execute(service.db);
    const id = Buffer.from((rows[0]?.id ?? '').replaceAll('-', ''), 'hex');
    for (const bad of [
      '',
      'x',
      `${token}x`,
      token.slice(0, -1),
      `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
      Buffer.concat([id, Buffer.alloc(16)]).toString('base64url'),
      Buffer.alloc(32).toString('base64url'),
    ]) {
      t.equal((await cancel(service, bad)).status, 422, bad);
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const { status } = await fetch(`${service.origin}/v1/recoveries/cancellations?token=${token}`, {
        method,
      });
      t.equal(status, 404, method);
    }
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  t.test('disowning one reset after the other, no method that was used is left to the thief', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    const first = await noticeToken(service, person.mobile, 'password-recovered');
    await service.db.deleteFrom('recovery').execute();
    await setRecoveredPassword(service, await provedBy(service, person, 'questions'), third);
    const second = await noticeToken(service, person.mobile, 'password-recovered');
    t.equal((await cancel(service, first)).status, 204);
    t.equal((await cancel(service, second)).status, 204);
    t.same((await accountOf(service, person)).compromised_methods, ['questions', 'sms']);
    const flow = await provedBy(service, person, 'sms');
    t.match(flow.answer.body, { next: 'prove-another-method', methods: ['questions'] });
    const both = await provedBy(service, person, 'questions', flow);
    t.same(both.answer.body, { next: 'visit-branch' });
    t.equal((await setRecoveredPassword(service, both, 'Kp9sVtx4Qd')).status, 409);
  });

  t.test('an account disabled meanwhile stays disabled', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    const token = await noticeToken(service, person.mobile, 'password-recovered');
    await sql`update account set state = 'disabled' where national_code = ${person.nationalCode}`.execute(
      service.db,
    );
    t.equal((await cancel(service, token)).status, 204);
    t.equal((await accountOf(service, person)).state, 'disabled');
  });

  t.test('a reset and "it was not me" at once: one comes after the other', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    const token = await noticeToken(service, person.mobile, 'password-recovered');
    await service.db.deleteFrom('recovery').execute();
    const flow = await provedBy(service, person, 'questions');
    const [reset, cancelled] = await Promise.all([
      setRecoveredPassword(service, flow, third),
      cancel(service, token),
    ]);
    t.equal(cancelled?.status, 204);
    const { state } = await accountOf(service, person);
    t.equal(state, 'locked', 'whichever came first');
    t.ok([204, 401].includes(reset?.status ?? 0));
  });
});

t.test('assurance', async (t) => {
  t.test('two: two different methods are needed', async (t) => {
    const service = await startTestService(t, { environment: { RECOVERY_ASSURANCE: 'two' } });
    const person = await signUp(service);
    const flow = await provedBy(service, person, 'sms');
    t.match(flow.answer.body, { next: 'prove-another-method', methods: ['questions'] });
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 409);
    await service.db.updateTable('recovery').set({ sent_at: null }).execute();
    t.equal(
      (await challenge(service, flow, 'sms')).body.code,
      'method-not-offered',
      'not the same one twice',
    );
    const code = await codeSentTo(service, person.mobile);
    t.equal((await verify(service, flow, { code })).status, 409, 'a code is good once');
    const both = await provedBy(service, person, 'questions', flow);
    t.match(both.answer.body, { next: 'set-password' });
    t.equal((await setRecoveredPassword(service, both, otherPassword)).status, 204);
  });
});
