import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { Problem } from '../../kernel/problem.ts';
import { isAddressKind, type Kind, lockAccount, type Proof } from '../accounts/index.ts';
import { type FlowKey, flowProblems } from '../one-time-codes/index.ts';
import { toKinds } from './methods/index.ts';
import type { RecoveryDependencies } from './recovery.dependencies.ts';
import * as recoveries from './recovery.repository.ts';
import { stepProblem } from './step-problems.ts';

/**
 * Sets the password: everything that belongs to a reset happens, or nothing; a refused password leaves the
 * permission. Returns of which kinds changes were pending, and are cancelled.
 */
export async function setRecoveredPassword(
  deps: RecoveryDependencies,
  key: FlowKey,
  { newPassword, newPasswordConfirmation }: { newPassword: string; newPasswordConfirmation: string },
  caller: Caller,
): Promise<Kind[]> {
  const { db, passwordChange, branchRecoveries } = deps;
  const permission = await recoveries.findPermission(db, key);
  if (!permission) throw await stepProblem(db, key, 'password');
  const { accountId, branchRecoveryId } = permission;
  const prepared = passwordChange.prepare({
    accountId,
    password: newPassword,
    confirmation: newPasswordConfirmation,
    pointers: { password: '/newPassword', confirmation: '/newPasswordConfirmation' },
  });
  const passwordHash = await prepared.catch(async (error: unknown) => {
    // Of two at once the other one was quicker: its password is none that was used before.
    throw (await recoveries.isCompleted(db, key)) ? new Problem(flowProblems.stepDone) : error;
  });
  // Judged and hashed like everybody's: a branch is not to learn by it who has an account.
  if (accountId === null) throw new Problem(flowProblems.notOpen);
  if (branchRecoveryId !== null) await branchRecoveries.barFormerHolders(branchRecoveryId);
  return db.transaction().execute(async (trx) => {
    await lockAccount(trx, accountId);
    const proof = await consumeProof(deps, trx, key, { accountId, branchRecoveryId });
    const cancelled = await passwordChange.replace(trx, { accountId, passwordHash, proof, caller });
    if (!cancelled) throw new Problem(flowProblems.notOpen);
    return cancelled;
  });
}

/**
 * What the new password rests on: uses the permission up. A desk's before its flow, as whoever uses the printed code
 * again locks them in that order. Ends what was begun at branches, where an address that could dispute it has spoken.
 */
async function consumeProof(
  { branchRecoveries }: RecoveryDependencies,
  trx: Transaction<Database>,
  key: FlowKey,
  { accountId, branchRecoveryId }: Readonly<{ accountId: string; branchRecoveryId: string | null }>,
): Promise<Proof> {
  const used =
    branchRecoveryId === null ? null : await branchRecoveries.use(trx, { id: branchRecoveryId, accountId });
  if (used === undefined) throw await stepProblem(trx, key, 'password');
  const methods = await recoveries.consumePermission(trx, key);
  if (!methods) throw await stepProblem(trx, key, 'password');
  if (used) return { by: 'branch', ...used, flowId: key.id };
  const kinds = toKinds(methods);
  if (kinds.some(isAddressKind)) await branchRecoveries.endAll(trx, accountId);
  return { by: 'recovery', kinds, flowId: key.id };
}
