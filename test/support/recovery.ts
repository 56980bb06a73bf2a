import { sql } from 'kysely';
import type { RecoveryMethod } from '../../src/features/recovery/index.ts';
import type { Answer, TestService } from './app.ts';
import { messagesTo, type Person, type RecoveryFlow, securityAnswers, startRecovery } from './journey.ts';
import { withWork } from './proof-of-work.ts';
import { ageQuotas } from './quotas.ts';

export type Method = RecoveryMethod;
export type GivenProof = Readonly<{
  code?: string;
  answers?: readonly { question: string; answer: string }[];
}>;

export function challenge(service: TestService, flow: RecoveryFlow, method: Method): Promise<Answer> {
  return service.post(`/v1/recoveries/${flow.id}/challenge`, { method }, { token: flow.token });
}

/** With the work that may be asked for it. */
export function verify(service: TestService, flow: RecoveryFlow, proof: GivenProof): Promise<Answer> {
  return withWork((headers) =>
    service.post(`/v1/recoveries/${flow.id}/verification`, proof, { token: flow.token, headers }),
  );
}

/** The right answers of people that `signUp` makes, and a set with one of them wrong. */
export const rightAnswers = securityAnswers;
export async function wrongAnswers(service: TestService): Promise<{ question: string; answer: string }[]> {
  const answers = await securityAnswers(service);
  return answers.map((item, index) => (index === 1 ? { ...item, answer: 'کوچهٔ سرو' } : item));
}

/** A recovery with one method proved. */
export async function provedBy(
  service: TestService,
  person: Person,
  method: 'sms' | 'questions',
  flow?: RecoveryFlow,
): Promise<RecoveryFlow & { answer: Answer }> {
  const opened = flow ?? (await startRecovery(service, person.nationalCode));
  await challenge(service, opened, method);
  const proof =
    method === 'questions'
      ? { answers: await rightAnswers(service) }
      : { code: await newestCode(service, person.mobile) };
  return { ...opened, answer: await verify(service, opened, proof) };
}

async function newestCode(service: TestService, mobile: string): Promise<string> {
  const messages = (await messagesTo(service, mobile)) as unknown as { code: string | null }[];
  const code = messages.find((message) => message.code)?.code;
  if (!code) throw new Error(`no code for ${mobile}`);
  return code;
}

export async function accountOf(service: TestService, { nationalCode }: Person) {
  return service.db
    .selectFrom('account')
    .where('national_code', '=', nationalCode)
    .selectAll()
    .executeTakeFirstOrThrow();
}

/** Gives a person a proved e-mail address, as if since long ago. */
export async function withEmail(service: TestService, person: Person): Promise<string> {
  const email = `arezoo.${person.nationalCode}@example.ir`;
  await service.db
    .updateTable('account')
    .set({ email })
    .where('national_code', '=', person.nationalCode)
    .execute();
  return email;
}

export async function mailTo(
  service: TestService,
  address: string,
): Promise<{ purpose: string; text: string; code: string | null }[]> {
  const { body } = await service.get(`/dev/messages.json?destination=${encodeURIComponent(address)}`);
  return body.messages;
}

/** The token in the newest notice of a purpose that reached a mobile or an e-mail address. */
export async function noticeToken(service: TestService, address: string, purpose: string): Promise<string> {
  const notices = address.includes('@') ? await mailTo(service, address) : await messagesTo(service, address);
  const notice = notices.find((message) => message.purpose === purpose);
  const token = /#dispute=([\w-]+)/.exec(notice?.text ?? '')?.[1];
  if (!token) throw new Error(`no ${purpose} with a link for ${address}`);
  return token;
}

export function dispute(service: TestService, token: string): Promise<Answer> {
  return service.post('/v1/disputes', { token });
}

/** What the activity of its account says of a flow, first things first. */
export async function entriesOf(service: TestService, { id }: Pick<RecoveryFlow, 'id'>): Promise<string[]> {
  const entries = await service.db
    .selectFrom('activity')
    .where('flow_id', '=', id)
    .where('account_id', 'is not', null)
    .select(['kind', 'outcome'])
    .orderBy('id')
    .execute();
  return entries.map(({ kind, outcome }) => `${kind} ${outcome}`);
}

/** Everything of recoveries, changes and their notices older by so many seconds: the database's clock is the only one that counts. */
export async function age(service: TestService, seconds: number): Promise<void> {
  const by = sql`make_interval(secs => ${seconds})`;
  await sql`update recovery set expires_at = expires_at - ${by}, challenge_expires_at = challenge_expires_at - ${by},
    permission_expires_at = permission_expires_at - ${by}, sent_at = sent_at - ${by}`.execute(service.db);
  await sql`update contact_flow set expires_at = expires_at - ${by}, sent_at = sent_at - ${by},
    challenge_expires_at = challenge_expires_at - ${by}`.execute(service.db);
  await sql`update branch_recovery set expires_at = expires_at - ${by}, approved_at = approved_at - ${by}`.execute(
    service.db,
  );
  await sql`update register_change set approved_at = approved_at - ${by}, created_at = created_at - ${by}`.execute(
    service.db,
  );
  await sql`update account_event set occurred_at = occurred_at - ${by}, disputed_at = disputed_at - ${by}`.execute(
    service.db,
  );
  await sql`update pending_change set created_at = created_at - ${by}`.execute(service.db);
  await sql`update message set created_at = created_at - ${by}, handed_over_at = handed_over_at - ${by}`.execute(
    service.db,
  );
  await ageQuotas(service.db, seconds);
}
