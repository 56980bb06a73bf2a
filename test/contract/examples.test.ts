import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import { basic, machineClient } from '../support/clients.ts';
import { codeAt, internationalOf, linkTokenAt, otherMobileOf } from '../support/contacts.ts';
import { readContract } from '../support/contract.ts';
import { noticeToken } from '../support/recovery.ts';
import { type Files, list, work } from '../support/register.ts';
import { registerOf } from '../support/signed-in.ts';
import { startWalk, type Walk } from '../support/walk.ts';

// The examples of the reference, sent for real in the order in which a front end would send them.
// `RECORD_EXAMPLES=1 npm test -- test/contract/examples.test.ts`, then `npm run openapi`, writes them anew.

const person = { nationalCode: '0499370899', birthDate: '1370-01-15', mobile: '09124370899' };
/** What employers' lists say of the person. */
const listed = { DSW_FNAME: 'سارا', DSW_LNAME: 'احمدی', DSW_DNAME: 'علی', DSW_BDATE: '13700115' };
const mobile = internationalOf(person.mobile);
const email = 'sara@example.org';
const workshop = '0227145390';
const passwords = { first: 'Tq7vLmz4Wk', second: 'Mv5cZtg2Ns', third: 'Hx3pRdn8Yb', fourth: 'Jw5kBsf2Gc' };
const password = passwords.first;

/** A service, the walk through it, and what one part of the walk leaves to the next. */
type Tour = Readonly<{ service: TestService; say: Walk['say'] }>;

async function register(t: Test, service: TestService): Promise<void> {
  await service.db
    .insertInto('insured_person')
    .values({
      national_code: person.nationalCode,
      insurance_number: null,
      first_name: 'سارا',
      last_name: 'احمدی',
      father_name: 'علی',
      birth_date: '1991-04-04',
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
async function letTimePass({ service }: Tour, table: 'registration' | 'contact_change'): Promise<void> {
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
  await say('getKeys', 'keys', { summary: 'One key', status: 200 });
  await say('listProblems', 'all', { summary: 'The whole catalogue', status: 200 });
  const params = { code: 'not-authenticated' };
  await say('getProblem', 'known', { summary: 'A code', status: 200, params });
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

/** @returns an access token */
async function signIn({ say }: Tour): Promise<string> {
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
  await say('getInsuranceRecordYear', 'year', {
    summary: 'One year',
    status: 200,
    token,
    params: { year: '1404' },
  });
}

async function proveEmail(tour: Tour, token: string, id: string): Promise<void> {
  const { say, service } = tour;
  await say('listContactChanges', 'pending', { summary: 'One waits for a code', status: 200, token });
  await letTimePass(tour, 'contact_change');
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
  await letTimePass(tour, 'contact_change');
  const change = { token, params: { id: body.id } };
  await say('resendMobileChangeCode', 'sent', { summary: 'The same code again', status: 200, ...change });
  await say('verifyMobileChange', 'proved', {
    summary: 'The code of the message',
    status: 200,
    body: { code: await codeAt(service, internationalOf(number)) },
    ...change,
  });
}

async function useAccount({ say, service }: Tour, token: string, securityAnswers: Answers): Promise<void> {
  await say('getProfile', 'own', { summary: 'The signed-in person', status: 200, token });
  await say('exportAccount', 'own', { summary: 'Everything kept of the account', status: 200, token });
  await say('listActivity', 'newest', { summary: 'Newest first', status: 200, token });
  await say('changeSecurityAnswers', 'changed', {
    summary: 'Three answers',
    status: 204,
    token,
    body: { currentPassword: password, securityAnswers },
  });
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
    summary: 'A known password is changed',
    status: 204,
    token,
    body: {
      currentPassword: password,
      newPassword: passwords.second,
      newPasswordConfirmation: passwords.second,
    },
  });
  await say('signOut', 'ended', { summary: 'This session', status: 204, token });
}

async function recover({ say, service }: Tour, answers: Answers): Promise<void> {
  const { nationalCode } = person;
  const { body: flow } = await say('startRecovery', 'started', {
    summary: 'A recovery',
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
    status: 204,
    body: { newPassword, newPasswordConfirmation: newPassword },
    ...recovering,
  });
  await say('disownRecovery', 'disowned', {
    summary: 'It was not me',
    status: 204,
    body: { token: await noticeToken(service, person.mobile, 'password-recovered') },
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
    summary: 'All three answers',
    status: 200,
    body: { answers },
    ...back,
  });
}

async function recoverAtBranch({ say, service }: Tour): Promise<void> {
  const { nationalCode } = person;
  const desk = await machineClient(service, ['branch-recoveries:write']);
  const token = await desk.token();
  const body = { nationalCode };
  await say('startBranchRecovery', 'secondOfficerNeeded', {
    summary: 'A locked account takes two officers',
    status: 201,
    token,
    headers: { 'officer-id': 'officer-4071' },
    body,
  });
  const { body: printed } = await say('startBranchRecovery', 'issued', {
    summary: 'A code to be printed',
    status: 201,
    token,
    headers: { 'officer-id': 'officer-2210' },
    body,
  });
  const { body: flow } = await say('redeemPrintedCode', 'redeemed', {
    summary: 'The printed code',
    status: 201,
    body: { nationalCode, code: printed.code },
  });
  const newPassword = passwords.fourth;
  await service.put(
    `/v1/recoveries/${flow.id}/password`,
    { newPassword, newPasswordConfirmation: newPassword },
    { token: flow.flowToken },
  );
}

/** The link of a notice works once: one change is confirmed, the other one undone. */
async function answerNotices(tour: Tour): Promise<void> {
  const { say, service } = tour;
  const { nationalCode } = person;
  await say('confirmContactChange', 'confirmed', {
    summary: 'The old address agrees',
    status: 204,
    body: { token: await linkTokenAt(service, mobile) },
  });
  const session = await service.post('/v1/sessions', { nationalCode, password: passwords.fourth });
  const token = session.body.accessToken;
  const next = otherMobileOf(person.mobile, '0935222');
  const change = { currentPassword: passwords.fourth, mobile: next };
  const { body } = await service.post('/v1/me/mobile-changes', change, { token });
  const code = await codeAt(service, internationalOf(next));
  await service.post(`/v1/me/mobile-changes/${body.id}/verification`, { code }, { token });
  await say('undoContactChange', 'undone', {
    summary: 'It was not me',
    status: 204,
    body: { token: await linkTokenAt(service, internationalOf(otherMobileOf(person.mobile))) },
  });
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
  const { body } = await say('submitEmployerList', 'accepted', {
    summary: 'A list without mistakes',
    status: 201,
    token,
    files: listForm(list({ workshop, month: 9, rows: [work(person.nationalCode, 30, 5_000_000, listed)] })),
  });
  await say('getEmployerListSubmission', 'accepted', {
    summary: 'What became of it',
    status: 200,
    token,
    params: { id: body.id },
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
  await useAccount(tour, token, answers);
  await recover(tour, answers);
  await recoverAtBranch(tour);
  await answerNotices(tour);
  await callAsMachine(tour);
  finish();
});
