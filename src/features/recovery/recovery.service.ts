import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import { digestBearerSecret, type Keyring, type Mac, newBearerSecret } from '../../kernel/keyring.ts';
import { localise } from '../../kernel/locale.ts';
import { countedNetworks } from '../../kernel/network.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { lockAccount, type PasswordChange } from '../accounts/index.ts';
import type { Budgets } from '../budgets/budgets.ts';
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
import {
  findSecurityQuestion,
  type SecurityAnswer,
  type SecurityAnswers,
} from '../security-questions/index.ts';
import { decoyOf, shownEmail, shownMobile } from './decoy.ts';
import { type Proof, type RecoveryMethod, worthOf } from './methods.ts';
import type { Objections } from './objections.ts';
import { recoveryProblems } from './recovery.problems.ts';
import type { Attempt } from './recovery.repository.ts';
import * as recoveries from './recovery.repository.ts';
import type { RecoverySettings } from './recovery.settings.ts';
import { insertRecovery } from './start.repository.ts';

export type RecoveryDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of a national code: what budgets of people count by. */
  subjectOf: Mac;
  /** Keyed like it, for what unknown people are shown. */
  decoyMac: Mac;
  budgets: Budgets;
  outbox: Outbox;
  securityAnswers: SecurityAnswers;
  passwordChange: PasswordChange;
  objections: Objections;
  settings: RecoverySettings;
}>;

/** What somebody gives as proof; which of the two is asked for, the challenge says. */
export type GivenProof = Readonly<{ code?: string; answers?: readonly SecurityAnswer[] }>;

/** What can be done after a proof. */
export type NextStep =
  | Readonly<{ next: 'set-password'; permissionExpiresAt: Date }>
  /** One of these has to be proved as well. */
  | Readonly<{ next: 'prove-another-method'; methods: readonly RecoveryMethod[] }>
  /** The same proof is enough from then on; one of these at once. */
  | Readonly<{ next: 'wait'; heldUntil: Date; methods: readonly RecoveryMethod[] }>
  | Readonly<{ next: 'visit-branch' }>;

/** What is burnt from elsewhere does not count against a device that has signed in before. */
function budgetOf(flow: { subject: Buffer; deviceDigest: Buffer | null }): (string | Buffer)[] {
  return [flow.subject, flow.deviceDigest ?? 'elsewhere'];
}

export type RecoveryService = ReturnType<typeof createRecoveryService>;

export function createRecoveryService(deps: RecoveryDependencies) {
  const { db, keyring, subjectOf, decoyMac, budgets, outbox } = deps;
  const { securityAnswers, passwordChange, objections, settings } = deps;
  const decoyFor = (subject: Uint8Array) => decoyOf(decoyMac, subject, settings.decoyEmailPercent);

  /** Nobody's proof is never right, and the time to find that out is everybody's. */
  async function isRight(attempt: Attempt, given: GivenProof): Promise<boolean> {
    const inTime = attempt.challengeLives && attempt.attempts <= attemptsPerCode;
    if (attempt.method !== 'questions') {
      const isCode = isCodeOf(keyring, 'recovery', attempt.challengeId, given.code ?? '');
      return isCode && inTime && attempt.accountId !== null;
    }
    const { matches } = await securityAnswers.verify(given.answers ?? [], attempt.answersHash);
    return matches && inTime;
  }

  /** What the right proof leads to. `undefined`: another request was quicker. */
  async function accept(key: FlowKey, attempt: Attempt, client: Client): Promise<NextStep | undefined> {
    const provedMethods = [...attempt.provedMethods, attempt.method];
    const methods = attempt.methods.filter((method) => !provedMethods.includes(method));
    const worth = (proved: readonly Proof[]) =>
      worthOf(settings.assurance, { ...attempt, provedMethods: proved });
    const worthNow = worth(provedMethods);
    if (worthNow === 'more') {
      if (!(await recoveries.acceptProof(db, key, { attempt, permits: false }))) return undefined;
      return methods.length > 0 ? { next: 'prove-another-method', methods } : { next: 'visit-branch' };
    }
    if (worthNow === 'enough' || settings.holdSeconds === 0) return permit(db, key, attempt);
    const { accountId, locale } = attempt;
    if (accountId === null) throw new Error('nobody has proved something');
    return db.transaction().execute(async (trx) => {
      await lockAccount(trx, accountId);
      if (await objections.hasWaited(trx, accountId)) return permit(trx, key, attempt);
      // Before the hold: what was overtaken begins none, and nobody is told of it.
      if (!(await recoveries.acceptProof(trx, key, { attempt, permits: false }))) return undefined;
      const of = { accountId, locale, provedMethods, seconds: settings.holdSeconds };
      const heldUntil = await objections.hold(trx, of, client);
      const atOnce = methods.filter((method) => worth([...provedMethods, method]) === 'enough');
      return { next: 'wait', heldUntil, methods: atOnce };
    });
  }

  return {
    /** Opens a flow. Who is unknown or disabled gets the same answer, with addresses derived instead of stored. */
    async start({ person, deviceToken }: { person: PersonId; deviceToken: string | null }, client: Client) {
      const { token, digest } = newBearerSecret();
      const subject = subjectOf(...personIdParts(person));
      const decoy = decoyFor(subject);
      const [, neighbourhood] = countedNetworks(client.network);
      const { spent, flow } = await insertRecovery(db, person.kind, {
        tokenDigest: digest,
        subject,
        userName: person.value,
        deviceDigest: digestBearerSecret(deviceToken ?? ''),
        locale: client.locale,
        methods: settings.methods,
        decoyMethods: settings.methods.filter((method) => method !== 'email' || decoy.email !== null),
        networkKey: budgets.keyOf(flowsOfNetwork, [client.network]),
        neighbourhoodKey: neighbourhood && budgets.keyOf(flowsOfNetwork, [neighbourhood.network]),
      });
      if (!flow) {
        throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const masks = {
        sms: { destination: flow.mobile === null ? decoy.mobile : shownMobile(flow.mobile) },
        email: { destination: flow.email === null ? (decoy.email ?? '') : shownEmail(flow.email) },
        questions: { holdSeconds: settings.holdSeconds },
      };
      const methods = flow.methods.map((method) => ({ method, ...masks[method] }));
      return { id: flow.id, flowToken: token, expiresAt: flow.expiresAt, methods };
    },

    /** Sends the code, the same one while it lives, so that a late message still works; or shows the questions. */
    async challenge(key: FlowKey, method: RecoveryMethod, client: Client) {
      const flow = await db.transaction().execute(async (trx) => {
        const opened = await recoveries.openChallenge(trx, key, method, randomUUID());
        if (!opened?.challengeId || method === 'questions') return opened;
        const spent = await budgets.spend(trx, 'recovery-sends', budgetOf(opened), sendsPerDay);
        if (!spent.allowed) {
          throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: spent.resetsInSeconds });
        }
        await outbox.enqueue(trx, {
          channel: method,
          purpose: 'recovery-code',
          locale: opened.locale,
          accountId: opened.accountId,
          challengeId: opened.challengeId,
          network: client.network,
          usefulForSeconds: codeTtlSeconds,
        });
        return opened;
      });
      if (!flow?.expiresAt) throw await whyNoChallenge(db, key, method);
      const attemptsLeft = attemptsPerCode - flow.attempts;
      if (method !== 'questions') {
        const resendInSeconds = resendPauseSeconds(flow.sends);
        return { method, expiresAt: flow.expiresAt, resendInSeconds, attemptsLeft };
      }
      // Derived for everybody, so that it takes everybody's time.
      const decoy = decoyFor(flow.subject).questions;
      const questions = (flow.questions ?? decoy).map((id) => ({
        id,
        text: localise(findSecurityQuestion(id)?.text ?? { fa: '', en: '' }, client.locale),
      }));
      return { method, expiresAt: flow.expiresAt, questions, attemptsLeft };
    },

    /** Judges a guess that has been counted before, in the flow's challenge and in the account's budget. */
    async verify(key: FlowKey, given: GivenProof, client: Client): Promise<NextStep> {
      const counted = await recoveries.countAttempt(db, key, client);
      if (!counted) throw await whyNoStep(db, key);
      const { spent, attempt } = counted;
      if (!spent.allowed) {
        throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const right = await isRight(attempt, given).catch(async (error: unknown) => {
        // Not judged, as the service is too busy for a hash: that costs no guess.
        await recoveries.withdrawAttempt(db, key, attempt);
        throw error;
      });
      if (!right) {
        await objections.warnOfFailures({ ...attempt, failures: spent.used }, client);
        const { answersNotAccepted } = recoveryProblems;
        const kind = attempt.method === 'questions' ? answersNotAccepted : flowProblems.codeNotAccepted;
        throw new Problem(kind, { attemptsLeft: Math.max(0, attemptsPerCode - attempt.attempts) });
      }
      const step = await accept(key, attempt, client);
      if (step) return step;
      // Right all the same, and a moment late: a double click is no failure.
      await recoveries.withdrawAttempt(db, key, attempt);
      throw await whyNoStep(db, key);
    },

    /** Sets the password: everything that belongs to a reset happens, or nothing; a refused password leaves the permission. */
    async setPassword(
      key: FlowKey,
      { newPassword, newPasswordConfirmation }: { newPassword: string; newPasswordConfirmation: string },
      client: Client,
    ): Promise<void> {
      const accountId = await recoveries.findPermission(db, key);
      if (!accountId) throw await whyNoStep(db, key);
      const passwordHash = await passwordChange.prepare({
        accountId,
        password: newPassword,
        confirmation: newPasswordConfirmation,
        pointers: { password: '/newPassword', confirmation: '/newPasswordConfirmation' },
      });
      await db.transaction().execute(async (trx) => {
        await lockAccount(trx, accountId);
        const methods = await recoveries.consumePermission(trx, key);
        if (!methods) throw new Problem(flowProblems.notOpen);
        const replaced = await passwordChange.replace(trx, {
          accountId,
          passwordHash,
          kept: null,
          kind: 'password-recovered',
          client,
          flowId: key.id,
          cancellationId: await objections.allow(trx, accountId, methods),
        });
        if (!replaced) throw new Problem(flowProblems.notOpen);
      });
    },
  };
}

async function permit(db: Kysely<Database>, key: FlowKey, attempt: Attempt): Promise<NextStep | undefined> {
  const accepted = await recoveries.acceptProof(db, key, { attempt, permits: true });
  return accepted?.permissionExpiresAt
    ? { next: 'set-password', permissionExpiresAt: accepted.permissionExpiresAt }
    : undefined;
}

async function whyNoStep(db: Kysely<Database>, key: FlowKey): Promise<Problem> {
  return new Problem(
    (await recoveries.findOpenRecovery(db, key)) ? flowProblems.stepNotOpen : flowProblems.notOpen,
  );
}

async function whyNoChallenge(db: Kysely<Database>, key: FlowKey, method: RecoveryMethod): Promise<Problem> {
  const flow = await recoveries.findOpenRecovery(db, key);
  if (!flow) return new Problem(flowProblems.notOpen);
  if (flow.provedAt) return new Problem(flowProblems.stepNotOpen);
  if (!flow.methods.includes(method) || flow.provedMethods.includes(method)) {
    return new Problem(recoveryProblems.methodNotOffered);
  }
  if (flow.sends >= sendsPerFlow) {
    return new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: Math.max(1, flow.endsInSeconds) });
  }
  return new Problem(flowProblems.resendTooEarly, { retryAfterSeconds: Math.max(1, flow.resendInSeconds) });
}
