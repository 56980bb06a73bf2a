import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { digestBearerSecret, newBearerSecret } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { Problem } from '../../kernel/problem.ts';
import { isAddressKind, type Kind, lockAccount, type Proof } from '../accounts/index.ts';
import { type FlowKey, flowProblems, flowsOfNetwork } from '../one-time-codes/index.ts';
import { challengeRecovery } from './challenge-recovery.ts';
import { type RecoveryMethod, showMethod, toKinds } from './methods/index.ts';
import type { GivenProof, RecoveryDependencies } from './recovery.dependencies.ts';
import * as recoveries from './recovery.repository.ts';
import { insertRecovery, type OpenedRecovery } from './start.repository.ts';
import { stepProblem } from './step-problems.ts';
import { verifyRecovery } from './verify-recovery.ts';

export type RecoveryService = ReturnType<typeof createRecoveryService>;

export function createRecoveryService(deps: RecoveryDependencies) {
  const {
    db,
    subjectOf,
    quotas,
    counterKey,
    knownNetworks,
    proofOfWork,
    passwordChange,
    branchRecoveries,
    settings,
  } = deps;

  /**
   * What the new password rests on: uses the permission up. A desk's before its flow, as whoever uses the printed code
   * again locks them in that order. Ends what was begun at branches, where an address that could dispute it has spoken.
   */
  async function consumeProof(
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

  return {
    verify: (key: FlowKey, given: GivenProof, caller: Caller, proof: string | null = null) =>
      verifyRecovery(deps, key, given, caller, proof),

    /**
     * Opens a flow. A device that the account knows is shown its masked addresses; any other gets every method that is
     * switched on, and nothing by which somebody who has an account could be told from somebody who has none.
     */
    async start(
      { person, deviceToken, proof }: { person: PersonId; deviceToken: string | null; proof: string | null },
      caller: Caller,
    ) {
      const { token, digest } = newBearerSecret();
      const subject = subjectOf(...personIdParts(person));
      const work = proofOfWork({ route: 'recovery', subject, proof });
      const flow = await insertRecovery(db, person.kind, {
        tokenDigest: digest,
        subject,
        userName: person.value,
        deviceDigest: digestBearerSecret(deviceToken ?? ''),
        locale: caller.locale,
        coarseNetwork: caller.coarseNetwork,
        userAgent: caller.userAgent,
        networkKey: counterKey('recovery-from-network', subject, caller.network),
        knownNetworkKey: knownNetworks.keyOf(person, caller.network),
        flowsKey: quotas.keyOf(flowsOfNetwork, [caller.network]),
        isWorkDone: await work.isDone(),
      });
      if (!flow) throw await work.required();
      const methods = toOffer(settings.methods, flow);
      return { id: flow.id, flowToken: token, expiresAt: flow.expiresAt, methods };
    },

    /** Whether nothing has been done in a flow since it was started. */
    isUntouched: (key: FlowKey): Promise<boolean> => recoveries.isUntouchedRecovery(db, key),

    challenge: (key: FlowKey, method: RecoveryMethod, caller: Caller) =>
      challengeRecovery(deps, key, method, caller),

    /**
     * Sets the password: everything that belongs to a reset happens, or nothing; a refused password leaves the
     * permission. Returns of which kinds changes were pending, and are cancelled.
     */
    async setPassword(
      key: FlowKey,
      { newPassword, newPasswordConfirmation }: { newPassword: string; newPasswordConfirmation: string },
      caller: Caller,
    ): Promise<Kind[]> {
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
        const proof = await consumeProof(trx, key, { accountId, branchRecoveryId });
        const cancelled = await passwordChange.replace(trx, { accountId, passwordHash, proof, caller });
        if (!cancelled) throw new Problem(flowProblems.notOpen);
        return cancelled;
      });
    },
  };
}

/** What is offered, with masked addresses where they may be shown: all that is switched on to everybody else. */
function toOffer(methods: readonly RecoveryMethod[], { barredKinds, mobile, email }: OpenedRecovery) {
  if (!barredKinds) return methods.map((method) => ({ method }));
  return methods.flatMap((method) => {
    const isBarred = toKinds([method]).some((kind) => barredKinds.includes(kind));
    const shown = isBarred ? null : showMethod(method, { mobile, email });
    return shown ? [{ method, ...shown }] : [];
  });
}
