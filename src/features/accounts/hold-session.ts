import type { Transaction } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Principal } from '../../kernel/caller.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { lockAccount } from './accounts.repository.ts';

/**
 * Locks the principal's account and makes sure that the session still lives: whoever ends sessions or changes
 * the account locks it first, so that until the end of the transaction nobody does. Returns the hash of the
 * password as it stands.
 * @throws {Problem} `not-authenticated`
 */
export async function holdSession(trx: Transaction<Database>, principal: Principal): Promise<string> {
  await lockAccount(trx, principal.accountId);
  const live = await liveSession(trx, principal).select('password_hash').executeTakeFirst();
  if (!live) throw new Problem(commonProblems.notAuthenticated);
  return live.password_hash;
}
