import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client, Principal } from '../../kernel/client.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import type { Locale } from '../../kernel/locale.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import {
  type CurrentPassword,
  findOwner,
  findPersonId,
  holdSession,
  maskEmail,
  notifyOwner,
  type Owner,
} from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Budgets } from '../budgets/budgets.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  countProof,
  flowProblems,
  noticeUsefulForSeconds,
  resendPauseSeconds,
  sendsPerDay,
  sendsPerFlow,
} from '../flows/flow.ts';
import { type MobileOwnership, ownershipProblems, ownershipRetrySeconds } from '../mobile-ownership/index.ts';
import { contactProblems } from './contacts.problems.ts';
import * as contacts from './contacts.repository.ts';
import type { ContactKind } from './contacts.table.ts';
import { emailKey, normaliseEmail } from './email-address.ts';
import * as holds from './holds.repository.ts';

export type ContactDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  budgets: Budgets;
  outbox: Outbox;
  currentPassword: CurrentPassword;
  mobileOwnership: MobileOwnership;
  /** Ends recoveries and pending changes of an account. */
  endFlows(trx: Transaction<Database>, accountId: string): Promise<void>;
}>;

/** A change whose code is on its way; the address is masked. */
export type ContactChange = Readonly<{
  id: string;
  kind: ContactKind;
  destination: string;
  codeExpiresAt: Date;
  expiresAt: Date;
  resendInSeconds: number;
  attemptsLeft: number;
}>;

export type NewAddress = Readonly<{ currentPassword: string; address: string }>;

type ChangeRow = Awaited<ReturnType<typeof contacts.insertChange>>;

export type ContactService = ReturnType<typeof createContactService>;

export function createContactService(deps: ContactDependencies) {
  const { db, keyring, budgets, outbox, currentPassword, mobileOwnership, endFlows } = deps;

  /** Counts one more message. `null`: it may go; otherwise in how many seconds the next one may. */
  async function spendMessage(
    trx: Transaction<Database>,
    accountId: string,
    { kind, destination }: Pick<ChangeRow, 'kind' | 'destination'>,
  ): Promise<number | null> {
    // Numbers are counted together with those of sign-ups: nobody is to be flooded by changing the route.
    const [name, of] =
      kind === 'mobile' ? ['sends-to-mobile', destination] : ['sends-to-email', emailKey(destination)];
    for (const spent of [
      await budgets.spend(trx, name, [of], sendsPerDay),
      await budgets.spend(trx, 'contact-codes', [accountId], sendsPerDay),
    ]) {
      if (!spent.allowed) return spent.resetsInSeconds;
    }
    return null;
  }

  async function enqueueCode(
    trx: Transaction<Database>,
    { accountId, locale }: { accountId: string; locale: Locale },
    { kind, destination, challengeId }: ChangeRow,
    client: Client,
  ): Promise<void> {
    await outbox.enqueue(trx, {
      channel: kind === 'mobile' ? 'sms' : 'email',
      purpose: 'contact-code',
      locale,
      accountId,
      destination,
      challengeId,
      network: client.network,
      usefulForSeconds: codeTtlSeconds,
    });
  }

  /** @throws {Problem} `too-many-messages` */
  async function sendCode(
    trx: Transaction<Database>,
    account: { accountId: string; locale: Locale },
    change: ChangeRow,
    client: Client,
  ): Promise<void> {
    const retryAfterSeconds = await spendMessage(trx, account.accountId, change);
    if (retryAfterSeconds !== null) throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds });
    await enqueueCode(trx, account, change, client);
  }

  /** Puts the new address in place, held back from recoveries unless it came with the account itself. */
  async function apply(
    trx: Transaction<Database>,
    accountId: string,
    kind: ContactKind,
    change: { destination: string; atSignUp: boolean },
    client: Client,
  ): Promise<Date | null> {
    const account = await holds.findAddresses(trx, accountId);
    const done = (activity: 'email-verified' | 'email-changed' | 'mobile-changed') =>
      recordActivity(trx, { accountId, kind: activity, outcome: 'succeeded', origin: client });
    await contacts.endContactChanges(trx, accountId, kind);
    await contacts.setAddress(trx, accountId, kind, change.destination);
    // The address was chosen by whoever had just proved the mobile, and no other was proved since.
    if (change.atSignUp && account.emailVerifiedAt === null) {
      await done('email-verified');
      return null;
    }
    await endFlows(trx, accountId);
    await done(`${kind}-changed`);
    const notice = { accountId, locale: account.locale, network: client.network };
    const parameters = { network: client.coarseNetwork };
    // Before the hold: the replaced address is told more than the others, below.
    await notifyOwner(outbox, trx, notice, { purpose: `${kind}-changed`, parameters });
    const provedEmail = account.emailVerifiedAt === null ? null : account.email;
    const previous = kind === 'mobile' ? account.mobile : provedEmail;
    const hold = await holds.insertHold(trx, { accountId, kind, previous });
    await outbox.enqueue(trx, {
      ...notice,
      channel: kind === 'email' && previous !== null ? 'email' : 'sms',
      purpose: `${kind}-change-undoable`,
      parameters,
      // Where there was no proved e-mail address, the mobile that recoveries trust speaks for the person.
      destination: previous ?? account.trustedMobile,
      challengeId: hold.id,
      usefulForSeconds: noticeUsefulForSeconds,
    });
    return hold.heldUntil;
  }

  /** @throws {Problem} where nobody can be asked whose mobile it is: before a message is sent for nothing */
  async function requireAskable(principal: Principal): Promise<void> {
    const owner = await findOwner(db, principal);
    if (!owner) throw new Problem(commonProblems.notAuthenticated);
    const kind = owner.nationalCode === null ? 'insurance-number' : 'national-code';
    if (!mobileOwnership.asksAbout(kind)) throw new Problem(ownershipProblems.notAskable);
  }

  /** @throws {Problem} unless the register of mobiles ties the number to this very person */
  async function requireOwnMobile(
    key: contacts.ChangeKey,
    mobile: Mobile,
    challengeId: string,
    client: Client,
  ): Promise<void> {
    const person = await findPersonId(db, key.principal.accountId);
    const answer = person ? await mobileOwnership.check(person, mobile) : 'not-matched';
    if (answer === 'matched') return;
    if (answer === 'unavailable') {
      await contacts.returnAttempt(db, key);
      throw new Problem(ownershipProblems.unavailable, { retryAfterSeconds: ownershipRetrySeconds });
    }
    await db.transaction().execute(async (trx) => {
      if (!(await contacts.consumeChange(trx, key, challengeId))) return;
      // What somebody with a stolen session would do: the owner is to see it.
      const { accountId } = key.principal;
      const kind = 'contact-proof-failed';
      await recordActivity(trx, { accountId, kind, outcome: 'refused', origin: client });
    });
    throw new Problem(contactProblems.mobileNotYours);
  }

  return {
    /** Sends a code to the new address. Needs the current password. */
    async start(
      principal: Principal,
      kind: ContactKind,
      { currentPassword: password, address }: NewAddress,
      client: Client,
    ): Promise<ContactChange> {
      if (kind === 'mobile') await requireAskable(principal);
      const owner = await currentPassword.prove(principal, password, client);
      const destination = kind === 'email' ? normaliseEmail(address) : address;
      if (isProved(owner, kind, destination)) throw new Problem(contactProblems.unchanged);
      const accountId = owner.id;
      return db.transaction().execute(async (trx) => {
        await currentPassword.hold(trx, principal, owner);
        const change = { accountId, kind, destination, challengeId: randomUUID() };
        const row = await contacts.insertChange(trx, change, false);
        await sendCode(trx, { accountId, locale: owner.locale }, row, client);
        await recordActivity(trx, {
          accountId,
          kind: `${kind}-change-started`,
          outcome: 'succeeded',
          origin: client,
        });
        return view(row);
      });
    },

    /**
     * The code for an address that was given at sign-up, in the transaction that creates the account. `null`: no
     * more messages may go there today. Anybody can bring that about for an address that they know, so that it is
     * no reason to refuse the account; the address can be proved later.
     */
    async proveAtSignUp(
      trx: Transaction<Database>,
      { accountId, email, locale }: { accountId: string; email: string; locale: Locale },
      client: Client,
    ): Promise<ContactChange | null> {
      const change = { accountId, kind: 'email' as const, destination: email, challengeId: randomUUID() };
      if ((await spendMessage(trx, accountId, change)) !== null) return null;
      const row = await contacts.insertChange(trx, change, true);
      await enqueueCode(trx, { accountId, locale }, row, client);
      return view(row);
    },

    /** The same code while it lives, so that a late message still works. */
    async resend(key: contacts.ChangeKey, client: Client): Promise<ContactChange> {
      const row = await db.transaction().execute(async (trx) => {
        const taken = await contacts.takeResend(trx, key, randomUUID());
        if (taken) {
          await sendCode(trx, { accountId: key.principal.accountId, locale: client.locale }, taken, client);
        }
        return taken;
      });
      if (!row) throw await whyNoResend(db, key);
      return view(row);
    },

    /** Judges a guess that has been counted before; the right one changes the address. Returns from when a recovery may go there. */
    async verify(
      key: contacts.ChangeKey,
      code: string,
      client: Client,
    ): Promise<{ recoveryFrom: Date | null }> {
      const { accountId } = key.principal;
      const attempt = await contacts.countAttempt(db, key);
      if (!attempt) throw await whyNotOpen(db, key);
      const { challengeId, attempts, destination } = attempt;
      const isJudged = attempt.challengeLives && attempts <= attemptsPerCode;
      if (isJudged) {
        const giveBack = () => contacts.returnAttempt(db, key);
        await countProof(db, budgets, 'contact-proofs', [accountId], giveBack);
      }
      if (!isCodeOf(keyring, 'contact-change', challengeId, code) || !isJudged) {
        const kind = 'contact-proof-failed';
        await recordActivity(db, { accountId, kind, outcome: 'refused', origin: client });
        throw new Problem(flowProblems.codeNotAccepted, {
          attemptsLeft: Math.max(0, attemptsPerCode - attempts),
        });
      }
      await budgets.refund(db, 'contact-proofs', [accountId]);
      if (key.kind === 'mobile') await requireOwnMobile(key, destination as Mobile, challengeId, client);
      const recoveryFrom = await db.transaction().execute(async (trx) => {
        await holdSession(trx, key.principal);
        const change = await contacts.consumeChange(trx, key, challengeId);
        if (!change) throw new Problem(contactProblems.changeNotOpen);
        return apply(trx, accountId, key.kind, change, client);
      });
      return { recoveryFrom };
    },

    /** Open changes, and until when which new address is held back. */
    async list(principal: Principal) {
      const found = await contacts.findChanges(db, principal);
      if (!found) throw new Problem(commonProblems.notAuthenticated);
      return { pending: found.pending.map(view), held: found.held };
    },
  };
}

function isProved(owner: Owner, kind: ContactKind, address: string): boolean {
  if (kind === 'mobile') return owner.mobile === address;
  return owner.emailVerifiedAt !== null && emailKey(owner.email ?? '') === emailKey(address);
}

function view({
  id,
  kind,
  destination,
  codeExpiresAt,
  expiresAt,
  sends,
  attempts,
}: ChangeRow): ContactChange {
  return {
    id,
    kind,
    destination: kind === 'mobile' ? maskMobile(destination as Mobile) : maskEmail(destination),
    codeExpiresAt,
    expiresAt,
    resendInSeconds: resendPauseSeconds(sends),
    attemptsLeft: Math.max(0, attemptsPerCode - attempts),
  };
}

async function whyNotOpen(db: Kysely<Database>, key: contacts.ChangeKey): Promise<Problem> {
  const signedIn = await contacts.findChanges(db, key.principal);
  return new Problem(signedIn ? contactProblems.changeNotOpen : commonProblems.notAuthenticated);
}

async function whyNoResend(db: Kysely<Database>, key: contacts.ChangeKey): Promise<Problem> {
  const change = await contacts.findChange(db, key);
  if (!change) return whyNotOpen(db, key);
  if (change.sends >= sendsPerFlow) {
    return new Problem(flowProblems.tooManyMessages, {
      retryAfterSeconds: Math.max(1, change.endsInSeconds),
    });
  }
  return new Problem(flowProblems.resendTooEarly, {
    retryAfterSeconds: Math.max(1, change.resendInSeconds),
  });
}
