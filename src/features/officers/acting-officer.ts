import { type Kysely, sql, type Transaction } from 'kysely';
import { isFreshSession, liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import type { Principal } from '../../kernel/caller.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { disputeSeconds, type EventCause } from '../accounts/index.ts';
import { officerProblems } from './officers.problems.ts';

/** Somebody who acts for others right now. */
export type ActingOfficer = Readonly<{ accountId: string; branch: string }>;

/** After these the role sleeps: whoever brought them about may not be the officer. */
const sleepCauses: readonly EventCause[] = ['change', 'password-change', 'recovery'];

const isAsleep = sql<boolean>`exists (
  select from account_event where account_event.account_id = account.id
    and cause = any (${sql.val([...sleepCauses])}) and occurred_at > ${inSeconds(-disputeSeconds)})`;

function actingOfficer(db: Kysely<Database>, principal: Principal) {
  return (
    liveSession(db, principal)
      .innerJoin('officer', 'officer.account_id', 'account.id')
      // A session that somebody left open at a desk acts for nobody.
      .where(isFreshSession)
      .where(sql<boolean>`not ${isAsleep}`)
      .select(['officer.account_id as accountId', 'officer.branch'])
  );
}

/**
 * First in the transaction of whatever an officer does: role and session hold until its end, since whoever takes one of
 * them away waits. On every replica, by the one statement.
 * @throws {Problem} `not-authenticated`, `not-an-officer`, `officer-sign-in-needed`, `officer-role-asleep`
 */
export async function holdOfficer(trx: Transaction<Database>, principal: Principal): Promise<ActingOfficer> {
  const officer = await actingOfficer(trx, principal)
    // In this order, as everybody who changes one of them does: two at once wait instead of deadlocking.
    .forShare(['account', 'session', 'officer'])
    .executeTakeFirst();
  if (!officer) throw await refusal(trx, principal);
  return officer;
}

/** Where nothing is done, and so nothing has to hold: who asks again for what was answered. @throws {Problem} those of `holdOfficer` */
export async function requireActingOfficer(db: Kysely<Database>, principal: Principal): Promise<void> {
  if (!(await actingOfficer(db, principal).executeTakeFirst())) throw await refusal(db, principal);
}

/** Which of the conditions does not hold, said to the account itself. */
async function refusal(db: Kysely<Database>, principal: Principal): Promise<Problem> {
  const found = await liveSession(db, principal)
    .leftJoin('officer', 'officer.account_id', 'account.id')
    .select(['officer.branch', isAsleep.as('isAsleep')])
    .executeTakeFirst();
  if (!found) return new Problem(commonProblems.notAuthenticated);
  if (found.branch === null) return new Problem(officerProblems.notAnOfficer);
  return new Problem(found.isAsleep ? officerProblems.roleAsleep : officerProblems.freshSignInNeeded);
}
