import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { parseEmail } from '../../kernel/email-address.ts';
import type { Mobile } from '../../kernel/mobile.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { type AddressKind, findOwner, findPersonId, holdSession, setTrusted } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { ownershipProblems, ownershipRetrySeconds } from '../mobile-ownership/index.ts';
import {
  type Guess,
  openChallenge,
  refundGuess,
  resendProblem,
  toChallengeView,
} from '../one-time-codes/index.ts';
import { judgeContactCode, notOpen, sendCode } from './contact-codes.ts';
import * as flows from './contact-flows.repository.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';
import { barOtherHolders } from './mobile-holders.ts';
import { beginChange, maskAddress, type OwnerProof, proposeChange, proveOwner } from './pending-changes.ts';

/** A code on its way; the address is masked. */
export type SentCode = Readonly<{
  id: string;
  kind: AddressKind;
  destination: string | null;
  codeExpiresAt: Date;
  expiresAt: Date;
  resendInSeconds: number;
  attemptsLeft: number;
}>;

/** Sends a code to the new address. @throws {Problem} `ownership-not-askable`, `too-many-messages`, those of `beginChange` */
export async function startAddressChange(
  deps: ContactDependencies,
  principal: Principal,
  kind: AddressKind,
  { address, ...proof }: OwnerProof & Readonly<{ address: string }>,
  caller: Caller,
): Promise<SentCode> {
  if (kind === 'mobile') await requireAskable(deps, principal);
  const owner = await proveOwner(deps, principal, proof, caller);
  const destination = kind === 'email' ? (parseEmail(address) ?? address) : address;
  return deps.db.transaction().execute(async (trx) => {
    await beginChange(deps, trx, principal, owner, kind);
    const flow = await flows.insertContactFlow(trx, {
      accountId: owner.id,
      kind,
      destination,
      barring: null,
    });
    await sendCode(deps, trx, owner.id, flow, caller);
    const activity = `${kind}-change-started` as const;
    await recordActivity(trx, { accountId: owner.id, kind: activity, outcome: 'succeeded', origin: caller });
    return toSentCode(flow);
  });
}

/** The code for an address that was given at sign-up, in the transaction that creates the account. */
export async function proveAtSignUp(
  deps: ContactDependencies,
  trx: Transaction<Database>,
  { accountId, email }: { accountId: string; email: string },
  caller: Caller,
): Promise<SentCode> {
  const flow = await flows.insertContactFlow(trx, {
    accountId,
    kind: 'email',
    destination: email,
    barring: null,
    atSignUp: true,
  });
  await sendCode(deps, trx, accountId, flow, caller);
  return toSentCode(flow);
}

/** The same code while it lives, so that a late message still works. */
export async function resendContactCode(
  deps: ContactDependencies,
  key: flows.ContactFlowKey,
  caller: Caller,
): Promise<SentCode> {
  const { accountId } = key.principal;
  const row = flows.toCodeRow(key);
  const columns = sql<Pick<flows.ContactFlow, 'id' | 'kind' | 'destination' | 'barring' | 'expiresAt'>>`
    id, kind, destination, barring, expires_at as "expiresAt"`;
  const sent = await deps.db.transaction().execute(async (trx) => {
    const opened = await openChallenge(trx, row, { columns });
    if (opened) await sendCode(deps, trx, accountId, opened, caller);
    return opened;
  });
  if (!sent) throw (await resendProblem(deps.db, row)) ?? (await notOpen(deps, key));
  return toSentCode(sent);
}

/** What the right code leads to: the address is trusted at once, as one given at sign-up is, or its change is pending. */
export type Verified = Readonly<{ state: 'trusted' | 'pending' }>;

/** Judges a guess that has been counted before. The right one makes the address known to be the person's, not trusted. */
export async function verifyAddressChange(
  deps: ContactDependencies,
  key: flows.ContactFlowKey & Readonly<{ purpose: AddressKind }>,
  code: string,
  caller: Caller,
): Promise<Verified> {
  const { principal, purpose: kind } = key;
  const { accountId } = principal;
  const guess = await judgeContactCode(deps, key, code, caller);
  const { challengeId, destination } = guess;
  if (destination === null) throw new Error('a change of an address without an address');
  if (kind === 'mobile') await requireOwnMobile(deps, key, destination as Mobile, guess, caller);
  return deps.db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    const flow = await flows.consumeContactFlow(trx, key, challengeId);
    if (!flow) throw await notOpen(deps, key);
    const owner = await findOwner(trx, principal);
    // Chosen by whoever had just proved the mobile, and no other has been since.
    if (flow.atSignUp && owner?.email === null) {
      await setTrusted(trx, accountId, { kind: 'email', address: destination });
      const activity = 'email-verified';
      await recordActivity(trx, { accountId, kind: activity, outcome: 'succeeded', origin: caller });
      return { state: 'trusted' };
    }
    await proposeChange(deps, trx, accountId, { kind, address: destination }, caller);
    return { state: 'pending' };
  });
}

/** @throws {Problem} where nobody can be asked whose mobile it is: before a message is sent for nothing */
async function requireAskable(
  { db, mobileOwnership }: ContactDependencies,
  principal: Principal,
): Promise<void> {
  const owner = await findOwner(db, principal);
  if (!owner) throw new Problem(commonProblems.notAuthenticated);
  const kind = owner.nationalCode === null ? 'insurance-number' : 'national-code';
  if (!mobileOwnership.asksAbout(kind)) throw new Problem(ownershipProblems.notAskable);
}

/** @throws {Problem} unless the register of mobiles ties the number to this very person */
async function requireOwnMobile(
  deps: ContactDependencies,
  key: flows.ContactFlowKey,
  mobile: Mobile,
  guess: Guess,
  caller: Caller,
): Promise<void> {
  const { db, mobileOwnership } = deps;
  const { accountId } = key.principal;
  const [person, owner] = [await findPersonId(db, accountId), await findOwner(db, key.principal)];
  if (!person || !owner) throw new Problem(commonProblems.notAuthenticated);
  const word = await mobileOwnership.check(person, mobile);
  if (word === 'matched') return barOtherHolders(deps, mobile, owner.insuredPersonId);
  if (word === 'unavailable') {
    await refundGuess(db, flows.toCodeRow(key), guess);
    throw new Problem(ownershipProblems.unavailable, { retryAfterSeconds: ownershipRetrySeconds });
  }
  await db.transaction().execute(async (trx) => {
    if (!(await flows.endContactFlow(trx, key, guess.challengeId))) return;
    // What somebody with a stolen session would do: the owner is to see it.
    const kind = 'contact-proof-failed';
    await recordActivity(trx, { accountId, kind, outcome: 'refused', origin: caller });
  });
  throw new Problem(contactProblems.mobileNotYours);
}

export function toSentCode({
  id,
  kind,
  destination,
  expiresAt,
  ...challenge
}: Omit<flows.ContactFlow, 'challengeId' | 'barring'>): SentCode {
  return {
    id,
    kind: kind as AddressKind,
    destination: destination === null ? null : maskAddress(kind, destination),
    expiresAt,
    ...toChallengeView(challenge),
  };
}
