import { sql } from 'kysely';
import t from 'tap';
import type { OwnershipAnswer } from '../../src/features/mobile-ownership/index.ts';
import type { EmailMessage } from '../../src/messaging/ports.ts';
import { createFakeSender, eventually } from '../messaging/support.ts';
import { startTestService } from '../support/app.ts';
import {
  changeAddress,
  codeAt,
  internationalOf,
  linkTokenAt,
  messagesAt,
  otherMobileOf,
  startChange,
} from '../support/contacts.ts';
import {
  goodPassword,
  insuredPerson,
  otherPassword,
  securityAnswers,
  signIn,
  signUp,
  verifiedRegistration,
  wrongCode,
} from '../support/journey.ts';

t.test('contacts', async (t) => {
  let ownership: OwnershipAnswer | null = null;
  let unaskable: string | null = null;
  // What leaves the service, apart from what the in-box makes of its tables.
  const sms = createFakeSender('sms');
  const email = createFakeSender<EmailMessage>('email');
  const service = await startTestService(t, {
    overrides: {
      senders: { sms: [sms], email: [email] },
      mobileOwnership: {
        asksAbout: (kind) => kind !== unaskable,
        check: async (person, mobile) =>
          ownership ?? (mobile.slice(-4) === person.value.slice(-4) ? 'matched' : 'not-matched'),
      },
    },
  });
  const signedIn = async () => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    return { ...person, token: body.accessToken as string };
  };
  const profile = async (token: string) => (await service.get('/v1/me', { token })).body;
  const addressesOf = (nationalCode: string) =>
    service.db
      .selectFrom('recovery_address')
      .innerJoin('account', 'account.id', 'account_id')
      .where('national_code', '=', nationalCode)
      .select(['account.mobile as current', 'recovery_address.mobile as trusted', 'recovery_address.email'])
      .executeTakeFirstOrThrow();
  const recoverBy = async (method: 'sms' | 'email', nationalCode: string) => {
    const { body } = await service.post('/v1/recoveries', { nationalCode });
    const flow = { token: body.flowToken };
    t.equal((await service.post(`/v1/recoveries/${body.id}/challenge`, { method }, flow)).status, 200);
  };
  const purposesAt = async (address: string) =>
    (await messagesAt(service, address)).map(({ purpose }) => purpose);
  const notice = (action: 'undo' | 'confirmation', token: string) =>
    service.post(`/v1/contact-changes/${action}`, { token });

  t.test('an e-mail address given at sign-up gets its code and is proved by it', async (t) => {
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
    const { body: session } = await signIn(service, person);
    const token = session.accessToken;
    t.equal((await profile(token)).email.verified, false);
    t.equal((await service.get('/v1/me/contact-changes', { token })).body.pending[0].id, body.emailChange.id);
    const code = await codeAt(service, address);
    const verify = (given: string) =>
      service.post(`/v1/me/email-changes/${body.emailChange.id}/verification`, { code: given }, { token });
    t.equal((await verify(wrongCode(code))).body.attemptsLeft, 4);
    const verified = await verify(code);
    t.equal(verified.status, 200, verified.text);
    t.equal(verified.body.recoveryFrom, null, 'it came with the account: trusted at once');
    t.equal((await profile(token)).email.verified, true);
    t.equal((await addressesOf(person.nationalCode)).email, address);
    t.equal((await verify(code)).status, 404, 'a code is used once');
  });

  t.test('an e-mail address that may get no more messages is no end of a sign-up', async (t) => {
    const stranger = await signedIn();
    const person = await insuredPerson(service);
    const address = `${person.nationalCode}@example.org`;
    for (let send = 0; send < 10; send += 1) {
      t.equal((await startChange(service, stranger.token, 'email', address)).status, 201);
    }
    const flow = await verifiedRegistration(service, person);
    const { status, body, text } = await service.post(
      `/v1/registrations/${flow.id}/completion`,
      {
        password: goodPassword,
        passwordConfirmation: goodPassword,
        email: address,
        securityAnswers: await securityAnswers(service),
      },
      { token: flow.flowToken },
    );
    t.equal(status, 201, text);
    t.equal(body.emailChange, null);
    t.equal((await messagesAt(service, address)).length, 10, 'no message more');
    const { body: session } = await signIn(service, person);
    const token = session.accessToken;
    t.same((await service.get('/v1/me/contact-changes', { token })).body.pending, []);
    t.equal((await profile(token)).email.verified, false);
    t.equal((await startChange(service, token, 'email', address)).body.code, 'too-many-messages');
    await sql`update budget set resets_at = now() - interval '1 second'`.execute(service.db);
    t.equal((await changeAddress(service, token, 'email', address)).status, 200);
    t.equal((await profile(token)).email.verified, true, 'proved later');
  });

  t.test(
    'a new mobile proves itself, the old one is told and keeps the recoveries for 72 hours',
    async (t) => {
      const { token, mobile, nationalCode } = await signedIn();
      const next = otherMobileOf(mobile);
      const { status, body } = await changeAddress(service, token, 'mobile', next);
      t.equal(status, 200);
      t.ok(Math.abs(Date.parse(body.recoveryFrom) - Date.now() - 72 * 3600_000) < 60_000);
      t.match((await profile(token)).mobile, next.slice(-4));
      t.same(await addressesOf(nationalCode), {
        current: internationalOf(next),
        trusted: internationalOf(mobile),
        email: null,
      });
      t.equal((await purposesAt(internationalOf(mobile)))[0], 'mobile-change-undoable');
      t.equal((await service.get('/v1/me/contact-changes', { token })).body.held[0].kind, 'mobile');

      await recoverBy('sms', nationalCode);
      t.equal((await purposesAt(internationalOf(mobile)))[0], 'recovery-code', 'the in-box knows');
      const handedOver = await eventually(() =>
        sms.received.find(
          ({ purpose, to }) =>
            purpose === 'recovery-code' && [internationalOf(mobile), internationalOf(next)].includes(to),
        ),
      );
      t.equal(handedOver.to, internationalOf(mobile), 'the provider gets the old number');

      await sql`update contact_hold set held_until = now()`.execute(service.db);
      t.equal((await addressesOf(nationalCode)).trusted, internationalOf(next), 'after 72 hours');
    },
  );

  t.test('a recovery by e-mail goes to the replaced address for as long', async (t) => {
    const { token, nationalCode } = await signedIn();
    const [own, next] = [`own.${nationalCode}@example.org`, `next.${nationalCode}@example.org`];
    await changeAddress(service, token, 'email', own);
    await sql`delete from contact_hold`.execute(service.db);
    await changeAddress(service, token, 'email', next);
    const before = email.received.length;
    await recoverBy('email', nationalCode);
    const { code } = await eventually(async () =>
      (await messagesAt(service, own)).find(({ purpose }) => purpose === 'recovery-code'),
    );
    const handedOver = await eventually(() =>
      email.received.slice(before).find(({ text }) => text.includes(code ?? 'no code')),
    );
    t.equal(handedOver.to, own);
  });

  t.test('the replaced address undoes the change, also over later ones, and ends all sessions', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    const first = otherMobileOf(mobile);
    const second = otherMobileOf(mobile, '0919666');
    await changeAddress(service, token, 'mobile', first);
    await changeAddress(service, token, 'mobile', second);
    t.equal((await addressesOf(nationalCode)).trusted, internationalOf(mobile), 'the oldest one is trusted');
    const link = await linkTokenAt(service, internationalOf(mobile));
    const laterLink = await linkTokenAt(service, internationalOf(first));
    t.equal((await notice('undo', link)).status, 204);
    t.same(await addressesOf(nationalCode), {
      current: internationalOf(mobile),
      trusted: internationalOf(mobile),
      email: null,
    });
    t.equal((await service.get('/v1/me', { token })).status, 401);
    t.equal((await signIn(service, { nationalCode, mobile, birthDate: '' })).body.code, 'account-locked');
    t.equal((await notice('undo', link)).body.code, 'notice-not-accepted', 'once');
    t.equal((await notice('confirmation', laterLink)).status, 422, 'the later change is gone with it');
    t.ok((await purposesAt(internationalOf(mobile))).includes('contact-change-undone'));
  });

  t.test('what was changed after a change that is undone is undone with it, of either kind', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    await changeAddress(service, token, 'email', `own.${nationalCode}@example.org`);
    await notice('confirmation', await linkTokenAt(service, internationalOf(mobile)));
    await changeAddress(service, token, 'mobile', otherMobileOf(mobile));
    const link = await linkTokenAt(service, internationalOf(mobile));
    await changeAddress(service, token, 'email', `thief.${nationalCode}@example.org`);
    await changeAddress(service, token, 'email', `thief2.${nationalCode}@example.org`);
    t.equal((await notice('undo', link)).status, 204);
    t.same(await addressesOf(nationalCode), {
      current: internationalOf(mobile),
      trusted: internationalOf(mobile),
      email: `own.${nationalCode}@example.org`,
    });
  });

  t.test('the replaced address confirms the change: the new one is trusted from then on', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    const next = otherMobileOf(mobile);
    await changeAddress(service, token, 'mobile', next);
    const link = await linkTokenAt(service, internationalOf(mobile));
    t.equal((await notice('confirmation', link)).status, 204);
    t.equal((await addressesOf(nationalCode)).trusted, internationalOf(next));
    t.equal((await notice('undo', link)).status, 422, 'used up');
    t.equal((await service.get('/v1/me', { token })).status, 200, 'sessions go on');
  });

  t.test('a first e-mail address is told to the mobile, which can undo it', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    const address = `first.${nationalCode}@example.org`;
    t.equal((await changeAddress(service, token, 'email', address)).status, 200);
    t.equal((await addressesOf(nationalCode)).email, null, 'no recovery goes there yet');
    t.equal((await notice('undo', await linkTokenAt(service, internationalOf(mobile)))).status, 204);
    const row = await service.db
      .selectFrom('account')
      .where('national_code', '=', nationalCode)
      .select(['email', 'email_verified_at'])
      .executeTakeFirst();
    t.same(row, { email: null, email_verified_at: null });
  });

  t.test('an e-mail address that was replaced comes back proved', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    const [one, two] = [`one.${nationalCode}@example.org`, `two.${nationalCode}@example.org`];
    await changeAddress(service, token, 'email', one);
    await notice('confirmation', await linkTokenAt(service, internationalOf(mobile)));
    await changeAddress(service, token, 'email', two);
    t.equal((await addressesOf(nationalCode)).email, one);
    t.equal((await notice('undo', await linkTokenAt(service, one))).status, 204);
    t.equal((await addressesOf(nationalCode)).email, one);
  });

  t.test('needs the current password, another address and one’s own mobile', async (t) => {
    const { token, mobile, nationalCode } = await signedIn();
    const next = otherMobileOf(mobile);
    t.equal(
      (await startChange(service, token, 'mobile', next, otherPassword)).body.code,
      'current-password-not-accepted',
    );
    t.equal((await startChange(service, token, 'mobile', mobile)).body.code, 'contact-unchanged');
    t.equal((await startChange(service, 'x', 'mobile', next)).status, 401);
    for (const email of [
      'x',
      'a@b\r\nBcc: c@example.org',
      `${'x'.repeat(260)}@example.org`,
      'a@ex\u0000.org',
    ]) {
      t.equal((await startChange(service, token, 'email', email)).status, 400, JSON.stringify(email));
    }
    const stranger = `0919777${String((Number(mobile.slice(-4)) + 1) % 10_000).padStart(4, '0')}`;
    const foreign = await changeAddress(service, token, 'mobile', stranger);
    t.equal(foreign.body.code, 'mobile-not-yours');
    const { body: activity } = await service.get('/v1/me/activity', { token });
    t.match(activity.entries[0], { kind: 'contact-proof-failed', outcome: 'refused' }, 'the owner sees it');
    t.equal((await addressesOf(nationalCode)).current, internationalOf(mobile));

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
    const askable = otherMobileOf(mobile, '0919444');
    t.equal((await startChange(service, token, 'mobile', askable)).status, 201);
    await service.db
      .updateTable('account')
      .set({ national_code: null, insurance_number: `77${nationalCode.slice(2)}` })
      .where('national_code', '=', nationalCode)
      .execute();
    const refused = await startChange(service, token, 'mobile', next);
    t.equal(refused.status, 422);
    t.equal(refused.body.code, 'ownership-not-askable');
    t.same(await messagesAt(service, internationalOf(next)), []);
    const wrong = { currentPassword: 'x', mobile: next };
    const unproved = await service.post('/v1/me/mobile-changes', wrong, { token });
    t.equal(unproved.body.code, 'ownership-not-askable', 'no password needs to be judged for it');
    t.equal((await startChange(service, token, 'email', 'askable@example.org')).status, 201);
    await service.call('DELETE', '/v1/me/sessions/current', { token });
    t.equal((await startChange(service, token, 'mobile', next)).status, 401, 'a session is');
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
      await sql`update contact_change set sent_at = sent_at - interval '61 seconds'`.execute(service.db);
      t.equal((await resend()).body.attemptsLeft, 5);
      const fresh = await codeAt(service, internationalOf(next));
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(fresh)));
      t.equal(answers.filter(({ status }) => status === 200).length, 1);
      const holds = await service.db.selectFrom('contact_hold').select('id').execute();
      t.ok(holds.length > 0);
    },
  );

  t.test('a password change ends changes that are under way', async (t) => {
    const { token, mobile } = await signedIn();
    const next = otherMobileOf(mobile);
    const { body: change } = await startChange(service, token, 'mobile', next);
    const body = {
      currentPassword: goodPassword,
      newPassword: otherPassword,
      newPasswordConfirmation: otherPassword,
    };
    t.equal((await service.put('/v1/me/password', body, { token })).status, 204);
    const code = await codeAt(service, internationalOf(next));
    const answer = await service.post(`/v1/me/mobile-changes/${change.id}/verification`, { code }, { token });
    t.equal(answer.body.code, 'contact-change-not-open');
  });

  t.test('during the 72 hours notices reach the replaced address too', async (t) => {
    const { token, mobile } = await signedIn();
    await changeAddress(service, token, 'mobile', otherMobileOf(mobile));
    const answers = (await securityAnswers(service)).map(({ question }, index) => ({
      question,
      answer: ['نردبان چوبی', 'پل سنگی', 'بادبادک آبی'][index],
    }));
    const put = (currentPassword: string) =>
      service.put('/v1/me/security-answers', { currentPassword, securityAnswers: answers }, { token });
    t.equal((await put(otherPassword)).body.code, 'current-password-not-accepted');
    t.equal((await put(goodPassword)).status, 204);
    t.equal((await purposesAt(internationalOf(mobile)))[0], 'security-answers-changed');
    t.equal((await purposesAt(internationalOf(otherMobileOf(mobile))))[0], 'security-answers-changed');
  });
});
