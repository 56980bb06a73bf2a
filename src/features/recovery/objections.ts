import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import type { Locale } from '../../kernel/locale.ts';
import { readNoticeToken } from '../../kernel/notice-token.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { lockOut, notifyOwner, tellAnswersRestored } from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Allowance, Budgets } from '../budgets/budgets.ts';
import type { Proof } from './methods.ts';
import * as objections from './objections.repository.ts';
import { recoveryProblems } from './recovery.problems.ts';

/** How long "it was not me" can be said. */
export const cancellationTtlSeconds = 72 * 60 * 60;
/** Failed proofs after which the owner is told, at most once a day. */
export const failuresBeforeWarning = 5;
const warningsPerDay: Allowance = { limit: 1, windowSeconds: 24 * 60 * 60 };

export type ObjectionDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  budgets: Budgets;
  outbox: Outbox;
  /** Ends whatever could still act for the account: sessions and open flows. */
  endEverything(trx: Transaction<Database>, accountId: string, kept: null): Promise<void>;
}>;

export type Objections = ReturnType<typeof createObjections>;

/** What the owner of an account is told of recoveries, and can do against them. */
export function createObjections({ db, keyring, budgets, outbox, endEverything }: ObjectionDependencies) {
  return {
    /** Makes a recovery undoable; returns the id that the link in its notices is derived from. */
    allow(trx: Transaction<Database>, accountId: string, methods: readonly Proof[]): Promise<string> {
      return objections.insertCancellation(trx, { accountId, methods, seconds: cancellationTtlSeconds });
    },

    /** After repeated failures, whoever made them. Nobody is told with the same statements. */
    async warnOfFailures(
      of: { accountId: string | null; subject: Buffer; locale: Locale; failures: number },
      { network, coarseNetwork }: Client,
    ): Promise<void> {
      if (of.failures < failuresBeforeWarning) return;
      await db.transaction().execute(async (trx) => {
        const spent = await budgets.spend(trx, 'recovery-failure-notice', [of.subject], warningsPerDay);
        if (!spent.allowed) return;
        const content = { purpose: 'recovery-failures', parameters: { network: coarseNetwork } } as const;
        await notifyOwner(outbox, trx, { accountId: of.accountId, locale: of.locale, network }, content);
      });
    },

    /** Whether a weak proof has waited long enough. */
    hasWaited: objections.hasWaited,

    /** Until when a weak proof has to wait; every address is told of it once. */
    async hold(
      trx: Transaction<Database>,
      of: { accountId: string; locale: Locale; provedMethods: readonly Proof[]; seconds: number },
      client: Client,
    ): Promise<Date> {
      const { accountId, locale, provedMethods: methods } = of;
      const { endsAt, isNew } = await objections.hold(trx, accountId, of.seconds);
      if (isNew) {
        const seconds = Math.max(of.seconds, cancellationTtlSeconds);
        const linkId = await objections.insertCancellation(trx, { accountId, methods, seconds });
        await recordActivity(trx, { accountId, kind: 'recovery-held', outcome: 'succeeded', origin: client });
        await notifyOwner(
          outbox,
          trx,
          { accountId, locale, network: client.network, linkId },
          {
            purpose: 'recovery-held',
            parameters: { network: client.coarseNetwork, until: endsAt.toISOString() },
          },
        );
      }
      return endsAt;
    },

    /**
     * "It was not me": ends every session and flow, and locks sign-in and recovery until the person proves a
     * method that the disowned recovery was not proved by.
     * @throws {Problem} `cancellation-not-accepted`
     */
    async cancel(token: string, client: Client): Promise<void> {
      const id = readNoticeToken(keyring, 'recovery', token);
      await db.transaction().execute(async (trx) => {
        const disowned = id && (await objections.consumeCancellation(trx, id));
        if (!disowned) throw new Problem(recoveryProblems.cancellationNotAccepted);
        const { accountId, methods } = disowned;
        // The row of the link is locked before the account here: nothing else locks both, but an erasure, which can be
        // done again.
        const account = await lockOut(trx, accountId, methods);
        await endEverything(trx, accountId, null);
        const { network, coarseNetwork } = client;
        const kind = 'recovery-disowned';
        await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: client });
        if (!account) return;
        const { locale, answersRestored } = account;
        const content = { purpose: kind, parameters: { network: coarseNetwork } } as const;
        await notifyOwner(outbox, trx, { accountId, locale, network }, content);
        if (answersRestored) await tellAnswersRestored(outbox, trx, { accountId, locale }, client);
      });
    },
  };
}
