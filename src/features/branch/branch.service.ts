import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import { digestBearerSecret, type Mac, newBearerSecret } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { newPrintedCode, parsePrintedCode } from '../../kernel/printed-code.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Allowance, Budgets } from '../budgets/budgets.ts';
import { countFlow, flowProblems } from '../flows/flow.ts';
import {
  completeByOfficer,
  findAtDesk,
  insertPrinted,
  type Objections,
  redeemPrinted,
} from '../recovery/index.ts';

export type BranchDependencies = Readonly<{
  db: Kysely<Database>;
  /** Keyed digest of a person's id: what budgets of people count by. */
  subjectOf: Mac;
  budgets: Budgets;
  outbox: Outbox;
  objections: Objections;
}>;

export type Officer = Readonly<{ clientId: string; officerId: string }>;

export type PrintedCode =
  | Readonly<{ status: 'issued'; code: string; expiresAt: Date }>
  | Readonly<{ status: 'second-officer-needed'; expiresAt: Date }>;

/** Codes of one person, whichever branch prints them. */
export const printedCodesPerDay: Allowance = { limit: 5, windowSeconds: 24 * 60 * 60 };

export type BranchService = ReturnType<typeof createBranchService>;

export function createBranchService({ db, subjectOf, budgets, outbox, objections }: BranchDependencies) {
  return {
    /**
     * A code for somebody at the desk. The officer learns nothing: for who has no account there is a code as
     * well, which opens nothing. An account under a hold, or locked, needs a second officer to ask for it too.
     */
    async start(person: PersonId, by: Officer, client: Client): Promise<PrintedCode> {
      const subject = subjectOf(...personIdParts(person));
      const spent = await budgets.spend(db, 'printed-codes', [subject], printedCodesPerDay);
      if (!spent.allowed) {
        throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const code = newPrintedCode();
      const printedDigest = digestBearerSecret(code);
      const officer = `officer:${by.clientId}/${by.officerId}`;
      return db.transaction().execute(async (trx) => {
        const account = await findAtDesk(trx, person);
        const accountId = account?.id ?? null;
        const locale = account?.locale ?? client.locale;
        const completed =
          account?.isUnderHold &&
          (await completeByOfficer(trx, { accountId: account.id, officer, printedDigest }));
        const issued = completed instanceof Date || !account?.isUnderHold;
        const expiresAt =
          completed ||
          (await insertPrinted(trx, {
            tokenDigest: newBearerSecret().digest,
            subject,
            accountId,
            locale,
            officer,
            printedDigest: issued ? printedDigest : null,
          }));
        await recordActivity(trx, {
          accountId,
          kind: issued ? 'branch-recovery-started' : 'branch-recovery-requested',
          outcome: 'succeeded',
          origin: client,
          actor: officer,
        });
        if (!issued) return { status: 'second-officer-needed', expiresAt };
        const link = accountId !== null && { linkId: await objections.allow(trx, accountId, ['branch']) };
        await notifyOwner(
          outbox,
          trx,
          { accountId, locale, network: client.network, ...link },
          { purpose: 'branch-recovery-started' },
        );
        return { status: 'issued', code, expiresAt };
      });
    },

    /**
     * The person opens a recovery with the code. Strangers' failed guesses elsewhere do not stand against it:
     * its 80 bits need no budget but that of the network.
     */
    async redeem(person: PersonId, typedCode: string, client: Client) {
      await countFlow(db, budgets, client);
      const { token, digest } = newBearerSecret();
      const opened = await redeemPrinted(db, {
        printedDigest: digestBearerSecret(parsePrintedCode(typedCode) ?? ''),
        subject: subjectOf(...personIdParts(person)),
        tokenDigest: digest,
        origin: client,
      });
      if (!opened) throw new Problem(flowProblems.codeNotAccepted);
      return { ...opened, flowToken: token };
    },
  };
}
