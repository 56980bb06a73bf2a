import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import t from 'tap';
import { cancelPendingFlows } from '../../src/composition/revocation.ts';
import { trustRipeChanges } from '../../src/features/contacts/index.ts';
import type { OwnershipAnswer } from '../../src/features/mobile-ownership/index.ts';
import { createOutbox } from '../../src/messaging/index.ts';
import type { EmailMessage } from '../../src/messaging/ports.ts';
import { createFakeSender, sendersOf } from '../messaging/support.ts';
import { startTestService } from '../support/app.ts';
import {
  changeAddress,
  codeAt,
  everyMessageEnded,
  internationalOf,
  messagesAt,
  otherMobileOf,
  startChange,
} from '../support/contacts.ts';
import {
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  securityAnswers,
  signIn,
  signUp,
  verifiedRegistration,
  wrongCode,
} from '../support/journey.ts';
import { accountOf, age, dispute, noticeToken, withEmail } from '../support/recovery.ts';

const hours = 3600;

t.test('changes of addresses and answers', async (t) => {
  let ownership: OwnershipAnswer | null = null;
  let unaskable: string | null = null;
  const sms = createFakeSender('sms');
  const email = createFakeSender<EmailMessage>('email');
  const service = await startTestService(t, {
    overrides: {
      senders: sendersOf({ sms: [sms], email: [email] }),
      mobileOwnership: {
        asksAbout: (kind) => kind !== unaskable,
        check: async (person, mobile) =>
          ownership ?? (mobile.slice(-4) === person.value.slice(-4) ? 'matched' : 'not-matched'),
      },
    },
  });
  const { db } = service;
  const signedIn = async () => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    return { ...person, token: body.accessToken as string };
  };
  const ripen = () => trustRipeChanges({ db, outbox: createOutbox(), cancelPendingFlows });
  const allSent = () => everyMessageEnded(service);
  const later = async (seconds: number) => {
    await allSent();
    await age(service, seconds);
    await ripen();
  };
  const profile = async (token: string) => (await service.get('/v1/me', { token })).body;
  const changes = async (token: string) => (await service.get('/v1/me/contact-changes', { token })).body;
  const purposesAt = async (address: string) =>
    (await messagesAt(service, address)).map(({ purpose }) => purpose);
  const otherAnswers = async () =>
    (await securityAnswers(service)).map(({ question }, index) => ({
      question,
      answer: ['نردبان چوبی', 'پل سنگی', 'بادبادک آبی'][index] ?? '',
    }));
  const putAnswers = async (token: string, more: Record<string, unknown> = {}) =>
    service.put(
      '/v1/me/security-answers',
      { currentPassword: goodPassword, securityAnswers: await otherAnswers(), ...more },
      { token },
    );

  t.test('an e-mail address given at sign-up is trusted as soon as its code is given', async (t) => {
    const person = await insuredPerson(service);
    const flow = await verifiedRegistration(service, person);
    const address = `${person.nationalCode}@example.org`;
    const { status, body } = await service.post(
      `/v1/registrations/${flow.id}/completion`,
      {
        password: goodPassword,
        passwordConfirmation: goodPassword,
        email: `${person.nationalCode}@EXAMPLE.ORG`,
        securityAnswers: await securityAnswers(service),
      },
      { token: flow.flowToken },
    );
    t.equal(status, 201);
    t.equal(body.emailChange.kind, 'email');
    const token = (await signIn(service, person)).body.accessToken;
    t.equal((await profile(token)).email, null, 'nothing is trusted that is not proved');
    t.equal((await changes(token)).unproved[0].id, body.emailChange.id);
    const code = await codeAt(service, address);
    const verify = (given: string) =>
      service.post(`/v1/me/email-changes/${body.emailChange.id}/verification`, { code: given }, { token });
    t.equal((await verify(wrongCode(code))).body.attemptsLeft, 4);
    const verified = await verify(code);
    t.same(verified.body, { state: 'trusted' });
    t.equal((await accountOf(service, person)).email, address);
    t.equal((await verify(code)).body.code, 'step-done', 'a code is used once');
  });

  t.test('a new mobile is told to the trusted one and trusted 72 hours after that notice left', async (t) => {
    const person = await signedIn();
    const { token, mobile } = person;
    const next = otherMobileOf(mobile);
    t.same((await changeAddress(service, token, 'mobile', next)).body, { state: 'pending' });
    t.equal((await accountOf(service, person)).mobile, internationalOf(mobile), 'as before');
    const [told] = await messagesAt(service, internationalOf(mobile));
    t.equal(told?.purpose, 'mobile-change-pending');
    t.match(told?.text, next.slice(-4), 'says which number');
    await allSent();
    const [pending] = (await changes(token)).pending;
    t.equal(pending.kind, 'mobile');
    t.ok(Math.abs(Date.parse(pending.trustedFrom) - Date.now() - 72 * hours * 1000) < 60_000);

    await later(72 * hours - 60);
    t.equal((await accountOf(service, person)).mobile, internationalOf(mobile), 'not a minute early');
    await later(120);
    t.equal((await accountOf(service, person)).mobile, internationalOf(next));
    t.same((await changes(token)).pending, []);
    t.equal((await purposesAt(internationalOf(next)))[0], 'mobile-changed', 'told where it is trusted now');
    const { body } = await service.get('/v1/me/activity', { token });
    t.equal(body.entries[0].kind, 'mobile-changed');
  });

  t.test('while the notice has not left, a change waits, however long', async (t) => {
    const person = await signedIn();
    await changeAddress(service, person.token, 'mobile', otherMobileOf(person.mobile));
    await allSent();
    const { id } = await accountOf(service, person);
    const notice = db
      .updateTable('message')
      .where('account_id', '=', id)
      .where('purpose', '=', 'mobile-change-pending');
    const inAYear = sql<Date>`now() + interval '1 year'`;
    await notice.set({ state: 'queued', handed_over_at: null, due_at: inAYear }).execute();
    await age(service, 200 * hours);
    await ripen();
    t.equal((await accountOf(service, person)).mobile, internationalOf(person.mobile));
    t.equal((await changes(person.token)).pending[0].trustedFrom, null);
    await notice.set({ state: 'failed' }).execute();
    await ripen();
    t.equal((await accountOf(service, person)).mobile, internationalOf(person.mobile), 'nobody was told');
    await notice
      .set({ state: 'handed_over', handed_over_at: sql<Date>`now() - interval '73 hours'` })
      .execute();
    await ripen();
    t.equal((await accountOf(service, person)).mobile, internationalOf(otherMobileOf(person.mobile)));
  });

  t.test('what is pending takes no part in a recovery, and gets no notice', async (t) => {
    const person = await signedIn();
    const address = `pending.${person.nationalCode}@example.org`;
    await changeAddress(service, person.token, 'email', address);
    const before = (await messagesAt(service, address)).length;
    const { body } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
    const flow = { token: body.flowToken };
    t.equal(
      (await service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'email' }, flow)).status,
      200,
    );
    await allSent();
    t.equal((await messagesAt(service, address)).length, before);
  });

  t.test(
    'a new password cancels what is pending, says so, and the owner cancels with the password',
    async (t) => {
      const person = await signedIn();
      const { token } = person;
      await changeAddress(service, token, 'email', `own.${person.nationalCode}@example.org`);
      t.equal((await putAnswers(token)).status, 202);
      const [first] = (await changes(token)).pending;
      const cancel = (currentPassword: string, id = first.id) =>
        service.post(`/v1/me/contact-changes/${id}/cancellation`, { currentPassword }, { token });
      t.equal((await cancel(otherPassword)).body.code, 'current-password-not-accepted');
      t.equal((await cancel(goodPassword, '01900000-0000-7000-8000-000000000000')).status, 404);
      t.equal((await cancel(goodPassword)).status, 204);
      t.equal((await cancel(goodPassword)).status, 404, 'it is gone');
      await changeAddress(service, token, 'mobile', otherMobileOf(person.mobile));
      const body = {
        currentPassword: goodPassword,
        newPassword: otherPassword,
        newPasswordConfirmation: otherPassword,
      };
      const changed = await service.put('/v1/me/password', body, { token });
      t.same(changed.body, { cancelledChanges: ['answers', 'mobile'] });
      await later(80 * hours);
      t.equal((await accountOf(service, person)).mobile, internationalOf(person.mobile));
    },
  );

  t.test('answers wait like addresses do, and so does taking the e-mail address away', async (t) => {
    const person = await signedIn();
    const address = await withEmail(service, person);
    const before = await accountOf(service, person);
    t.equal((await putAnswers(person.token)).status, 202);
    const remove = () =>
      service.post('/v1/me/email-removals', { currentPassword: goodPassword }, { token: person.token });
    t.equal((await remove()).status, 202);
    t.equal((await accountOf(service, person)).security_answers_hash, before.security_answers_hash);
    t.ok((await purposesAt(address)).includes('email-removal-pending'));
    t.ok((await purposesAt(internationalOf(person.mobile))).includes('answers-change-pending'));
    await later(73 * hours);
    const after = await accountOf(service, person);
    t.not(after.security_answers_hash, before.security_answers_hash);
    t.equal(after.email, null);
    t.equal((await remove()).body.code, 'no-email-address');
  });

  t.test('an address that goes while its removal is asked for leaves nothing to remove', async (t) => {
    const person = await signedIn();
    await withEmail(service, person);
    const { id } = await accountOf(service, person);
    const isWaiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const removal = await db.transaction().execute(async (trx) => {
      await sql`select from account where id = ${id} for update`.execute(trx);
      const asked = service.post(
        '/v1/me/email-removals',
        { currentPassword: goodPassword },
        { token: person.token },
      );
      while ((await isWaiting.execute(db)).rows.length === 0) await setTimeout(20);
      await trx.updateTable('account').set({ email: null }).where('id', '=', id).execute();
      return { asked };
    });
    t.match(await removal.asked, { status: 409, body: { code: 'no-email-address' } });
    const pending = await service.get('/v1/me/contact-changes', { token: person.token });
    t.same(pending.body.pending, []);
  });

  t.test('three changes of a kind a day, and the last one counts', async (t) => {
    const person = await signedIn();
    const address = (n: number) => `n${n}.${person.nationalCode}@example.org`;
    for (const n of [1, 2, 3])
      t.equal((await changeAddress(service, person.token, 'email', address(n))).status, 200);
    const refused = await startChange(service, person.token, 'email', address(4));
    t.equal(refused.status, 429);
    t.equal(refused.body.code, 'too-many-changes');
    t.equal((await changes(person.token)).pending.length, 1, 'one of each kind');
    await later(73 * hours);
    t.equal((await accountOf(service, person)).email, address(3));
  });

  t.test('the account being locked or disabled, nothing becomes trusted', async (t) => {
    for (const set of [{ lock: 'locked' as const }, { disabled_at: new Date() }]) {
      const person = await signedIn();
      await changeAddress(service, person.token, 'mobile', otherMobileOf(person.mobile));
      await db.updateTable('account').set(set).where('national_code', '=', person.nationalCode).execute();
      await later(73 * hours);
      t.equal((await accountOf(service, person)).mobile, internationalOf(person.mobile));
    }
  });

  t.test('needs the current password, a usable address and one’s own mobile', async (t) => {
    const person = await signedIn();
    const { token, mobile } = person;
    const next = otherMobileOf(mobile);
    const wrong = await startChange(service, token, 'mobile', next, otherPassword);
    t.equal(wrong.body.code, 'current-password-not-accepted');
    t.equal((await startChange(service, 'x', 'mobile', next)).status, 401);
    for (const address of [
      'x',
      'a@b\r\nBcc: c@example.org',
      `${'x'.repeat(260)}@example.org`,
      'a@ex\u0000.org',
    ]) {
      t.equal((await startChange(service, token, 'email', address)).status, 400, JSON.stringify(address));
    }
    const stranger = `0919777${String((Number(mobile.slice(-4)) + 1) % 10_000).padStart(4, '0')}`;
    t.equal((await changeAddress(service, token, 'mobile', stranger)).body.code, 'mobile-not-yours');
    const { body: activity } = await service.get('/v1/me/activity', { token });
    t.match(activity.entries[0], { kind: 'contact-proof-failed', outcome: 'refused' }, 'the owner sees it');

    const { body: change } = await startChange(service, token, 'mobile', next);
    const code = await codeAt(service, internationalOf(next));
    const verify = () => service.post(`/v1/me/mobile-changes/${change.id}/verification`, { code }, { token });
    ownership = 'unavailable';
    for (let retry = 0; retry < 7; retry += 1) t.equal((await verify()).body.code, 'ownership-unavailable');
    ownership = null;
    t.equal((await verify()).status, 200, 'the code stayed good');
  });

  t.test('a mobile that nobody can be asked about is refused before a code is sent', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    const next = otherMobileOf(mobile);
    unaskable = 'insurance-number';
    t.teardown(() => {
      unaskable = null;
    });
    t.equal((await startChange(service, token, 'mobile', otherMobileOf(mobile, '0919444'))).status, 201);
    await db
      .updateTable('account')
      .set({ national_code: null, insurance_number: `77${nationalCode.slice(2)}` })
      .where('national_code', '=', nationalCode)
      .execute();
    const refused = await startChange(service, token, 'mobile', next);
    t.equal(refused.body.code, 'ownership-not-askable');
    t.same(await messagesAt(service, internationalOf(next)), []);
    t.equal((await startChange(service, token, 'email', 'askable@example.org')).status, 201);
  });

  t.test(
    'a code is sent again after a pause, burnt by five wrong guesses, and used by 20 at once one time',
    async (t) => {
      const { token, mobile } = await signedIn();
      const next = otherMobileOf(mobile);
      const { body: change } = await startChange(service, token, 'mobile', next);
      const path = `/v1/me/mobile-changes/${change.id}`;
      const verify = (code: string) => service.post(`${path}/verification`, { code }, { token });
      const resend = () => service.post(`${path}/code`, undefined, { token });
      const code = await codeAt(service, internationalOf(next));
      for (let guess = 0; guess < 5; guess += 1) t.equal((await verify(wrongCode(code))).status, 422);
      t.equal((await verify(code)).status, 422);
      t.equal((await resend()).body.code, 'resend-too-early');
      await sql`update contact_flow set sent_at = sent_at - interval '61 seconds'`.execute(db);
      t.equal((await resend()).body.attemptsLeft, 5);
      const fresh = await codeAt(service, internationalOf(next));
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(fresh)));
      t.equal(answers.filter(({ status }) => status === 200).length, 1);
      t.equal((await changes(token)).pending.length, 1);
    },
  );

  t.test('two at once make one change trusted once', async (t) => {
    const person = await signedIn();
    await changeAddress(service, person.token, 'mobile', otherMobileOf(person.mobile));
    await allSent();
    await age(service, 73 * hours);
    await Promise.all([ripen(), ripen(), ripen(), ripen()]);
    const { body } = await service.get('/v1/me/activity', { token: person.token });
    const kinds = body.entries.map(({ kind }: { kind: string }) => kind);
    t.equal(kinds.filter((kind: string) => kind === 'mobile-changed').length, 1);
  });

  const bar = (person: Person & { token: string }, kind: string, proof: string) =>
    service.post(
      '/v1/me/barred-kinds',
      { currentPassword: goodPassword, kind, proof },
      { token: person.token },
    );
  const verifyBar = (person: { token: string }, id: string, proof: unknown) =>
    service.post(`/v1/me/barred-kinds/${id}/verification`, proof, { token: person.token });

  t.test(
    'a stolen SIM is barred by the mailbox, a hacked mailbox by the mobile or the answers',
    async (t) => {
      const person = await signedIn();
      const address = await withEmail(service, person);
      const mobile = internationalOf(person.mobile);
      const { body: started, status } = await bar(person, 'mobile', 'email');
      t.equal(status, 201);
      const code = await codeAt(service, address);
      t.equal((await verifyBar(person, started.id, { code: wrongCode(code) })).status, 422);
      t.equal((await verifyBar(person, started.id, { code })).status, 204);
      t.same((await profile(person.token)).barredKinds, ['mobile']);
      t.equal((await purposesAt(mobile))[0], 'address-barred', 'it hears of its bar');
      t.equal((await purposesAt(address))[0], 'kind-barred');
      t.same((await signIn(service, person)).body.barredKinds, ['mobile'], 'told at the next sign-in');

      const { body: recovery } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
      const count = (await messagesAt(service, mobile)).length;
      const flow = { token: recovery.flowToken };
      const challenged = await service.post(
        `/v1/recoveries/${recovery.id}/challenge`,
        { method: 'sms' },
        flow,
      );
      t.equal(challenged.status, 200, 'to a stranger nothing differs');
      await allSent();
      t.equal((await messagesAt(service, mobile)).length, count, 'no code goes there');

      const byBarred = await bar(person, 'email', 'mobile');
      t.equal(byBarred.body.code, 'bar-not-possible');
      const answers = { answers: await securityAnswers(service) };
      const { body: second } = await bar(person, 'email', 'answers');
      t.equal((await verifyBar(person, second.id, { code: '000000' })).status, 422, 'no code was sent');
      t.equal((await verifyBar(person, second.id, answers)).status, 204);
      t.same((await profile(person.token)).barredKinds, ['mobile', 'email']);

      const alone = await startChange(service, person.token, 'email', address);
      t.equal(alone.body.code, 'current-answers-needed', 'nobody is left who could be told');
      const withAnswers = await service.post(
        '/v1/me/email-changes',
        { currentPassword: goodPassword, email: address, currentAnswers: answers.answers },
        { token: person.token },
      );
      t.equal(withAnswers.status, 201);
      const verified = await service.post(
        `/v1/me/email-changes/${withAnswers.body.id}/verification`,
        { code: await codeAt(service, address) },
        { token: person.token },
      );
      t.same(verified.body, { state: 'pending' });
      await later(73 * hours);
      t.same(
        (await profile(person.token)).barredKinds,
        ['mobile'],
        'the same address again, trusted after the wait',
      );
    },
  );

  t.test('a bar is disputed by the barred address and nobody else', async (t) => {
    const person = await signedIn();
    const address = await withEmail(service, person);
    const { body: started } = await bar(person, 'mobile', 'email');
    await verifyBar(person, started.id, { code: await codeAt(service, address) });
    const token = await noticeToken(service, person.mobile, 'address-barred');
    t.equal((await dispute(service, token)).status, 204);
    const account = await accountOf(service, person);
    t.same(account.barred_kinds, ['email'], 'reversed, and what proved it is barred');
    t.equal(account.state, 'locked-two', 'address against address');
    t.equal((await service.get('/v1/me', { token: person.token })).status, 401);
  });

  t.test(
    'a change whose notice never left is never trusted, also when its messages have been removed',
    async (t) => {
      const person = await signedIn();
      await changeAddress(service, person.token, 'email', `untold.${person.nationalCode}@example.org`);
      await allSent();
      const { id } = await accountOf(service, person);
      const notices = db.deleteFrom('message').where('account_id', '=', id);
      await notices.where('purpose', '=', 'email-change-pending').execute();
      await age(service, 100 * 24 * hours);
      await ripen();
      t.equal((await accountOf(service, person)).email, null);
    },
  );

  t.test(
    'answers that stand for an address are guessed ten times, over all sessions, and the owner sees it',
    async (t) => {
      const person = await signedIn();
      const account = db.updateTable('account').where('national_code', '=', person.nationalCode);
      await account.set({ barred_kinds: ['mobile'] }).execute();
      const codes = [];
      for (let session = 0; session < 3; session += 1) {
        const { body } = await signIn(service, person);
        for (let guess = 0; guess < 4; guess += 1) {
          const proof = { currentPassword: goodPassword, currentAnswers: await otherAnswers() };
          const change = { ...proof, email: 'guess@example.org' };
          const answer = await service.post('/v1/me/email-changes', change, { token: body.accessToken });
          codes.push(answer.body.code);
        }
      }
      t.same(codes, [
        ...Array(10).fill('current-answers-needed'),
        'too-many-failed-proofs',
        'too-many-failed-proofs',
      ]);
      const { body } = await service.get('/v1/me/activity', { token: person.token });
      t.ok(body.entries.some(({ kind }: { kind: string }) => kind === 'contact-proof-failed'));
    },
  );

  t.test('what a recovery rested on within 72 hours bars nothing', async (t) => {
    const person = await signedIn();
    await withEmail(service, person);
    const { id } = await accountOf(service, person);
    await db
      .insertInto('account_event')
      .values({ account_id: id, cause: 'recovery', kinds: ['email'] })
      .execute();
    t.equal((await bar(person, 'mobile', 'email')).body.code, 'bar-not-possible');
    await age(service, 73 * hours);
    t.equal((await bar(person, 'mobile', 'email')).status, 201);
  });
});
