import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import type { ActingOfficer } from './acting-officer.ts';
import { officerProblems } from './officers.problems.ts';

const day = 24 * 60 * 60;
/** What one officer starts or approves for others. */
export const perOfficer: Quota = { limit: 20, windowSeconds: day };
/** People whom one officer looks up. */
export const lookUpsPerOfficer: Quota = { limit: 60, windowSeconds: day };

type Deps = Readonly<{ quotas: Quotas }>;

/** Counts what an officer does for somebody. @throws {Problem} `too-many-at-desk` */
export async function countAtDesk(
  deps: Deps,
  trx: Transaction<Database>,
  officer: ActingOfficer,
): Promise<void> {
  await count(deps, trx, officer, 'desk', perOfficer);
}

/** Counts that an officer looks somebody up. @throws {Problem} `too-many-at-desk` */
export async function countLookUp(
  deps: Deps,
  trx: Transaction<Database>,
  officer: ActingOfficer,
): Promise<void> {
  await count(deps, trx, officer, 'desk-look-ups', lookUpsPerOfficer);
}

async function count(
  { quotas }: Deps,
  trx: Transaction<Database>,
  { accountId }: ActingOfficer,
  name: string,
  quota: Quota,
): Promise<void> {
  const consumed = await quotas.consume(trx, name, [accountId], quota);
  if (!consumed.allowed) {
    throw new Problem(officerProblems.tooManyAtDesk, { retryAfterSeconds: consumed.resetsInSeconds });
  }
}
