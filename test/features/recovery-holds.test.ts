import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { messagesTo, otherPassword, setRecoveredPassword, signIn, signUp } from '../support/journey.ts';
import { accountOf, age, cancel, mailTo, noticeToken, provedBy, withEmail } from '../support/recovery.ts';

t.test('a hold', async (t) => {
  const service = await startTestService(t, { environment: { RECOVERY_HOLD_HOURS: '24' } });

  t.test('answers alone have to wait, and every address is told and can object', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const flow = await provedBy(service, person, 'questions');
    const { body } = flow.answer;
    t.match(body, { next: 'wait', methods: ['sms', 'email'] });
    const seconds = (Date.parse(body.heldUntil) - Date.now()) / 1000;
    t.ok(Math.abs(seconds - 24 * 3600) < 60, `${seconds}`);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 409);
    const notices = [...(await messagesTo(service, person.mobile)), ...(await mailTo(service, email))].filter(
      ({ purpose }) => purpose === 'recovery-held',
    );
    t.equal(notices.length, 2);
    const { status, body: session } = await signIn(service, person);
    t.equal(status, 201, 'the owner is not locked out');
    const { body: activity } = await service.get('/v1/me/activity', { token: session.accessToken });
    t.ok(
      activity.entries.some(({ kind }: { kind: string }) => kind === 'recovery-held'),
      'and sees it',
    );

    t.equal((await cancel(service, await noticeToken(service, person.mobile, 'recovery-held'))).status, 204);
    await age(service, 24 * 3600 + 1);
    const later = await provedBy(service, person, 'questions');
    t.match(later.answer.body, { next: 'prove-another-method' }, 'the hold is gone, and the method too');
    t.same((await accountOf(service, person)).compromised_methods, ['questions']);
  });

  t.test(
    'a hold can be objected to as long as it lasts, also when that is longer than 72 hours',
    async (t) => {
      const slow = await service.replica({ background: false }, { RECOVERY_HOLD_HOURS: '100' });
      const person = await signUp(service);
      t.match((await provedBy(slow, person, 'questions')).answer.body, { next: 'wait' });
      const token = await noticeToken(service, person.mobile, 'recovery-held');
      await age(service, 100 * 3600 - 60);
      t.equal((await cancel(service, token)).status, 204);
    },
  );

  t.test('a short hold can still be objected to when it is over', async (t) => {
    const person = await signUp(service);
    await provedBy(service, person, 'questions');
    const token = await noticeToken(service, person.mobile, 'recovery-held');
    await age(service, 72 * 3600 - 60);
    t.equal((await cancel(service, token)).status, 204);
  });

  t.test('who waited and proves it again may; asking again does not move the end', async (t) => {
    const person = await signUp(service);
    const first = await provedBy(service, person, 'questions');
    await age(service, 3600);
    const second = await provedBy(service, person, 'questions');
    const moved = Date.parse(second.answer.body.heldUntil) - Date.parse(first.answer.body.heldUntil);
    t.ok(Math.abs(moved + 3600_000) < 5000, 'an hour less to wait');
    t.equal(
      (await messagesTo(service, person.mobile)).filter(({ purpose }) => purpose === 'recovery-held').length,
      1,
      'told once',
    );
    await age(service, 23 * 3600 - 60);
    t.match((await provedBy(service, person, 'questions')).answer.body, { next: 'wait' }, 'a minute before');
    await age(service, 61);
    const done = await provedBy(service, person, 'questions');
    t.match(done.answer.body, { next: 'set-password' });
    t.equal((await setRecoveredPassword(service, done, otherPassword)).status, 204);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
    t.same(await service.db.selectFrom('recovery_hold').selectAll().execute(), [], 'nothing of it is left');
  });

  t.test('a hold that was not used for three days starts anew', async (t) => {
    const person = await signUp(service);
    await provedBy(service, person, 'questions');
    await age(service, (24 + 72) * 3600 + 1);
    t.match((await provedBy(service, person, 'questions')).answer.body, { next: 'wait' });
  });

  t.test('another method proved in the same flow needs no waiting', async (t) => {
    const person = await signUp(service);
    const held = await provedBy(service, person, 'questions');
    const both = await provedBy(service, person, 'sms', held);
    t.match(both.answer.body, { next: 'set-password' });
  });

  t.test('a mobile changed within 72 hours is weak in the same way', async (t) => {
    const person = await signUp(service);
    const { id } = await accountOf(service, person);
    await sql`insert into contact_hold (account_id, kind, previous, held_until)
      values (${id}, 'mobile', ${`+98${person.mobile.slice(1)}`}, now() + interval '71 hours')`.execute(
      service.db,
    );
    await sql`update account set mobile = '+989121112233' where id = ${id}`.execute(service.db);
    const flow = await provedBy(service, person, 'sms');
    t.match(flow.answer.body, { next: 'wait' }, 'and the code went to the earlier number');
    await sql`update contact_hold set held_until = now() - interval '1 second'`.execute(service.db);
    const { body } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
    t.equal(body.methods[0].destination, '09•••••••33');
  });
});

t.test('of the methods of who has to wait, those are named that are enough at once', async (t) => {
  const service = await startTestService(t, { environment: { RECOVERY_HOLD_HOURS: '24' } });
  const newcomer = async () => {
    const person = await signUp(service);
    await withEmail(service, person);
    return { ...person, accountId: (await accountOf(service, person)).id };
  };
  const changed = await newcomer();
  await sql`insert into contact_hold (account_id, kind, previous, held_until)
    values (${changed.accountId}, 'mobile', ${`+98${changed.mobile.slice(1)}`}, now() + interval '71 hours')`.execute(
    service.db,
  );
  t.match((await provedBy(service, changed, 'questions')).answer.body, { next: 'wait', methods: ['email'] });
  const stolen = await newcomer();
  await sql`update account set compromised_methods = '{email}' where id = ${stolen.accountId}`.execute(
    service.db,
  );
  const flow = await provedBy(service, stolen, 'questions');
  t.same(flow.answer.body.methods, ['sms']);
  t.match((await provedBy(service, stolen, 'sms', flow)).answer.body, { next: 'set-password' });
});

t.test('a hold of questions is shown where they are offered, to everybody alike', async (t) => {
  const service = await startTestService(t, { environment: { RECOVERY_HOLD_HOURS: '2' } });
  const person = await signUp(service);
  for (const nationalCode of [person.nationalCode, '0684159414']) {
    const { body } = await service.post('/v1/recoveries', { nationalCode });
    t.match(body.methods.at(-1), { method: 'questions', holdSeconds: 7200 });
  }
});
