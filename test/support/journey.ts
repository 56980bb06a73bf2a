import { randomBytes } from 'node:crypto';
import { inventFreshPerson } from '../../src/development/sample-lists/fresh-person.ts';
import { jalaliToGregorian, parseJalaliDate } from '../../src/kernel/jalali.ts';
import type { Answer, TestService } from './app.ts';

export type Person = Readonly<{ nationalCode: string; birthDate: string; mobile: string }>;

export const goodPassword = 'Tq7vLmz4Wk';
export const otherPassword = 'Hx3pRdn8Yb';

/** The answers that people of the tests give at sign-up. */
export const securityAnswers = async (service: TestService) => {
  const { body } = await service.get('/v1/security-questions');
  const answers = ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'];
  return answers.map((answer, index) => ({ question: body.questions[index].id, answer }));
};

/** Somebody invented who is in the register of insured people and has no account. */
export async function insuredPerson(service: TestService): Promise<Person> {
  const { person } = inventFreshPerson(randomBytes(16));
  const birthDate = parseJalaliDate(person.birthDate);
  if (!birthDate) throw new Error('an invented person needs a birth date');
  await service.db
    .insertInto('insured_person')
    .values({
      national_code: person.nationalCode,
      insurance_number: null,
      first_name: person.firstName.fa,
      last_name: person.lastName.fa,
      father_name: null,
      birth_date: jalaliToGregorian(birthDate),
    })
    .execute();
  return person;
}

/** The newest code that reached a mobile, as the in-box shows it. */
export async function codeSentTo(service: TestService, mobile: string): Promise<string> {
  const international = `+98${mobile.replace(/^0/, '')}`;
  const { body } = await service.get(`/dev/messages.json?destination=${encodeURIComponent(international)}`);
  const message = body.messages.find((candidate: { code: string | null }) => candidate.code);
  if (!message) throw new Error(`no code for ${mobile}`);
  return message.code;
}

export async function messagesTo(
  service: TestService,
  mobile: string,
): Promise<{ purpose: string; text: string }[]> {
  const international = `+98${mobile.replace(/^0/, '')}`;
  const { body } = await service.get(`/dev/messages.json?destination=${encodeURIComponent(international)}`);
  return body.messages;
}

/** Some other six digits. */
export function wrongCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

export async function startRegistration(service: TestService, person: Person): Promise<Answer['body']> {
  const { nationalCode, birthDate, mobile } = person;
  return (await service.post('/v1/registrations', { nationalCode, birthDate, mobile })).body;
}

export async function verifiedRegistration(service: TestService, person: Person): Promise<Answer['body']> {
  const flow = await startRegistration(service, person);
  const code = await codeSentTo(service, person.mobile);
  const path = `/v1/registrations/${flow.id}/verification`;
  const verified = await service.post(path, { code }, { token: flow.flowToken });
  if (verified.status !== 200) throw new Error(`not verified: ${verified.text}`);
  return flow;
}

/** Signs somebody up all the way. */
export async function signUp(
  service: TestService,
  password = goodPassword,
  somebody?: Person,
): Promise<Person> {
  const person = somebody ?? (await insuredPerson(service));
  const flow = await verifiedRegistration(service, person);
  const completed = await service.post(
    `/v1/registrations/${flow.id}/completion`,
    { password, passwordConfirmation: password, securityAnswers: await securityAnswers(service) },
    { token: flow.flowToken },
  );
  if (completed.status !== 201) throw new Error(`sign-up failed: ${completed.text}`);
  return person;
}

/** On the person's own device, which is known from then on. */
export function signIn(
  service: TestService,
  person: Person,
  password = goodPassword,
  deviceToken?: string,
): Promise<Answer> {
  return service.post(
    '/v1/sessions',
    { nationalCode: person.nationalCode, password, rememberDevice: true },
    deviceToken === undefined ? {} : { headers: { 'device-token': deviceToken } },
  );
}

export type RecoveryFlow = Readonly<{ id: string; token: string }>;

export async function startRecovery(service: TestService, nationalCode: string): Promise<RecoveryFlow> {
  const { body } = await service.post('/v1/recoveries', { nationalCode });
  return { id: body.id, token: body.flowToken };
}

/** A recovery whose code is on its way. */
export async function challengedRecovery(
  service: TestService,
  person: Person,
): Promise<RecoveryFlow & { code: string }> {
  const flow = await startRecovery(service, person.nationalCode);
  await service.post(`/v1/recoveries/${flow.id}/challenge`, { method: 'sms' }, { token: flow.token });
  return { ...flow, code: await codeSentTo(service, person.mobile) };
}

/** A recovery that may set the password. */
export async function provedRecovery(service: TestService, person: Person): Promise<RecoveryFlow> {
  const { id, token, code } = await challengedRecovery(service, person);
  const { status, text } = await service.post(`/v1/recoveries/${id}/verification`, { code }, { token });
  if (status !== 200) throw new Error(`the code was not accepted: ${text}`);
  return { id, token };
}

export function setRecoveredPassword(
  service: TestService,
  flow: RecoveryFlow,
  password: string,
): Promise<Answer> {
  const body = { newPassword: password, newPasswordConfirmation: password };
  return service.put(`/v1/recoveries/${flow.id}/password`, body, { token: flow.token });
}
