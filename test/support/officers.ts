import { createOfficerAdministration } from '../../src/features/officers/index.ts';
import { parseBranchCode } from '../../src/kernel/branch-code.ts';
import { parseNationalCode } from '../../src/kernel/national-code.ts';
import { createOutbox } from '../../src/messaging/outbox.ts';
import type { Answer, TestService } from './app.ts';
import { type Person, signIn, signUp } from './journey.ts';

export const branch = '0412';

export function officersOf(service: TestService) {
  return createOfficerAdministration({ db: service.db, outbox: createOutbox() });
}

export function toPersonId({ nationalCode }: Person) {
  const value = parseNationalCode(nationalCode);
  if (!value) throw new Error('an invented person needs a national code');
  return { kind: 'national-code', value } as const;
}

export async function grant(service: TestService, person: Person, code = branch): Promise<void> {
  const parsed = parseBranchCode(code);
  if (!parsed) throw new Error(`no branch: ${code}`);
  const outcome = await officersOf(service).grant(toPersonId(person), parsed, 'admin');
  if (outcome !== 'changed') throw new Error(`not granted: ${outcome}`);
}

export type Officer = Readonly<{ person: Person; token: string }>;

/** Somebody with the role who has just signed in. */
export async function officer(service: TestService, code = branch): Promise<Officer> {
  const person = await signUp(service);
  await grant(service, person, code);
  return { person, token: await tokenOf(service, person) };
}

export async function tokenOf(service: TestService, person: Person, password?: string): Promise<string> {
  const { body, status, text } = await signIn(service, person, password);
  if (status !== 201) throw new Error(`not signed in: ${text}`);
  return body.accessToken;
}

export function startAtDesk(
  service: TestService,
  { token }: Pick<Officer, 'token'>,
  body: Record<string, unknown>,
): Promise<Answer> {
  return service.post('/v1/branch/recoveries', body, { token });
}
