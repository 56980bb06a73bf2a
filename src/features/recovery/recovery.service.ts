import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import { digestBearerSecret, type Keyring, type Mac, newBearerSecret } from '../../kernel/keyring.ts';
import { localise } from '../../kernel/locale.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { Problem } from '../../kernel/problem.ts';
import { unansweredCounter } from '../../messaging/limits.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import {
  isAddressKind,
  type Kind,
  lockAccount,
  maskEmail,
  notifyOwner,
  type PasswordChange,
  type Proof,
  upgradeAnswersHash,
} from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  type FlowKey,
  flowProblems,
  flowsOfNetwork,
  resendPauseSeconds,
  sendsPerDay,
  sendsPerFlow,
} from '../flows/flow.ts';
import type { Pressure, ProofOfWork } from '../proof-of-work/index.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import {
  findSecurityQuestion,
  type SecurityAnswer,
  type SecurityAnswers,
} from '../security-questions/index.ts';
import { assessProofs, type RecoveryMethod, toKinds, toRequirement } from './methods.ts';
import { recoveryProblems } from './recovery.problems.ts';
import type { Attempt } from './recovery.repository.ts';
import * as recoveries from './recovery.repository.ts';
import type { RecoverySettings } from './recovery.settings.ts';
import { insertRecovery, type OpenedRecovery } from './start.repository.ts';

export type RecoveryDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of a national code: what quotas of people count by. */
  subjectOf: Mac;
  quotas: Quotas;
  proofOfWork: ProofOfWork;
  pressure: Pressure;
  outbox: Outbox;
  securityAnswers: SecurityAnswers;
  passwordChange: PasswordChange;
  branchRecoveries: BranchRecoveries;
  settings: RecoverySettings;
}>;

/** What branches have begun, as far as a new password has to do with it. */
export type BranchRecoveries = Readonly<{
  /** Uses it up with all others of the account, which the caller has locked. `undefined`: it has been ended. */
  use(
    trx: Transaction<Database>,
    of: Readonly<{ id: string; accountId: string }>,
  ): Promise<Readonly<{ mobile: string | null }> | undefined>;
  endAll(trx: Transaction<Database>, accountId: string): Promise<void>;
  /** Of a mobile that was given and proved at the desk: before and apart from what it is proved for. */
  barFormerHolders(id: string): Promise<void>;
}>;

/** What somebody gives as proof; which of the two is asked for, the challenge says. */
export type GivenProof = Readonly<{ code?: string; answers?: readonly SecurityAnswer[] }>;

/** What can be done after a proof. */
export type NextStep =
  | Readonly<{ next: 'set-password'; permissionExpiresAt: Date }>
  /** One of these has to be proved as well. */
  | Readonly<{ next: 'prove-another-method'; methods: readonly RecoveryMethod[] }>
  | Readonly<{ next: 'visit-branch' }>;

/** What is burnt from elsewhere counts neither against a device that has signed in before, nor at a desk. */
function quotaOf(
  flow: Readonly<{ subject: Buffer; deviceDigest: Buffer | null; branchRecoveryId: string | null }>,
): (string | Buffer)[] {
  return [flow.subject, flow.deviceDigest ?? (flow.branchRecoveryId === null ? 'elsewhere' : 'at-branch')];
}

/** Failed proofs after which the owner is told, at most once a day. */
export const failuresBeforeWarning = 5;
const warningsPerDay: Quota = { limit: 1, windowSeconds: 24 * 60 * 60 };

export type RecoveryService = ReturnType<typeof createRecoveryService>;

export function createRecoveryService(deps: RecoveryDependencies) {
  const { db, keyring, subjectOf, quotas, outbox, proofOfWork, pressure } = deps;
  const { securityAnswers, passwordChange, branchRecoveries, settings } = deps;

  /** Nobody's proof is never right, and the time to find that out is everybody's. */
  async function isRight(attempt: Attempt, given: GivenProof): Promise<boolean> {
    const inTime = attempt.challengeLives && attempt.attempts <= attemptsPerCode;
    if (attempt.method !== 'questions') {
      const isCode = isCodeOf(keyring, 'recovery', attempt.challengeId, given.code ?? '');
      return isCode && inTime && attempt.accountId !== null;
    }
    const { accountId, answersHash } = attempt;
    const answers = given.answers ?? [];
    const { matches, needsRehash } = await securityAnswers.verify(answers, answersHash);
    if (needsRehash && accountId !== null && answersHash !== null) {
      await securityAnswers.renew(answers, (hash) => upgradeAnswersHash(db, accountId, answersHash, hash));
    }
    return matches && inTime;
  }

  /** A code of this very flow, sent for another method or replaced since: nobody guesses that. */
  function isEarlierCode({ method, earlierChallengeIds }: Attempt, code: string | undefined): boolean {
    if (method === 'questions' || code === undefined) return false;
    return earlierChallengeIds.some((id) => isCodeOf(keyring, 'recovery', id, code));
  }

  /** What others ask for is counted after the answer, and stops nobody's: `messaging/limits.ts`. */
  async function countOwnSend(
    trx: Transaction<Database>,
    flow: Parameters<typeof quotaOf>[0],
  ): Promise<void> {
    if (flow.deviceDigest === null && flow.branchRecoveryId === null) return;
    const consumed = await quotas.consume(trx, 'recovery-sends', quotaOf(flow), sendsPerDay);
    if (consumed.allowed) return;
    throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: consumed.resetsInSeconds });
  }

  /** @throws {Problem} `proof-of-work-required` unless it was solved, on a device that the account does not know */
  async function requireWork(key: FlowKey, proof: string | null): Promise<void> {
    if (await recoveries.isOnKnownDevice(db, key)) return;
    const work = proofOfWork({ route: 'answers', subject: key.id, proof });
    if (!(await work.isDone())) throw await work.required();
  }

  /** Tells the owner of many wrong proofs; what is said to who gave one. */
  async function refuseProof(attempt: Attempt, failures: number, client: Client): Promise<Problem> {
    pressure.noteFailure();
    await warnOfFailures({ ...attempt, failures }, client);
    const { answersNotAccepted } = recoveryProblems;
    const kind = attempt.method === 'questions' ? answersNotAccepted : flowProblems.codeNotAccepted;
    return new Problem(kind, { attemptsLeft: Math.max(0, attemptsPerCode - attempt.attempts) });
  }

  /** A code was answered from where it was asked for: the network is no stranger's. */
  async function clearUnanswered({ method, accountId }: Attempt, { network }: Client): Promise<void> {
    if (method === 'questions' || accountId === null) return;
    const { name, of } = unansweredCounter(method, accountId, network);
    await quotas.clear(db, name, of);
  }

  /** What the right proof leads to. `undefined`: another request was quicker. */
  async function accept(key: FlowKey, attempt: Attempt): Promise<NextStep | undefined> {
    const proved = [...attempt.provedMethods, attempt.method];
    const requirement = toRequirement(settings.assurance, attempt);
    const isAtDesk = attempt.branchRecoveryId !== null;
    const permits = isAtDesk || assessProofs({ ...requirement, proved }) === 'sufficient';
    const accepted = await recoveries.acceptProof(db, key, { attempt, permits });
    if (!accepted) return undefined;
    const { permissionExpiresAt } = accepted;
    if (permissionExpiresAt) return { next: 'set-password', permissionExpiresAt };
    const methods = settings.methods.filter((method) => !proved.includes(method));
    return methods.length > 0 ? { next: 'prove-another-method', methods } : { next: 'visit-branch' };
  }

  /** Tells the owner after repeated failures, whoever made them. Nobody is told with the same statements. */
  async function warnOfFailures(
    of: { accountId: string | null; subject: Buffer; failures: number },
    client: Client,
  ): Promise<void> {
    if (of.failures < failuresBeforeWarning) return;
    await db.transaction().execute(async (trx) => {
      const consumed = await quotas.consume(trx, 'recovery-failure-notice', [of.subject], warningsPerDay);
      if (!consumed.allowed) return;
      const content = {
        purpose: 'recovery-failures',
        parameters: { network: client.coarseNetwork },
      } as const;
      await notifyOwner(outbox, trx, { accountId: of.accountId, client }, content);
    });
  }

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
    /**
     * Opens a flow. A device that the account knows is shown its masked addresses; any other gets every method that is
     * switched on, and nothing by which somebody who has an account could be told from somebody who has none.
     */
    async start(
      { person, deviceToken, proof }: { person: PersonId; deviceToken: string | null; proof: string | null },
      client: Client,
    ) {
      const { token, digest } = newBearerSecret();
      const subject = subjectOf(...personIdParts(person));
      const work = proofOfWork({ route: 'recovery', subject, proof });
      const flow = await insertRecovery(db, person.kind, {
        tokenDigest: digest,
        subject,
        userName: person.value,
        deviceDigest: digestBearerSecret(deviceToken ?? ''),
        locale: client.locale,
        coarseNetwork: client.coarseNetwork,
        userAgent: client.userAgent,
        networkKey: quotas.keyOf(flowsOfNetwork, [client.network]),
        isWorkDone: await work.isDone(),
      });
      if (!flow) throw await work.required();
      const methods = offerOf(settings.methods, flow);
      return { id: flow.id, flowToken: token, expiresAt: flow.expiresAt, methods };
    },

    /** Whether nothing has been done in a flow since it was started. */
    isUntouched: (key: FlowKey): Promise<boolean> => recoveries.isUntouchedRecovery(db, key),

    /** Sends the code, the same one while it lives, so that a late message still works; or asks for the answers. */
    async challenge(key: FlowKey, method: RecoveryMethod, client: Client) {
      const isOffered = settings.methods.includes(method);
      const flow = await db.transaction().execute(async (trx) => {
        const opened = await recoveries.openChallenge(trx, key, {
          method,
          isOffered,
          newChallengeId: randomUUID(),
        });
        if (!opened?.challengeId || method === 'questions') return opened;
        await countOwnSend(trx, opened);
        await outbox.enqueue(trx, {
          ...contentOf(opened),
          channel: method,
          locale: opened.locale,
          accountId: opened.accountId,
          ...(opened.destination !== null && { destination: opened.destination }),
          challengeId: opened.challengeId,
          network: client.network,
          counting: { isFromKnownDevice: opened.deviceDigest !== null },
          usefulForSeconds: codeTtlSeconds,
        });
        await recordActivity(trx, {
          accountId: opened.accountId,
          kind: 'recovery-code-sent',
          outcome: 'succeeded',
          origin: client,
          flowId: key.id,
        });
        return opened;
      });
      if (!flow?.expiresAt) throw await challengeProblem(db, key, method, isOffered);
      const attemptsLeft = attemptsPerCode - flow.attempts;
      if (method !== 'questions') {
        const resendInSeconds = resendPauseSeconds(flow.sends);
        return { method, expiresAt: flow.expiresAt, resendInSeconds, attemptsLeft };
      }
      const questions = flow.questions?.map((id) => ({
        id,
        text: localise(findSecurityQuestion(id)?.text ?? { fa: '', en: '' }, client.locale),
      }));
      return { method, expiresAt: flow.expiresAt, attemptsLeft, ...(questions && { questions }) };
    },

    /** Judges a guess that has been counted before, in the flow's challenge and in the account's quota. */
    async verify(
      key: FlowKey,
      given: GivenProof,
      client: Client,
      proof: string | null = null,
    ): Promise<NextStep> {
      if (given.answers && pressure.isHigh()) await requireWork(key, proof);
      const counted = await recoveries.countAttempt(db, key, client);
      if (!counted) throw await stepProblem(db, key, 'verification');
      const { consumed, attempt } = counted;
      if (!consumed.allowed) {
        throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: consumed.resetsInSeconds });
      }
      const right = await isRight(attempt, given).catch(async (error: unknown) => {
        // Not judged, as the service is too busy for a hash: that costs no guess.
        await recoveries.withdrawAttempt(db, key, attempt);
        throw error;
      });
      if (!right && isEarlierCode(attempt, given.code)) {
        await recoveries.withdrawAttempt(db, key, attempt);
        throw new Problem(flowProblems.codeNotAccepted, {
          attemptsLeft: Math.max(0, attemptsPerCode - attempt.attempts + 1),
        });
      }
      if (!right) throw await refuseProof(attempt, consumed.used, client);
      const step = await accept(key, attempt);
      if (step) {
        await clearUnanswered(attempt, client);
        return step;
      }
      // Right all the same, and a moment late: a double click is no failure.
      await recoveries.withdrawAttempt(db, key, attempt);
      throw await stepProblem(db, key, 'verification');
    },

    /**
     * Sets the password: everything that belongs to a reset happens, or nothing; a refused password leaves the
     * permission. Returns of which kinds changes were pending, and are cancelled.
     */
    async setPassword(
      key: FlowKey,
      { newPassword, newPasswordConfirmation }: { newPassword: string; newPasswordConfirmation: string },
      client: Client,
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
        const cancelled = await passwordChange.replace(trx, { accountId, passwordHash, proof, client });
        if (!cancelled) throw new Problem(flowProblems.notOpen);
        return cancelled;
      });
    },
  };
}

/** What is offered, with masked addresses where they may be shown: all that is switched on to everybody else. */
function offerOf(methods: readonly RecoveryMethod[], { barredKinds, mobile, email }: OpenedRecovery) {
  if (!barredKinds) return methods.map((method) => ({ method }));
  const masked = {
    sms: mobile && { destination: maskMobile(mobile as Mobile) },
    email: email && { destination: maskEmail(email) },
    questions: {},
  };
  return methods
    .filter((method) => masked[method] && !toKinds([method]).some((kind) => barredKinds.includes(kind)))
    .map((method) => ({ method, ...masked[method] }));
}

/** Why a step is not taken: it has been, its time has not come, or there is no such recovery. */
async function stepProblem(
  db: Kysely<Database>,
  key: FlowKey,
  step: 'verification' | 'password',
): Promise<Problem> {
  const flow = await recoveries.findOpenRecovery(db, key);
  if (!flow) return noFlow(db, key);
  if (step === 'password') {
    // Proved, and yet no permission: what it rested on has been ended.
    return new Problem(flow.provedAt ? flowProblems.notOpen : flowProblems.stepNotOpen);
  }
  const isDone = flow.provedMethods.length > 0 && !flow.challengeId;
  return new Problem(isDone ? flowProblems.stepDone : flowProblems.stepNotOpen);
}

async function noFlow(db: Kysely<Database>, key: FlowKey): Promise<Problem> {
  return new Problem((await recoveries.isCompleted(db, key)) ? flowProblems.stepDone : flowProblems.notOpen);
}

async function challengeProblem(
  db: Kysely<Database>,
  key: FlowKey,
  method: RecoveryMethod,
  isOffered: boolean,
): Promise<Problem> {
  const flow = await recoveries.findOpenRecovery(db, key);
  if (!flow) return isOffered ? noFlow(db, key) : new Problem(recoveryProblems.methodNotOffered);
  if (flow.provedAt) return new Problem(flowProblems.stepDone);
  const isPossible = flow.branchRecoveryId === null ? isOffered : method === 'sms';
  if (!isPossible || flow.provedMethods.includes(method))
    return new Problem(recoveryProblems.methodNotOffered);
  if (flow.sends >= sendsPerFlow) {
    return new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: Math.max(1, flow.endsInSeconds) });
  }
  return new Problem(flowProblems.resendTooEarly, { retryAfterSeconds: Math.max(1, flow.resendInSeconds) });
}

/** A code at a desk is sent only to whom the register of mobiles ties the number just then. */
function contentOf({ branchRecoveryId }: { branchRecoveryId: string | null }) {
  if (branchRecoveryId === null) return { purpose: 'recovery-code' } as const;
  return { purpose: 'branch-recovery-code', parameters: { branchRecoveryId } } as const;
}
