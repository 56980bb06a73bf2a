import { sql } from 'kysely';
import t from 'tap';
import type { MobileOwnership } from '../../src/features/mobile-ownership/index.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import {
  changeAddress,
  codeAt,
  everyMessageEnded,
  internationalOf,
  messagesAt,
  otherMobileOf,
} from '../support/contacts.ts';
import {
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
  wrongCode,
} from '../support/journey.ts';
import { grant, officer, officersOf, startAtDesk, tokenOf, toPersonId } from '../support/officers.ts';
import {
  accountOf,
  age,
  challenge,
  dispute,
  entriesOf,
  noticeToken,
  provedBy,
  verify,
  withEmail,
} from '../support/recovery.ts';

const day = 24 * 60 * 60;
/** The wait of 24 hours, and what everybody waits for notices to leave. */
const wait = day + 5 * 60;

const redeem = (service: TestService, nationalCode: string, code: string) =>
  service.post('/v1/recoveries/redemptions', { nationalCode, code });
const approve = (service: TestService, token: string, id: string) =>
  service.post(`/v1/branch/recoveries/${id}/approval`, undefined, { token });
const flowOf = ({ body }: Answer) => ({ id: body.id, token: body.flowToken });

/** A code printed by one officer, opened, with a code on its way to the mobile. */
async function atDesk(service: TestService, token: string, person: Person, mobile?: string) {
  const { nationalCode } = person;
  const printed = await startAtDesk(service, { token }, { nationalCode, ...(mobile && { mobile }) });
  const opened = await redeem(service, nationalCode, printed.body.code);
  const flow = flowOf(opened);
  return { printed, opened, flow, challenged: await challenge(service, flow, 'sms') };
}

/** A code printed by two officers. */
async function byTwo(service: TestService, first: string, second: string, { nationalCode }: Person) {
  const asked = await startAtDesk(service, { token: first }, { nationalCode, withoutMobile: true });
  return approve(service, second, asked.body.id);
}

/** Codes that left for a mobile. */
async function codesAt(service: TestService, mobile: string): Promise<unknown[]> {
  return service.db
    .selectFrom('message')
    .where('purpose', '=', 'branch-recovery-code')
    .where('destination', 'is not distinct from', internationalOf(mobile))
    .where('state', 'in', ['handed_over', 'delivered'])
    .select('id')
    .execute();
}

async function messageRows(service: TestService, purpose: string) {
  return service.db
    .selectFrom('message')
    .where('purpose', '=', purpose as never)
    .select(['destination', 'state', 'failure', 'account_id'])
    .orderBy('id')
    .execute();
}

/** Until every message has come to an end, or waits for its next attempt. */
async function settled(service: TestService): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    const rows = await service.db
      .selectFrom('message')
      .where('state', 'in', ['queued', 'sending'])
      .where('failure', 'is', null)
      .select('id')
      .execute();
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('messages are still on their way');
}

t.test('one officer', async (t) => {
  const service = await startTestService(t);
  const { token } = await officer(service);

  t.test('helps a person in, who proves the mobile of the account', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const { body: session } = await signIn(service, person);
    await changeAddress(service, session.accessToken, 'email', 'planted@example.org');
    const planted = await noticeToken(service, email, 'email-change-pending');
    const { printed, opened, flow } = await atDesk(service, token, person);
    t.equal(printed.status, 201, printed.text);
    t.match(printed.body, { status: 'issued', code: /^.{4}-.{4}-.{4}-.{4}$/ });
    t.equal(printed.headers.get('cache-control'), 'no-store');
    t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 200, 'nothing has changed');
    t.match(opened.body, { next: 'prove-another-method', methods: ['sms'] });
    t.equal(
      (await setRecoveredPassword(service, flow, otherPassword)).status,
      409,
      'the code alone opens nothing',
    );
    t.equal((await challenge(service, flow, 'email')).body.code, 'method-not-offered');
    t.equal((await challenge(service, flow, 'questions')).body.code, 'method-not-offered');
    const { body } = await verify(service, flow, {
      code: await codeAt(service, internationalOf(person.mobile)),
    });
    t.match(body, { next: 'set-password' });
    t.equal((await setRecoveredPassword(service, flow, 'weak')).status, 422, 'the policy holds here too');
    const set = await setRecoveredPassword(service, flow, otherPassword);
    t.equal(set.status, 200, set.text);
    t.same(set.body, { cancelledChanges: ['email'] });

    t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401);
    t.equal((await signIn(service, person)).status, 401);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
    const account = await accountOf(service, person);
    t.match(account, { email: null, mobile: internationalOf(person.mobile), barred_kinds: [], lock: 'open' });
    t.equal(
      (await redeem(service, person.nationalCode, printed.body.code)).status,
      422,
      'good for one password',
    );
    t.equal((await dispute(service, planted)).status, 422, 'what was before cannot be disputed any more');
    t.same(await entriesOf(service, flow), [
      'branch-recovery-redeemed succeeded',
      'recovery-code-sent succeeded',
      'recovery-proved succeeded',
      'password-recovered-at-branch succeeded',
    ]);
    const told = async (address: string) =>
      (await messagesAt(service, address))
        .map(({ purpose }) => purpose)
        .filter((purpose) => purpose.startsWith('branch-') && purpose !== 'branch-recovery-code');
    await settled(service);
    t.same(await told(email), ['branch-recovery-used', 'branch-recovery-started'], 'who goes is told');
    t.same(await told(internationalOf(person.mobile)), ['branch-recovery-used', 'branch-recovery-started']);
  });

  t.test('gets no code to a telephone that is not the person’s, and no password', async (t) => {
    const person = await signUp(service);
    const accomplice = '09121110001';
    const { printed, challenged, flow } = await atDesk(service, token, person, accomplice);
    t.equal(printed.status, 201);
    t.equal(challenged.status, 200);
    await settled(service);
    t.same(await codesAt(service, accomplice), []);
    t.match(await messageRows(service, 'branch-recovery-code'), [
      {},
      { destination: internationalOf(accomplice), state: 'dropped', failure: 'mobile-not-owned' },
    ]);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 409);
    t.equal((await signIn(service, person)).status, 201);
    t.same((await accountOf(service, person)).barred_kinds, [], 'the person’s own mobile is not touched');
  });

  t.test('changes nothing while the register cannot be asked', async (t) => {
    const person = await signUp(service);
    const { flow } = await atDesk(service, token, person, '09121110000');
    await settled(service);
    t.match((await messageRows(service, 'branch-recovery-code')).at(-1), {
      state: 'queued',
      failure: 'register-unavailable',
    });
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 409);
  });

  t.test('helps a person with a new mobile, which is the account’s then, and nobody else’s', async (t) => {
    const person = await signUp(service);
    const mobile = otherMobileOf(person.mobile);
    const former = await signUp(service);
    await service.db
      .updateTable('account')
      .set({ mobile: internationalOf(mobile) })
      .where('national_code', '=', former.nationalCode)
      .execute();
    await service.db
      .updateTable('account')
      .set({ barred_kinds: ['mobile'], lock: 'locked-two' })
      .where('national_code', '=', person.nationalCode)
      .execute();
    const { flow } = await atDesk(service, token, person, mobile);
    const code = await codeAt(service, internationalOf(mobile));
    t.match((await verify(service, flow, { code })).body, { next: 'set-password' });
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
    t.match(await accountOf(service, person), {
      mobile: internationalOf(mobile),
      email: null,
      barred_kinds: [],
      lock: 'open',
    });
    t.same((await accountOf(service, former)).barred_kinds, ['mobile']);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  t.test('does not bring a barred mobile back without its being given at the desk', async (t) => {
    const person = await signUp(service);
    await service.db
      .updateTable('account')
      .set({ barred_kinds: ['mobile'] })
      .where('national_code', '=', person.nationalCode)
      .execute();
    await atDesk(service, token, person);
    await settled(service);
    t.match((await messageRows(service, 'branch-recovery-code')).at(-1), {
      state: 'dropped',
      failure: 'no-destination',
    });
  });

  t.test('is not held up by what strangers have burnt', async (t) => {
    const person = await signUp(service);
    for (let round = 0; round < 2; round += 1) {
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'sms');
      const code = await codeAt(service, internationalOf(person.mobile));
      for (let guess = 0; guess < 5; guess += 1) await verify(service, flow, { code: wrongCode(code) });
    }
    const elsewhere = await provedBy(service, person, 'sms');
    t.same(elsewhere.answer.body.methods, ['questions'], 'they have burnt everything');
    const { flow } = await atDesk(service, token, person);
    const code = await codeAt(service, internationalOf(person.mobile));
    t.equal((await verify(service, flow, { code })).status, 200);
  });

  t.test('prints a code for one person, for a day, whose guesses at the mobile are counted', async (t) => {
    const person = await signUp(service);
    const other = await signUp(service);
    const { printed, flow } = await atDesk(service, token, person);
    const { code: paper } = printed.body;
    t.equal((await redeem(service, other.nationalCode, paper)).status, 422);
    t.equal((await redeem(service, person.nationalCode, '')).status, 422);
    const right = await codeAt(service, internationalOf(person.mobile));
    for (let guess = 0; guess < 5; guess += 1) {
      t.equal((await verify(service, flow, { code: wrongCode(right) })).status, 422);
    }
    t.equal((await verify(service, flow, { code: right })).status, 422, 'five guesses at one code');
    await age(service, 61);
    const again = flowOf(
      await redeem(service, person.nationalCode, ` ${paper.toLowerCase().replaceAll('-', ' ')}`),
    );
    t.equal((await challenge(service, flow, 'sms')).status, 401, 'the flow before has ended');
    t.equal((await challenge(service, again, 'sms')).status, 200);
    for (let guess = 0; guess < 5; guess += 1) await verify(service, again, { code: '000000' });
    t.equal(
      (await verify(service, again, { code: '000000' })).status,
      429,
      'ten in all, whatever is opened anew',
    );
    await age(service, day);
    t.equal((await redeem(service, person.nationalCode, paper)).status, 422);
  });

  t.test('guesses at the mobile ten times, however many codes are printed', async (t) => {
    const person = await signUp(service);
    const { token } = await officer(service);
    let judged = 0;
    for (let printed = 0; printed < 4; printed += 1) {
      const { flow } = await atDesk(service, token, person);
      for (let guess = 0; guess < 5; guess += 1) {
        if ((await verify(service, flow, { code: '000000' })).status === 422) judged += 1;
      }
    }
    t.equal(judged, 10);
  });

  t.test('gives nothing any more once the role is taken away', async (t) => {
    const person = await signUp(service);
    const other = await signUp(service);
    const leaving = await officer(service);
    const { printed } = await atDesk(service, leaving.token, person);
    const proved = await atDesk(service, leaving.token, other);
    await verify(service, proved.flow, { code: await codeAt(service, internationalOf(other.mobile)) });
    await officersOf(service).revoke(toPersonId(leaving.person), 'admin');
    t.equal((await redeem(service, person.nationalCode, printed.body.code)).status, 422);
    t.equal((await setRecoveredPassword(service, proved.flow, otherPassword)).status, 401);
  });

  t.test('gives nothing while whoever printed it is locked out', async (t) => {
    const person = await signUp(service);
    const locked = await officer(service);
    const { printed } = await atDesk(service, locked.token, person);
    await service.db
      .updateTable('account')
      .set({ lock: 'locked' })
      .where('national_code', '=', locked.person.nationalCode)
      .execute();
    t.equal((await redeem(service, person.nationalCode, printed.body.code)).status, 422);
  });

  t.test('prints a code that a thief’s change of the password does not spoil', async (t) => {
    const person = await signUp(service);
    const { printed } = await atDesk(service, token, person);
    const { body: thief } = await signIn(service, person);
    const changed = await service.put(
      '/v1/me/password',
      { currentPassword: goodPassword, newPassword: otherPassword, newPasswordConfirmation: otherPassword },
      { token: thief.accessToken },
    );
    t.equal(changed.status, 200, changed.text);
    await age(service, 61);
    const flow = flowOf(await redeem(service, person.nationalCode, printed.body.code));
    t.equal((await challenge(service, flow, 'sms')).status, 200);
    await verify(service, flow, { code: await codeAt(service, internationalOf(person.mobile)) });
    const set = await setRecoveredPassword(service, flow, 'Jw5kBsf2Gc');
    t.equal(set.status, 200, set.text);
    t.equal((await signIn(service, person, 'Jw5kBsf2Gc')).status, 201);
  });

  t.test('of many uses of a code at once one sets the password', async (t) => {
    const person = await signUp(service);
    const { nationalCode } = person;
    const printed = await startAtDesk(service, { token: await refreshed(service) }, { nationalCode });
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => redeem(service, nationalCode, printed.body.code)),
    );
    t.same(new Set(opened.map(({ status }) => status)), new Set([201]));
    t.equal(new Set(opened.map(({ body }) => body.id)).size, 1, 'one flow');
    const challenges = await Promise.all(opened.map((answer) => challenge(service, flowOf(answer), 'sms')));
    t.equal(challenges.filter(({ status }) => status === 200).length, 1, 'under one token');
    const flow = flowOf(opened[challenges.findIndex(({ status }) => status === 200)] as Answer);
    await verify(service, flow, { code: await codeAt(service, internationalOf(person.mobile)) });
    const set = await Promise.all(
      ['Jw5kBsf2Gc', 'Kp9sVtx4Qd', 'Vb6hJxq2Sf'].map((each) => setRecoveredPassword(service, flow, each)),
    );
    t.same(set.map(({ status }) => status).sort(), [200, 409, 409]);
  });

  async function refreshed(on: TestService): Promise<string> {
    return (await officer(on)).token;
  }
});

t.test('two officers', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const elsewhere = await officer(service, '0999');

  t.test('stand in for the mobile, after 24 hours in which the owner can speak', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const { nationalCode } = person;
    const asked = await startAtDesk(service, first, { nationalCode, withoutMobile: true });
    t.equal(asked.status, 201, asked.text);
    t.match(asked.body, { status: 'approval-needed' });
    t.notOk(asked.body.code, 'one officer gets no code');
    t.equal((await approve(service, first.token, asked.body.id)).body.code, 'second-officer-needed');
    t.equal((await approve(service, elsewhere.token, asked.body.id)).body.code, 'approval-not-open');
    const approved = await approve(service, second.token, asked.body.id);
    t.equal(approved.status, 200, approved.text);
    const again = await approve(service, second.token, asked.body.id);
    t.same(again.body, approved.body, 'a lost answer is given again');
    t.equal((await approve(service, first.token, asked.body.id)).status, 409);

    await settled(service);
    for (const address of [email, person.mobile]) {
      await noticeToken(service, address, 'branch-recovery-approved');
    }
    const { code } = approved.body;
    const early = await redeem(service, nationalCode, code);
    t.equal(early.body.code, 'printed-code-not-open-yet');
    t.ok(Number(early.headers.get('retry-after')) > 23 * 3600);
    await age(service, wait - 60);
    t.equal((await redeem(service, nationalCode, code)).status, 409);
    await age(service, 61);
    const opened = await redeem(service, nationalCode, code);
    t.match(opened.body, { next: 'set-password' }, opened.text);
    t.equal((await setRecoveredPassword(service, flowOf(opened), otherPassword)).status, 200);
    t.match(await accountOf(service, person), { mobile: null, email: null, barred_kinds: [], lock: 'open' });
    t.equal((await signIn(service, person, otherPassword)).status, 201);
    const { body: session } = await signIn(service, person, otherPassword);
    const { body: activity } = await service.get('/v1/me/activity', { token: session.accessToken });
    t.match(
      activity.entries.filter(({ kind }: { kind: string }) => kind.startsWith('branch-')),
      [
        { kind: 'branch-recovery-redeemed' },
        { kind: 'branch-recovery-approved', by: 'organisation' },
        { kind: 'branch-recovery-requested', by: 'organisation' },
      ],
      'the owner sees what was done',
    );
  });

  t.test('are stopped by any trusted address: the code is void and the account locked', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const approved = await byTwo(service, first.token, second.token, person);
    await settled(service);
    await age(service, wait + 1);
    const opened = await redeem(service, person.nationalCode, approved.body.code);
    const link = await noticeToken(service, email, 'branch-recovery-approved');
    t.equal((await dispute(service, link)).status, 204);
    t.equal((await setRecoveredPassword(service, flowOf(opened), otherPassword)).status, 401);
    t.equal((await redeem(service, person.nationalCode, approved.body.code)).status, 422);
    t.equal((await accountOf(service, person)).lock, 'locked');
    t.equal((await dispute(service, link)).status, 204, 'the same again: the same');
    const own = await provedBy(service, person, 'sms');
    t.equal((await setRecoveredPassword(service, own, otherPassword)).status, 200, 'the owner gets in');
  });

  t.test('are stopped everywhere by one dispute: no other code of theirs is good', async (t) => {
    const person = await signUp(service);
    const told = await byTwo(service, first.token, second.token, person);
    await settled(service);
    const link = await noticeToken(service, person.mobile, 'branch-recovery-approved');
    const again = await byTwo(service, second.token, first.token, person);
    await settled(service);
    await age(service, wait + 1);
    const isOpened = async ({ body }: Answer) =>
      (await redeem(service, person.nationalCode, body.code)).status === 201;
    t.same([await isOpened(told), await isOpened(again)], [true, true]);
    t.equal((await dispute(service, link)).status, 204);
    t.same([await isOpened(told), await isOpened(again)], [false, false]);
    await age(service, -wait - 1);
  });

  t.test('dispute and new password at once: one of them, never both', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const person = await signUp(service);
      const approved = await byTwo(service, first.token, second.token, person);
      await settled(service);
      await age(service, wait + 1);
      const opened = await redeem(service, person.nationalCode, approved.body.code);
      const link = await noticeToken(service, person.mobile, 'branch-recovery-approved');
      const [set, disputed] = await Promise.all([
        setRecoveredPassword(service, flowOf(opened), otherPassword),
        dispute(service, link),
      ]);
      const { lock } = await accountOf(service, person);
      if (set.status === 200) t.same([disputed.status, lock], [422, 'open']);
      else t.same([disputed.status, lock], [204, 'locked']);
      // For the next round: officers sign in anew, since everything has been aged.
      await age(service, -wait - 1);
    }
  });

  t.test('the owner’s own recovery ends it, a thief who changes the password does not', async (t) => {
    const person = await signUp(service);
    const ended = await byTwo(service, first.token, second.token, person);
    const own = await provedBy(service, person, 'sms');
    t.equal((await setRecoveredPassword(service, own, otherPassword)).status, 200);
    await settled(service);
    await age(service, wait + 1);
    t.equal((await redeem(service, person.nationalCode, ended.body.code)).status, 422);
    await age(service, -wait - 1);

    const robbed = await signUp(service);
    const kept = await byTwo(service, first.token, second.token, robbed);
    const { body: thief } = await signIn(service, robbed);
    const changed = await service.put(
      '/v1/me/password',
      { currentPassword: goodPassword, newPassword: otherPassword, newPasswordConfirmation: otherPassword },
      { token: thief.accessToken },
    );
    t.equal(changed.status, 200);
    await settled(service);
    await age(service, wait + 1);
    const opened = await redeem(service, robbed.nationalCode, kept.body.code);
    t.equal((await setRecoveredPassword(service, flowOf(opened), 'Jw5kBsf2Gc')).status, 200);
    t.equal((await service.get('/v1/me', { token: thief.accessToken })).status, 401);
    await age(service, -wait - 1);
  });

  t.test('of two approvals at once one counts; a request waits for a day', async (t) => {
    const third = await officer(service);
    const { nationalCode } = await signUp(service);
    const asked = await startAtDesk(service, first, { nationalCode, withoutMobile: true });
    const answers = await Promise.all(
      [second, third].map(({ token }) => approve(service, token, asked.body.id)),
    );
    t.same(answers.map(({ status }) => status).sort(), [200, 409]);
    const late = await startAtDesk(service, first, { nationalCode, withoutMobile: true });
    await age(service, day + 1);
    t.equal((await approve(service, second.token, late.body.id)).status, 409);
  });

  t.test('are two officers still when the second one speaks', async (t) => {
    const leaving = await officer(service);
    const { nationalCode } = await signUp(service);
    const asked = await startAtDesk(service, leaving, { nationalCode, withoutMobile: true });
    await officersOf(service).revoke(toPersonId(leaving.person), 'admin');
    t.equal((await approve(service, second.token, asked.body.id)).body.code, 'approval-not-open');
    t.equal((await startAtDesk(service, leaving, { nationalCode })).body.code, 'not-an-officer');
  });

  t.test('wait longer where the notices left late', async (t) => {
    const person = await signUp(service);
    const approved = await byTwo(service, first.token, second.token, person);
    await settled(service);
    await age(service, wait + 1);
    await service.db
      .updateTable('message')
      .set({ handed_over_at: new Date(Date.now() - 3_600_000) })
      .where('purpose', '=', 'branch-recovery-approved')
      .execute();
    t.equal(
      (await redeem(service, person.nationalCode, approved.body.code)).body.code,
      'printed-code-not-open-yet',
    );
    await age(service, day);
    t.equal((await redeem(service, person.nationalCode, approved.body.code)).status, 201);
  });
});

t.test('an officer for themselves', async (t) => {
  const service = await startTestService(t);
  const [own, colleague] = [await officer(service), await officer(service)];
  const { nationalCode } = own.person;
  t.equal((await startAtDesk(service, own, { nationalCode })).body.code, 'own-account');
  t.equal((await startAtDesk(service, own, { nationalCode, withoutMobile: true })).body.code, 'own-account');
  const persian = nationalCode.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
  t.equal((await startAtDesk(service, own, { nationalCode: ` ${persian} ` })).body.code, 'own-account');
  const asked = await startAtDesk(service, colleague, { nationalCode, withoutMobile: true });
  t.equal((await approve(service, own.token, asked.body.id)).body.code, 'own-account');
  t.same(await service.db.selectFrom('branch_recovery').select('approved_by').execute(), [
    { approved_by: null },
  ]);
});

t.test('whoever is not at the desk as an officer does nothing there', async (t) => {
  const service = await startTestService(t);
  const { nationalCode } = await signUp(service);
  const toCode = async (token: string, on = service) =>
    (await startAtDesk(on, { token }, { nationalCode })).body.code;
  t.equal((await service.post('/v1/branch/recoveries', { nationalCode })).status, 401);
  t.equal(await toCode(await tokenOf(service, await signUp(service))), 'not-an-officer');

  const tired = await officer(service);
  const { id } = await accountOf(service, tired.person);
  const signedInFor = (seconds: number) =>
    service.db
      .updateTable('session')
      .set({ authenticated_at: new Date(Date.now() - seconds * 1000) })
      .where('account_id', '=', id)
      .execute();
  await signedInFor(4 * 60);
  t.match((await startAtDesk(service, tired, { nationalCode })).status, 201);
  await signedInFor(5 * 60 + 5);
  t.equal(await toCode(tired.token), 'officer-sign-in-needed');
  t.match(await toCode(await tokenOf(service, tired.person)), /^.{4}-/, 'signing in again is enough');

  const robbed = await officer(service);
  for (const cause of ['recovery', 'password-change', 'change'] as const) {
    const account_id = (await accountOf(service, robbed.person)).id;
    await service.db.deleteFrom('account_event').where('account_id', '=', account_id).execute();
    t.match(await toCode(robbed.token), /^.{4}-/);
    await service.db.insertInto('account_event').values({ account_id, cause }).execute();
    t.equal(await toCode(robbed.token), 'officer-role-asleep', cause);
    await age(service, 72 * 3600 + 1);
  }
  const recovered = await signUp(service);
  await grant(service, recovered);
  const helper = await officer(service);
  const { flow } = await atDesk(service, helper.token, recovered);
  await verify(service, flow, { code: await codeAt(service, internationalOf(recovered.mobile)) });
  t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
  t.equal(
    await toCode(await tokenOf(service, recovered, otherPassword)),
    'officer-role-asleep',
    'helped at a desk',
  );

  const away = await service.replica({ background: false }, { BRANCH_NETWORKS: '10.0.0.0/8,2001:db8::/32' });
  t.equal(await toCode(helper.token, away), 'branch-network-needed');
  const there = await service.replica({ background: false }, { BRANCH_NETWORKS: '10.0.0.0/8,127.0.0.0/8' });
  t.match(await toCode(helper.token, there), /^.{4}-/);
  await service.db.deleteFrom('session').execute();
  t.equal(
    await toCode(helper.token, there),
    'not-authenticated',
    'a session that has ended, on every replica',
  );
});

t.test('a role that is taken away at the same moment is either held to the end or gone', async (t) => {
  const service = await startTestService(t);
  const { nationalCode } = await insuredPerson(service);
  for (let round = 0; round < 8; round += 1) {
    const desk = await officer(service);
    const [started] = await Promise.all([
      startAtDesk(service, desk, { nationalCode }),
      officersOf(service).revoke(toPersonId(desk.person), 'admin'),
    ]);
    if (started.status !== 201) t.equal(started.body.code, 'not-an-officer');
    t.equal((await startAtDesk(service, desk, { nationalCode })).body.code, 'not-an-officer');
  }
});

t.test('a desk learns nothing of who is registered', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const known = await signUp(service);
  const unknown = await insuredPerson(service);

  const shape = ({ status, headers, text, body }: Answer) => ({
    status,
    length: text.length,
    keys: Object.keys(body ?? {}),
    code: body?.code?.length,
    headers: [...headers.keys()].filter((name) => name !== 'date').sort(),
  });
  async function everything(person: Person): Promise<unknown[]> {
    const { nationalCode } = person;
    const seen: Answer[] = [];
    const keep = (answer: Answer) => {
      seen.push(answer);
      return answer;
    };
    for (const mobile of [undefined, '09121110001', otherMobileOf(person.mobile)]) {
      const printed = keep(await startAtDesk(service, first, { nationalCode, ...(mobile && { mobile }) }));
      const flow = flowOf(keep(await redeem(service, nationalCode, printed.body.code)));
      keep(await setRecoveredPassword(service, flow, otherPassword));
      keep(await challenge(service, flow, 'sms'));
      keep(await challenge(service, flow, 'sms'));
      keep(await verify(service, flow, { code: '12' }));
      keep(await verify(service, flow, { code: '000000' }));
    }
    const asked = keep(await startAtDesk(service, first, { nationalCode, withoutMobile: true }));
    keep(await approve(service, first.token, asked.body.id));
    const approved = keep(await approve(service, second.token, asked.body.id));
    keep(await approve(service, second.token, asked.body.id));
    keep(await redeem(service, nationalCode, approved.body.code));
    await settled(service);
    await age(service, wait + 1);
    const flow = flowOf(keep(await redeem(service, nationalCode, approved.body.code)));
    keep(await setRecoveredPassword(service, flow, 'weak'));
    await age(service, -wait - 1);
    return seen.map(shape);
  }
  const counts = async () =>
    Promise.all(
      (['recovery', 'branch_recovery', 'activity', 'message'] as const).map(async (table) => {
        const { rows } = await service.db
          .selectFrom(table)
          .select(({ fn }) => fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow();
        return Number(rows);
      }),
    );
  const before = await counts();
  const ofKnown = await everything(known);
  const between = await counts();
  const ofUnknown = await everything(unknown);
  const after = await counts();
  t.same(ofUnknown, ofKnown);
  t.same(
    after.map((rows, index) => rows - (between[index] ?? 0)),
    between.map((rows, index) => rows - (before[index] ?? 0)),
    'the same rows',
  );
  t.equal(
    (await codesAt(service, otherMobileOf(unknown.mobile))).length,
    1,
    'a person’s own mobile gets a code',
  );
});

t.test('a desk learns nothing of whose mobile the register has another word about', async (t) => {
  let isTied = true;
  const mobileOwnership: MobileOwnership = {
    asksAbout: () => true,
    check: async () => (isTied ? 'matched' : 'not-matched'),
  };
  const service = await startTestService(t, { overrides: { mobileOwnership } });
  const known = await signUp(service);
  const unknown = await insuredPerson(service);
  const { token } = await officer(service);
  isTied = false;
  for (const person of [known, unknown]) {
    const { flow } = await atDesk(service, token, person);
    await settled(service);
    const { status, body } = await verify(service, flow, { code: '000000' });
    t.same([status, body.code], [422, 'code-not-accepted']);
  }
  t.same((await accountOf(service, known)).barred_kinds, ['mobile'], 'and it is barred');
});

t.test('an officer starts or approves twenty recoveries a day, however many at once', async (t) => {
  const service = await startTestService(t);
  const [busy, helper] = [await officer(service), await officer(service)];
  const { nationalCode } = await insuredPerson(service);
  const asked = await startAtDesk(service, helper, { nationalCode, withoutMobile: true });
  const answers = await Promise.all(
    Array.from({ length: 26 }, () => startAtDesk(service, busy, { nationalCode })),
  );
  t.equal(answers.filter(({ status }) => status === 201).length, 20);
  const refused = answers.filter(({ body }) => body.code === 'too-many-at-desk');
  t.equal(refused.length, 6);
  t.ok(Number(refused[0]?.headers.get('retry-after')) > 23 * 3600);
  t.equal((await approve(service, busy.token, asked.body.id)).status, 429, 'approvals are counted as well');
  t.equal((await approve(service, (await officer(service)).token, asked.body.id)).status, 200);
  await age(service, day + 1);
  t.equal((await startAtDesk(service, busy, { nationalCode })).status, 201);
});

t.test('what an officer types is looked at', async (t) => {
  const service = await startTestService(t);
  const desk = await officer(service);
  const { nationalCode } = await insuredPerson(service);
  for (const body of [
    {},
    { nationalCode, mobile: '09121110001', withoutMobile: true },
    { nationalCode, mobile: '02188888888' },
    { nationalCode, mobile: null },
    { nationalCode, withoutMobile: 'yes' },
    { nationalCode, officer: 'ali' },
    { nationalCode: '1234567890' },
    { nationalCode, insuranceNumber: '00123456' },
  ]) {
    t.equal((await startAtDesk(service, desk, body)).status, 400, JSON.stringify(body));
  }
  t.same(await service.db.selectFrom('branch_recovery').select('id').execute(), []);
  t.equal((await approve(service, desk.token, 'not-an-id')).status, 400);
  t.equal((await approve(service, desk.token, '0190a6a0-0000-7000-8000-000000000000')).status, 409);
});

t.test('a code at the desk waits while the register is away, and leaves when it is back', async (t) => {
  let answer: Awaited<ReturnType<MobileOwnership['check']>> = 'matched';
  const mobileOwnership: MobileOwnership = { asksAbout: () => true, check: async () => answer };
  const service = await startTestService(t, { overrides: { mobileOwnership } });
  const { token } = await officer(service);
  const person = await signUp(service);
  answer = 'unavailable';
  const { flow } = await atDesk(service, token, person, otherMobileOf(person.mobile));
  await settled(service);
  t.same(await codesAt(service, otherMobileOf(person.mobile)), []);
  answer = 'matched';
  // Half a minute later.
  await sql`with due as (update message set due_at = now() where failure = 'register-unavailable' returning id)
    select graphile_worker.add_job('deliver_message', json_build_object('messageId', id)) from due`.execute(
    service.db,
  );
  await everyMessageEnded(service);
  const code = await codeAt(service, internationalOf(otherMobileOf(person.mobile)));
  t.equal((await verify(service, flow, { code })).status, 200);
});

t.test('of people whom the register does not know two officers are asked', async (t) => {
  const mobileOwnership: MobileOwnership = {
    asksAbout: (kind) => kind === 'national-code',
    check: async () => 'unavailable',
  };
  const service = await startTestService(t);
  const desk = await officer(service);
  const replica = await service.replica({ mobileOwnership, background: false });
  const insuranceNumber = '00123456';
  const refused = await startAtDesk(replica, desk, { insuranceNumber });
  t.equal(refused.body.code, 'ownership-not-askable');
  t.equal((await startAtDesk(replica, desk, { insuranceNumber, withoutMobile: true })).status, 201);
});
