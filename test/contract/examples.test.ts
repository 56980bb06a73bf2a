import { sql } from 'kysely';
import t, { type Test } from 'tap';
import samples from '../../samples/people.json' with { type: 'json' };
import { jalaliToGregorian, parseJalaliDate } from '../../src/kernel/jalali.ts';
import { startTestService, type TestService } from '../support/app.ts';
import { basic, machineClient } from '../support/clients.ts';
import { codeAt, everyMessageEnded, internationalOf, otherMobileOf } from '../support/contacts.ts';
import { readContract } from '../support/contract.ts';
import {
  challengeOf,
  createBrowser,
  exchange,
  finish,
  institution,
  redirectUri,
  toConsent,
} from '../support/institutions.ts';
import { type Officer, officer } from '../support/officers.ts';
import { forgetQuotas } from '../support/quotas.ts';
import { noticeToken } from '../support/recovery.ts';
import { type Files, list, work } from '../support/register.ts';
import { registerOf } from '../support/signed-in.ts';
import { startWalk, type Walk } from '../support/walk.ts';

// The examples of the reference, sent for real in the order in which a front end would send them.
// `RECORD_EXAMPLES=1 npm test -- test/contract/examples.test.ts`, then `npm run generate`, writes them anew.

// The sample person of development, so that the examples can be tried out there as they stand.
const [sample] = samples;
if (!sample) throw new Error('there are no sample people');
const { nationalCode, birthDate, mobile: ownMobile } = sample;
const person = { nationalCode, birthDate, mobile: ownMobile };
/** What employers' lists say of the person. */
const listed = {
  DSW_FNAME: sample.firstName.fa,
  DSW_LNAME: sample.lastName.fa,
  DSW_DNAME: 'علی',
  DSW_BDATE: birthDate.replaceAll('-', ''),
};
const mobile = internationalOf(person.mobile);
const email = 'sara@example.org';
const workshop = '0227145390';
const passwords = { first: 'Tq7vLmz4Wk', second: 'Mv5cZtg2Ns', third: 'Hx3pRdn8Yb' };
const password = passwords.first;

/** A service, the walk through it, and what one part of the walk leaves to the next. */
type Tour = Readonly<{ service: TestService; say: Walk['say'] }>;

async function register(t: Test, service: TestService): Promise<void> {
  await service.db
    .insertInto('insured_person')
    .values({
      national_code: person.nationalCode,
      insurance_number: null,
      first_name: listed.DSW_FNAME,
      last_name: listed.DSW_LNAME,
      father_name: 'علی',
      birth_date: jalaliToGregorian(parseJalaliDate(birthDate) ?? { year: 0, month: 0, day: 0 }),
    })
    .execute();
  const lists = registerOf(t, service);
  const months = [
    { year: 1403, month: 12, days: 29 },
    { year: 1404, month: 7, days: 30 },
    { year: 1404, month: 8, days: 25 },
  ];
  for (const { year, month, days } of months) {
    await lists.ingest(
      list({ workshop, year, month, rows: [work(person.nationalCode, days, 5_000_000, listed)] }),
    );
  }
}

/** As if a message had been sent some minutes ago: the next one may be asked for. */
async function letTimePass({ service }: Tour, table: 'registration' | 'contact_flow'): Promise<void> {
  await sql`update ${sql.table(table)} set sent_at = sent_at - interval '20 minutes'`.execute(service.db);
}

/** The answers of the person, to the questions that the catalogue has first. */
async function answersOf({ say }: Tour) {
  const { body } = await say('listSecurityQuestions', 'all', { summary: 'The catalogue', status: 200 });
  return ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'].map((answer, index) => ({
    question: body.questions[index].id,
    answer,
  }));
}

type Answers = Awaited<ReturnType<typeof answersOf>>;

async function lookAround({ say }: Tour): Promise<void> {
  await say('getLiveness', 'alive', { summary: 'Alive', status: 200 });
  await say('getReadiness', 'ready', { summary: 'Ready', status: 200 });
  await say('getJsonWebKeySet', 'keys', { summary: 'One key', status: 200 });
  await say('listProblems', 'all', { summary: 'The whole catalogue', status: 200 });
  const params = { code: 'not-authenticated' };
  await say('getProblem', 'known', { summary: 'A code', status: 200, params });
  await say('listFindings', 'all', { summary: 'Everything that can be found in a list', status: 200 });
  const finding = { code: 'days-above-month' };
  await say('getFinding', 'known', { summary: 'A code', status: 200, params: finding });
  await say('getPasswordPolicy', 'policy', { summary: 'The policy', status: 200 });
  await say('getNoticePage', 'page', { summary: 'Where the links of notices lead', status: 200 });
  await say('changePasswordPage', 'page', { summary: 'To the front end', status: 302 });
  await say('evaluatePassword', 'refused', {
    summary: 'A password made of the national code',
    status: 200,
    body: { password: `Aa${person.nationalCode}`, nationalCode: person.nationalCode },
  });
  await say('evaluatePassword', 'accepted', {
    summary: 'A good password',
    status: 200,
    body: { password },
  });
}

/** @returns the id of the change that proves the e-mail address */
async function signUp(tour: Tour, securityAnswers: Answers): Promise<string> {
  const { say, service } = tour;
  const { body: flow } = await say('startRegistration', 'started', {
    summary: 'A sign-up',
    status: 201,
    body: person,
  });
  const signingUp = { params: { id: flow.id }, token: flow.flowToken };
  await letTimePass(tour, 'registration');
  await say('resendRegistrationCode', 'sent', { summary: 'The same code again', status: 200, ...signingUp });
  await say('verifyRegistration', 'proved', {
    summary: 'The code of the message',
    status: 200,
    body: { code: await codeAt(service, mobile) },
    ...signingUp,
  });
  const { body } = await say('completeRegistration', 'completed', {
    summary: 'Password, address and three answers',
    status: 201,
    body: { password, passwordConfirmation: password, email, securityAnswers },
    ...signingUp,
  });
  return body.emailChange.id;
}

/** After too many wrong passwords from here. */
async function signInInTwoSteps({ say, service }: Tour): Promise<void> {
  const { nationalCode } = person;
  const wrong = { nationalCode, password: 'Wrong7Words' };
  let status = 401;
  while (status === 401) ({ status } = await service.post('/v1/sessions', wrong));
  const { body: step } = await say('signIn', 'codeNeeded', {
    summary: 'A code is needed as well, whatever the password',
    status: 202,
    body: { nationalCode, password },
  });
  await say('verifySignIn', 'signedIn', {
    summary: 'The code of the message',
    status: 201,
    params: { id: step.id },
    token: step.flowToken,
    body: { code: await codeAt(service, mobile) },
  });
  await forgetQuotas(service.db);
}

/** @returns an access token */
async function signIn(tour: Tour): Promise<string> {
  const { say } = tour;
  const { nationalCode } = person;
  const { body: session } = await say('signIn', 'signedIn', {
    summary: 'A device that is not known yet',
    status: 201,
    body: { nationalCode, password },
  });
  await say('signIn', 'wrongPassword', {
    summary: 'A wrong password',
    status: 401,
    body: { nationalCode, password: 'Wrong7Words' },
  });
  await signInInTwoSteps(tour);
  const { body: refreshed } = await say('refreshSession', 'rotated', {
    summary: 'A new pair',
    status: 200,
    body: { refreshToken: session.refreshToken },
  });
  return refreshed.accessToken;
}

async function readRecord({ say }: Tour, token: string): Promise<void> {
  await say('getInsuranceRecords', 'all', { summary: 'The whole record', status: 200, token });
  await say('getInsuranceRecords', 'table', {
    summary: 'As a table',
    status: 200,
    token,
    headers: { accept: 'text/csv' },
  });
  await say('getInsuranceRecordSummary', 'summary', { summary: 'In figures', status: 200, token });
  await say('getInsuranceRecordFigures', 'figures', { summary: 'What others ask for', status: 200, token });
  await say('getInsuranceRecordYear', 'year', {
    summary: 'One year',
    status: 200,
    token,
    params: { year: '1404' },
  });
}

async function proveEmail(tour: Tour, token: string, id: string): Promise<void> {
  const { say, service } = tour;
  await letTimePass(tour, 'contact_flow');
  const change = { token, params: { id } };
  await say('resendEmailChangeCode', 'sent', { summary: 'The same code again', status: 200, ...change });
  await say('verifyEmailChange', 'proved', {
    summary: 'The code of the message',
    status: 200,
    body: { code: await codeAt(service, email) },
    ...change,
  });
  await say('startEmailChange', 'started', {
    summary: 'Another address',
    status: 201,
    token,
    body: { currentPassword: password, email: 'sara.ahmadi@example.org' },
  });
}

async function changeMobile(tour: Tour, token: string, number: string): Promise<void> {
  const { say, service } = tour;
  const { body } = await say('startMobileChange', 'started', {
    summary: 'A new number',
    status: 201,
    token,
    body: { currentPassword: password, mobile: number },
  });
  await letTimePass(tour, 'contact_flow');
  const change = { token, params: { id: body.id } };
  await say('resendMobileChangeCode', 'sent', { summary: 'The same code again', status: 200, ...change });
  await say('verifyMobileChange', 'proved', {
    summary: 'The code of the message',
    status: 200,
    body: { code: await codeAt(service, internationalOf(number)) },
    ...change,
  });
}

/** Changes that no new address is proved for, one of them cancelled; and a bar. */
async function changeAndBar(tour: Tour, token: string, securityAnswers: Answers): Promise<void> {
  const { say, service } = tour;
  const currentPassword = password;
  await say('changeSecurityAnswers', 'changed', {
    summary: 'Three answers',
    status: 202,
    token,
    body: { currentPassword, securityAnswers },
  });
  await say('removeEmail', 'removed', {
    summary: 'The removal',
    status: 202,
    token,
    body: { currentPassword },
  });
  // Until the notice has left nobody knows from when a change is trusted.
  await everyMessageEnded(service);
  const { body } = await say('listContactChanges', 'pending', {
    summary: 'Some wait for a code, some to be trusted',
    status: 200,
    token,
  });
  const { id } = body.pending.find(({ kind }: { kind: string }) => kind === 'email');
  await say('cancelContactChange', 'cancelled', {
    summary: 'The removal, taken back',
    status: 204,
    token,
    params: { id },
    body: { currentPassword },
  });
  const { body: bar } = await say('startBar', 'started', {
    summary: 'The answers are known to somebody; a code goes to the mobile',
    status: 201,
    token,
    body: { currentPassword, kind: 'answers', proof: 'mobile' },
  });
  await say('verifyBar', 'barred', {
    summary: 'The code of the message',
    status: 204,
    token,
    params: { id: bar.id },
    body: { code: await codeAt(service, mobile) },
  });
}

async function useAccount(tour: Tour, token: string): Promise<void> {
  const { say, service } = tour;
  await say('getProfile', 'own', { summary: 'The signed-in person', status: 200, token });
  await say('reauthenticate', 'given', {
    summary: 'The password once more',
    status: 204,
    token,
    body: { currentPassword: password },
  });
  await letInstitutionLook(tour, token);
  await say('exportAccount', 'own', { summary: 'Everything kept of the account', status: 200, token });
  await say('listActivity', 'newest', { summary: 'Newest first', status: 200, token });
  const { nationalCode } = person;
  for (let other = 0; other < 2; other += 1) await service.post('/v1/sessions', { nationalCode, password });
  const { body } = await say('listSessions', 'several', { summary: 'Three devices', status: 200, token });
  const { id } = body.sessions.find(({ current }: { current: boolean }) => !current);
  await say('endSession', 'ended', { summary: 'One of them', status: 204, token, params: { id } });
  await say('endSessions', 'others', {
    summary: 'All but this one',
    status: 204,
    token,
    query: { except: 'current' },
  });
  await say('changePassword', 'changed', {
    summary: 'A known password is changed, a pending change of answers cancelled',
    status: 200,
    token,
    body: {
      currentPassword: password,
      newPassword: passwords.second,
      newPasswordConfirmation: passwords.second,
    },
  });
  await say('signOut', 'ended', { summary: 'This session', status: 204, token });
}

/** By the mobile, which the owner of the mailbox disputes; then by the mailbox and the answers together. */
async function recover({ say, service }: Tour, answers: Answers): Promise<void> {
  const { nationalCode } = person;
  const { body: flow } = await say('startRecovery', 'started', {
    summary: 'On a device that the account does not know, or of somebody without an account',
    status: 201,
    body: { nationalCode },
  });
  const recovering = { params: { id: flow.id }, token: flow.flowToken };
  await say('challengeRecovery', 'sms', {
    summary: 'A code by SMS',
    status: 200,
    body: { method: 'sms' },
    ...recovering,
  });
  await say('verifyRecovery', 'code', {
    summary: 'The code of the message',
    status: 200,
    body: { code: await codeAt(service, mobile) },
    ...recovering,
  });
  const newPassword = passwords.third;
  await say('setRecoveredPassword', 'set', {
    summary: 'The new password, twice',
    status: 200,
    body: { newPassword, newPasswordConfirmation: newPassword },
    ...recovering,
  });
  await say('dispute', 'disputed', {
    summary: 'It was not me',
    status: 204,
    body: { token: await noticeToken(service, email, 'password-recovered') },
  });

  const { body: again } = await service.post('/v1/recoveries', { nationalCode });
  const back = { params: { id: again.id }, token: again.flowToken };
  await say('challengeRecovery', 'questions', {
    summary: 'The security questions',
    status: 200,
    body: { method: 'questions' },
    ...back,
  });
  await say('verifyRecovery', 'answers', {
    summary: 'All three answers, of an account that needs two methods',
    status: 200,
    body: { answers },
    ...back,
  });
}

/** With a printed code and a mobile; and, for who has none, by two officers. */
async function helpAtDesk({ say, service }: Tour): Promise<void> {
  const { nationalCode } = person;
  const [first, second] = [await officer(service), await officer(service)];
  const { body: printed } = await say('startBranchRecovery', 'printed', {
    summary: 'A code to be printed, good together with one at the mobile of the account',
    status: 201,
    token: first.token,
    body: { nationalCode },
  });
  await say('redeemPrintedCode', 'opened', {
    summary: 'The code as it was printed',
    status: 201,
    body: { nationalCode, code: printed.code },
  });
  const { body: asked } = await say('startBranchRecovery', 'without', {
    summary: 'Somebody without a mobile',
    status: 201,
    token: first.token,
    body: { nationalCode, withoutMobile: true },
  });
  await say('approveBranchRecovery', 'approved', {
    summary: 'By another officer of the branch',
    status: 200,
    token: second.token,
    params: { id: asked.id },
  });
  await mendRegister({ say, service }, first, second);
}

async function mendRegister({ say, service }: Tour, first: Officer, second: Officer): Promise<void> {
  const { token } = first;
  const { body: found } = await say('searchInsuredPeople', 'found', {
    summary: 'By national code',
    status: 200,
    token,
    body: { nationalCode: person.nationalCode },
  });
  const params = { id: found.people[0].id };
  await say('mendInsuredPerson', 'name', {
    summary: 'A name, written at once',
    status: 200,
    token,
    params,
    body: { fatherName: 'علی‌اکبر', reason: 'Birth certificate seen at the desk' },
  });
  const { body: mended } = await say('mendInsuredPerson', 'born', {
    summary: 'A birth date, for a second officer to approve',
    status: 200,
    token,
    params,
    body: { birthDate: '1362-05-15', reason: 'Birth certificate seen at the desk' },
  });
  const change = { params: { id: mended.changes[0].id } };
  await say('approveRegisterChange', 'approved', {
    summary: 'By another officer of the branch',
    status: 200,
    token: second.token,
    ...change,
  });
  await say('getInsuredPerson', 'person', {
    summary: 'With the trace of changes',
    status: 200,
    token,
    params,
  });
  await say('reverseRegisterChange', 'cancelled', {
    summary: 'Before it happens',
    status: 200,
    token,
    body: { reason: 'The certificate was of somebody else' },
    ...change,
  });
  const other = await service.db
    .insertInto('insured_person')
    .values({
      national_code: null,
      insurance_number: '0087654321',
      first_name: listed.DSW_FNAME,
      last_name: listed.DSW_LNAME,
      father_name: null,
      birth_date: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await say('mergeInsuredPeople', 'asked', {
    summary: 'Two entries, for a second officer to approve',
    status: 200,
    token,
    params,
    body: { otherId: other.id, reason: 'The same person, by a letter of the employer' },
  });
}

async function letInstitutionLook({ say, service }: Tour, token: string): Promise<void> {
  const client = await institution(service);
  const pushed = await say('pushAuthorizationRequest', 'figures', {
    summary: 'Figures and summary, by PKCE',
    status: 201,
    headers: basic(client.clientId, client.secret),
    body: {
      client_id: client.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'record:figures record:summary',
      code_challenge: challengeOf('v'.repeat(43)),
      code_challenge_method: 'S256',
      state: 'of-the-institution',
    },
  });
  const browser = createBrowser(service);
  const params = { id: await toConsent(browser, client, pushed.body.request_uri) };
  await say('getAuthorization', 'asked', { summary: 'Who asks, and what for', status: 200, token, params });
  const decided = await say('decideAuthorization', 'less', {
    summary: 'Less than was asked, for three months',
    status: 200,
    token,
    params,
    body: { allow: true, scopes: ['record:figures'], days: 90, looks: 3 },
  });
  const code = (await finish(browser, decided.body.continueAt)).get('code') ?? '';
  const { body } = await exchange(service, client, code);
  await service.get('/v1/me/insurance-records/figures', { token: body.access_token });
  const grants = await say('listGrants', 'one', { summary: 'Who may look', status: 200, token });
  await say('listRecordAccesses', 'one', { summary: 'Who has looked', status: 200, token });
  const grant = { id: grants.body.grants[0].id };
  await say('keepGrant', 'kept', { summary: 'After a new password', status: 204, token, params: grant });
  await say('withdrawGrant', 'withdrawn', { summary: 'Not any more', status: 204, token, params: grant });
}

async function callAsMachine({ say, service }: Tour): Promise<void> {
  const client = await machineClient(service, ['employer-lists:write', 'employer-lists:read']);
  await say('getMachineToken', 'secret', {
    summary: 'By id and secret',
    status: 200,
    headers: basic(client.clientId, client.secret),
    body: { grant_type: 'client_credentials', scope: 'employer-lists:write' },
  });
  const token = await client.token();
  const rows = [
    work(person.nationalCode, 31, 5_000_000, listed),
    work('', 10, 5_000_000, { DSW_ID1: '12345678' }),
  ];
  await say('submitEmployerList', 'tried', {
    summary: 'A dry run of a list with a mistake',
    status: 200,
    token,
    query: { dryRun: 'true' },
    files: listForm(list({ workshop, month: 8, rows })),
  });
  await say('getDryRunReport', 'table', {
    summary: 'Its report for a spreadsheet',
    status: 200,
    token,
    query: { format: 'csv' },
    files: listForm(list({ workshop, month: 8, rows })),
  });
  const { body } = await say('submitEmployerList', 'accepted', {
    summary: 'A list without mistakes',
    status: 201,
    token,
    files: listForm(list({ workshop, month: 9, rows: [work(person.nationalCode, 30, 5_000_000, listed)] })),
  });
  await say('getEmployerListReport', 'page', {
    summary: 'Its report, to be printed',
    status: 200,
    token,
    params: { id: body.id },
  });
  await say('getEmployerListSubmission', 'accepted', {
    summary: 'What became of it',
    status: 200,
    token,
    params: { id: body.id },
  });
  await say('listEmployerLists', 'accepted', {
    summary: 'Those that were taken in',
    status: 200,
    token,
    query: { state: 'accepted' },
  });
  await say('getWorkshopMonth', 'month', {
    summary: 'One list, which counts',
    status: 200,
    token,
    params: { code: workshop, month: '1404-09' },
  });
  await say('withdrawEmployerList', 'withdrawn', {
    summary: 'Everybody on it is taken off the month',
    status: 200,
    token,
    params: { id: body.id },
    query: { confirm: 'removals' },
  });
}

function listForm({ workshop, workers }: Files): FormData {
  const form = new FormData();
  form.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
  form.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
  return form;
}

t.test('every documented example is sent, and answered as documented', async (t) => {
  const service = await startTestService(t, {
    environment: { CHANGE_PASSWORD_URL: 'https://savabegh.example/account/password' },
  });
  const { say, finish } = startWalk(t, service, await readContract(service));
  const tour = { service, say };
  await register(t, service);
  await lookAround(tour);
  const answers = await answersOf(tour);
  const emailChange = await signUp(tour, answers);
  const token = await signIn(tour);
  await readRecord(tour, token);
  await proveEmail(tour, token, emailChange);
  await changeMobile(tour, token, otherMobileOf(person.mobile));
  await changeAndBar(tour, token, answers);
  await useAccount(tour, token);
  await recover(tour, answers);
  await helpAtDesk(tour);
  await callAsMachine(tour);
  finish();
});
