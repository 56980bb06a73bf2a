import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Mobile } from '../../kernel/mobile.ts';
import type { MobileOwnership } from '../mobile-ownership/index.ts';
import { findClaim } from './registration.repository.ts';

/**
 * Whether a code that is kept for the owner of a number may leave: the register ties the number to who signs up. Asked by
 * the worker, after the answer, and only where strangers have used up what the number may get.
 */
export async function mayReceiveKeptCode(
  { db, mobileOwnership }: Readonly<{ db: Kysely<Database>; mobileOwnership: MobileOwnership }>,
  registrationId: string,
  mobile: string,
): Promise<'yes' | 'no' | 'later'> {
  const person = await findClaim(db, registrationId);
  if (!person || !mobileOwnership.asksAbout(person.kind)) return 'no';
  const word = await mobileOwnership.check(person, mobile as Mobile);
  if (word === 'unavailable') return 'later';
  return word === 'matched' ? 'yes' : 'no';
}
