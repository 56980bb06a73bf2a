import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import { digestBearerSecret, type Keyring, type Mac, newBearerSecret } from '../../kernel/keyring.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import type { NationalCode } from '../../kernel/national-code.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { lockAccount, type PasswordChange } from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Budgets } from '../budgets/budgets.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  type FlowKey,
  failedProofsPerDay,
  flowProblems,
  flowsPerNetwork,
  resendPauseSeconds,
  sendsPerDay,
  sendsPerFlow,
} from '../flows/flow.ts';
import { decoyMobile } from './decoy.ts';
import * as recoveries from './recovery.repository.ts';
import type { RecoveryMethod } from './recovery.table.ts';

export type RecoveryDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of a national code: what budgets of people count by. */
  subjectOf: Mac;
  /** Keyed like it, for what unknown people are shown. */
  decoyOf: Mac;
  budgets: Budgets;
  outbox: Outbox;
  passwordChange: PasswordChange;
}>;

/** Budgets of a subject: what is burnt from elsewhere does not count against a device that has signed in before. */
function budgetOf(flow: { subject: Buffer; deviceDigest: Buffer | null }): (string | Buffer)[] {
  return [flow.subject, flow.deviceDigest ?? 'elsewhere'];
}

export type RecoveryService = ReturnType<typeof createRecoveryService>;

export function createRecoveryService(deps: RecoveryDependencies) {
  const { db, keyring, subjectOf, decoyOf, budgets, outbox, passwordChange } = deps;

  return {
    /** Opens a flow. Who is unknown or disabled gets the same answer, with an address derived instead of stored. */
    async start(request: { nationalCode: NationalCode; deviceToken: string | null }, client: Client) {
      const spent = await budgets.spend(db, 'flows-of-network', [client.network], flowsPerNetwork);
      if (!spent.allowed) {
        throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const { token, digest } = newBearerSecret();
      const decoy = maskMobile(decoyMobile(decoyOf, request.nationalCode));
      const { id, expiresAt, mobile } = await recoveries.insertRecovery(db, {
        tokenDigest: digest,
        subject: subjectOf(request.nationalCode),
        nationalCode: request.nationalCode,
        deviceDigest: digestBearerSecret(request.deviceToken ?? ''),
        locale: client.locale,
      });
      const destination = mobile === null ? decoy : maskMobile(mobile as Mobile);
      return { id, flowToken: token, expiresAt, methods: [{ method: 'sms' as const, destination }] };
    },

    /** Sends the code: the same one while it lives, so that a late message still works. */
    async challenge(key: FlowKey, method: RecoveryMethod, client: Client) {
      const flow = await db.transaction().execute(async (trx) => {
        const taken = await recoveries.takeSend(trx, key, method, randomUUID());
        if (!taken?.challengeId) return undefined;
        const spent = await budgets.spend(trx, 'recovery-sends', budgetOf(taken), sendsPerDay);
        if (!spent.allowed) {
          throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: spent.resetsInSeconds });
        }
        await outbox.enqueue(trx, {
          channel: 'sms',
          purpose: 'recovery-code',
          locale: taken.locale,
          accountId: taken.accountId,
          challengeId: taken.challengeId,
          network: client.network,
          usefulForSeconds: codeTtlSeconds,
        });
        return taken;
      });
      if (!flow?.codeExpiresAt) throw await whyNoSend(db, key);
      return {
        method,
        codeExpiresAt: flow.codeExpiresAt,
        resendInSeconds: resendPauseSeconds(flow.sends),
        attemptsLeft: attemptsPerCode - flow.attempts,
      };
    },

    /** Judges a guess that has been counted before, in the flow's challenge and in the account's budget. */
    async verify(key: FlowKey, code: string, client: Client): Promise<{ permissionExpiresAt: Date }> {
      const attempt = await recoveries.countAttempt(db, key);
      if (!attempt?.challengeId) throw await whyNoStep(db, key);
      const { accountId, challengeId, attempts } = attempt;
      const spent = await budgets.spend(db, 'failed-proofs', budgetOf(attempt), failedProofsPerDay);
      if (!spent.allowed) {
        throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const rightCode = isCodeOf(keyring, 'recovery', challengeId, code);
      const accepted =
        rightCode && accountId !== null && attempt.challengeLives && attempts <= attemptsPerCode;
      if (!accepted) {
        await recordActivity(db, {
          accountId,
          kind: 'recovery-proof-failed',
          outcome: 'refused',
          origin: client,
          flowId: key.id,
        });
        throw new Problem(flowProblems.codeNotAccepted, {
          attemptsLeft: Math.max(0, attemptsPerCode - attempts),
        });
      }
      const permissionExpiresAt = await db.transaction().execute(async (trx) => {
        const until = await recoveries.markProved(trx, key, challengeId);
        if (!until) return undefined;
        await budgets.refund(trx, 'failed-proofs', budgetOf(attempt));
        await recordActivity(trx, {
          accountId,
          kind: 'recovery-proved',
          outcome: 'succeeded',
          origin: client,
          flowId: key.id,
        });
        return until;
      });
      if (!permissionExpiresAt) throw await whyNoStep(db, key);
      return { permissionExpiresAt };
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
        const consumed = await recoveries.consumePermission(trx, key);
        if (!consumed) throw new Problem(flowProblems.notOpen);
        const replaced = await passwordChange.replace(trx, {
          accountId: consumed,
          passwordHash,
          keepSessionId: null,
          kind: 'password-recovered',
          client,
          flowId: key.id,
        });
        if (!replaced) throw new Problem(flowProblems.notOpen);
      });
    },
  };
}

async function whyNoStep(db: Kysely<Database>, key: FlowKey): Promise<Problem> {
  return new Problem(
    (await recoveries.findOpenRecovery(db, key)) ? flowProblems.stepNotOpen : flowProblems.notOpen,
  );
}

async function whyNoSend(db: Kysely<Database>, key: FlowKey): Promise<Problem> {
  const flow = await recoveries.findOpenRecovery(db, key);
  if (!flow) return new Problem(flowProblems.notOpen);
  if (flow.provedAt) return new Problem(flowProblems.stepNotOpen);
  if (flow.sends >= sendsPerFlow) {
    return new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: Math.max(1, flow.endsInSeconds) });
  }
  return new Problem(flowProblems.resendTooEarly, { retryAfterSeconds: Math.max(1, flow.resendInSeconds) });
}
