import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import createClient from 'openapi-fetch';
import type { components, paths } from './client/openapi-typescript.js';
import { askForCode, basic, bearer, env, expect, leave, memories } from './person.js';

/** The journey of journey.ts by openapi-fetch, over types that openapi-typescript made. */

type Schemas = components['schemas'];
type Answer = Schemas['SecurityAnswer'];

const connect = (service = 'SAVABEGH_URL', headers: Record<string, string> = {}) =>
  createClient<paths>({ baseUrl: env(service), headers });
const api = connect();

async function signUp(): Promise<void> {
  const { data, error } = await api.POST('/v1/registrations', {
    body: {
      nationalCode: env('NATIONAL_CODE'),
      birthDate: env('BIRTH_DATE'),
      mobile: env('MOBILE'),
    },
  });
  const registration = expect(data, error);
  const flow = connect('SAVABEGH_URL', bearer(registration.flowToken));
  const params = { path: { id: registration.id } };
  const code = await askForCode();
  const verified = await flow.POST('/v1/registrations/{id}/verification', { params, body: { code } });
  expect(verified.data, verified.error);

  const catalogue = expect((await api.GET('/v1/security-questions')).data);
  const answerOf = (index: 0 | 1 | 2) => ({
    question: expect(catalogue.questions[index]).id,
    answer: memories[index],
  });
  const securityAnswers: [Answer, Answer, Answer] = [answerOf(0), answerOf(1), answerOf(2)];
  const complete = (password: string) =>
    flow.POST('/v1/registrations/{id}/completion', {
      params,
      body: { password, passwordConfirmation: password, securityAnswers },
    });
  const problem = expect((await complete('password')).error);
  console.log(`weak password: ${problem.status} ${problem.code} ${problem.errors?.[0]?.pointer}`);
  const completed = await complete(env('PASSWORD'));
  expect(completed.data, completed.error);
}

const signIn = (password: string, service?: string) =>
  connect(service).POST('/v1/sessions', { body: { nationalCode: env('NATIONAL_CODE'), password } });

async function tokenBy(password: string): Promise<string> {
  const { data, error } = await signIn(password);
  return expect(data?.accessToken, error);
}

async function refusedSignIn(name: string, service?: string): Promise<void> {
  const { error, response } = await signIn('Wrong7Words', service);
  console.log(`${name}: ${response.status} ${expect(error).code}`);
}

async function profile(token: string): Promise<void> {
  const { data, error } = await connect('SAVABEGH_URL', bearer(token)).GET('/v1/me');
  console.log(`profile: ${expect(data, error).nationalCode}`);
}

async function record(name: string, token: string, service = 'SAVABEGH_URL'): Promise<void> {
  // There is a CSV as well: whoever means JSON says so to the types.
  const json = createClient<paths, 'application/json'>({ baseUrl: env(service), headers: bearer(token) });
  const { data, error } = await json.GET('/v1/me/insurance-records');
  const months = expect(data, error).years.flatMap(({ workshops }) =>
    workshops.flatMap((each) => each.months),
  );
  const wage = months.reduce((sum, { insurableWage }) => sum + insurableWage, 0);
  console.log(`${name}: ${months.length} months, ${wage} rials`);
}

async function recover(): Promise<void> {
  const { data, error } = await api.POST('/v1/recoveries', { body: { nationalCode: env('NATIONAL_CODE') } });
  const recovery = expect(data, error);
  const flow = connect('SAVABEGH_URL', bearer(recovery.flowToken));
  const params = { path: { id: recovery.id } };
  const method: Schemas['RecoveryMethod'] = 'sms';
  const challenged = await flow.POST('/v1/recoveries/{id}/challenge', { params, body: { method } });
  expect(challenged.data, challenged.error);
  const code = await askForCode();
  const proved = await flow.POST('/v1/recoveries/{id}/verification', { params, body: { code } });
  console.log(`recovery: ${expect(proved.data, proved.error).next}`);
  const newPassword = env('NEW_PASSWORD');
  const set = await flow.PUT('/v1/recoveries/{id}/password', {
    params,
    body: { newPassword, newPasswordConfirmation: newPassword },
  });
  expect(set.data, set.error);
}

const machineToken = (secret: string) =>
  connect('SAVABEGH_URL', basic(secret)).POST('/v1/oauth/token', {
    body: { grant_type: 'client_credentials' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

async function upload(): Promise<void> {
  const refused = await machineToken('wrong');
  console.log(`wrong secret: ${refused.response.status} ${expect(refused.error).error}`);
  const granted = await machineToken(env('CLIENT_SECRET'));
  const lists = connect('SAVABEGH_URL', bearer(expect(granted.data, granted.error).access_token));
  const form = new FormData();
  for (const path of [env('WORKSHOP_FILE'), env('WORKERS_FILE')]) {
    form.append('list', await openAsBlob(path), basename(path));
  }
  const sent = await lists.POST('/v1/employer-lists', {
    // Files are texts for openapi-typescript; the form is what is sent.
    body: { list: [] },
    bodySerializer: () => form,
  });
  const submission = expect(sent.data, sent.error);
  console.log(`upload: ${submission.state}`);
  const id = expect(submission.id);
  const read = await lists.GET('/v1/employer-lists/{id}', { params: { path: { id } } });
  console.log(`upload read: ${expect(read.data, read.error).state}`);
}

await signUp();
await refusedSignIn('wrong password');
const token = await tokenBy(env('PASSWORD'));
await profile(token);
await record('record', token);
const own = connect('SAVABEGH_URL', bearer(token));
const ofYear = await own.GET('/v1/me/insurance-records/years/{year}', {
  params: { path: { year: Number(env('YEAR')) } },
});
console.log(`year: ${expect(ofYear.data, ofYear.error).insurableWage} rials`);
const summary = await own.GET('/v1/me/insurance-records/summary');
console.log(`summary: ${expect(summary.data, summary.error).days.capped} days`);
await record('record of next year', token, 'SAVABEGH_NEXT_YEAR_URL');
await refusedSignIn('problem of next year', 'SAVABEGH_NEXT_YEAR_URL');
await recover();
leave();
await profile(await tokenBy(env('NEW_PASSWORD')));
await upload();
