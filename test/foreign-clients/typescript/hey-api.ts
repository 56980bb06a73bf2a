import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { type Client, createClient } from './client/hey-api/client/index.js';
import {
  challengeRecovery,
  completeRegistration,
  getEmployerListSubmission,
  getInsuranceRecordSummary,
  getInsuranceRecords,
  getInsuranceRecordYear,
  getMachineToken,
  getProfile,
  listSecurityQuestions,
  setRecoveredPassword,
  signIn as signInBy,
  startRecovery,
  startRegistration,
  submitEmployerList,
  verifyRecovery,
  verifyRegistration,
} from './client/hey-api/sdk.gen.js';
import type { SecurityAnswer as Answer } from './client/hey-api/types.gen.js';
import { askForCode, basic, bearer, env, expect, leave, memories } from './person.js';

/** The journey of journey.ts by a client that @hey-api/openapi-ts made. */

const connect = (service = 'SAVABEGH_URL', headers: Record<string, string> = {}): Client =>
  createClient({ baseUrl: env(service), headers });
const api = connect();

async function signUp(): Promise<void> {
  const { data, error } = await startRegistration({
    client: api,
    body: {
      nationalCode: env('NATIONAL_CODE'),
      birthDate: env('BIRTH_DATE'),
      mobile: env('MOBILE'),
    },
  });
  const registration = expect(data, error);
  const client = connect('SAVABEGH_URL', bearer(registration.flowToken));
  const path = { id: registration.id };
  const verified = await verifyRegistration({ client, path, body: { code: await askForCode() } });
  expect(verified.data, verified.error);

  const catalogue = expect((await listSecurityQuestions({ client: api })).data);
  const answerOf = (index: 0 | 1 | 2) => ({
    question: expect(catalogue.questions[index]).id,
    answer: memories[index],
  });
  const securityAnswers: [Answer, Answer, Answer] = [answerOf(0), answerOf(1), answerOf(2)];
  const complete = (password: string) =>
    completeRegistration({
      client,
      path,
      body: { password, passwordConfirmation: password, securityAnswers },
    });
  const problem = expect((await complete('password')).error);
  console.log(`weak password: ${problem.status} ${problem.code} ${problem.errors?.[0]?.pointer}`);
  const completed = await complete(env('PASSWORD'));
  expect(completed.data, completed.error);
}

const signIn = (password: string, service?: string) =>
  signInBy({ client: connect(service), body: { nationalCode: env('NATIONAL_CODE'), password } });

async function tokenBy(password: string): Promise<string> {
  const { data, error } = await signIn(password);
  return expect(data?.accessToken, error);
}

async function refusedSignIn(name: string, service?: string): Promise<void> {
  const { error } = await signIn('Wrong7Words', service);
  const problem = expect(error);
  console.log(`${name}: ${problem.status} ${problem.code}`);
}

async function profile(token: string): Promise<void> {
  const { data, error } = await getProfile({ client: connect('SAVABEGH_URL', bearer(token)) });
  console.log(`profile: ${expect(data, error).nationalCode}`);
}

async function record(name: string, token: string, service?: string): Promise<void> {
  const { data, error } = await getInsuranceRecords({ client: connect(service, bearer(token)) });
  const months = expect(data, error).years.flatMap(({ workshops }) =>
    workshops.flatMap((each) => each.months),
  );
  const wage = months.reduce((sum, { insurableWage }) => sum + Number(insurableWage), 0);
  console.log(`${name}: ${months.length} months, ${wage} rials`);
}

async function recover(): Promise<void> {
  const body = { nationalCode: env('NATIONAL_CODE') };
  const { data, error } = await startRecovery({ client: api, body });
  const recovery = expect(data, error);
  const client = connect('SAVABEGH_URL', bearer(recovery.flowToken));
  const path = { id: recovery.id };
  const challenged = await challengeRecovery({ client, path, body: { method: 'sms' } });
  expect(challenged.data, challenged.error);
  const proved = await verifyRecovery({ client, path, body: { code: await askForCode() } });
  console.log(`recovery: ${expect(proved.data, proved.error).next}`);
  const newPassword = env('NEW_PASSWORD');
  const chosen = { newPassword, newPasswordConfirmation: newPassword };
  const set = await setRecoveredPassword({ client, path, body: chosen });
  expect(set.data, set.error);
}

const machineToken = (secret: string) =>
  getMachineToken({
    client: connect('SAVABEGH_URL', basic(secret)),
    body: { grant_type: 'client_credentials' },
  });

async function upload(): Promise<void> {
  const refused = await machineToken('wrong');
  console.log(`wrong secret: ${expect(refused.response).status} ${expect(refused.error).error}`);
  const granted = await machineToken(env('CLIENT_SECRET'));
  const client = connect('SAVABEGH_URL', bearer(expect(granted.data, granted.error).access_token));
  const paths = [env('WORKSHOP_FILE'), env('WORKERS_FILE')];
  const list = await Promise.all(
    paths.map(async (path) => new File([await openAsBlob(path)], basename(path))),
  );
  const sent = await submitEmployerList({ client, body: { list } });
  const submission = expect(sent.data, sent.error);
  console.log(`upload: ${submission.state}`);
  const read = await getEmployerListSubmission({ client, path: { id: expect(submission.id) } });
  console.log(`upload read: ${expect(read.data, read.error).state}`);
}

await signUp();
await refusedSignIn('wrong password');
const token = await tokenBy(env('PASSWORD'));
await profile(token);
await record('record', token);
const client = connect('SAVABEGH_URL', bearer(token));
const ofYear = await getInsuranceRecordYear({ client, path: { year: Number(env('YEAR')) } });
console.log(`year: ${expect(ofYear.data, ofYear.error).insurableWage} rials`);
const summary = await getInsuranceRecordSummary({ client });
console.log(`summary: ${expect(summary.data, summary.error).days.capped} days`);
await record('record of next year', token, 'SAVABEGH_NEXT_YEAR_URL');
await refusedSignIn('problem of next year', 'SAVABEGH_NEXT_YEAR_URL');
await recover();
leave();
await profile(await tokenBy(env('NEW_PASSWORD')));
await upload();
