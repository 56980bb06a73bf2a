import type { Transaction } from 'kysely';
import { rowToPersonId } from '../../database/person-id.ts';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { type JalaliDate, jalaliToGregorian } from '../../kernel/jalali.ts';
import { newBearerSecret } from '../../kernel/keyring.ts';
import type { Locale } from '../../kernel/locale.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { Problem } from '../../kernel/problem.ts';
import { channelTo } from '../../messaging/channels.ts';
import { unansweredCounter } from '../../messaging/limits.ts';
import { notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { barOtherHolders } from '../contacts/index.ts';
import { type OwnershipAnswer, ownershipProblems, ownershipRetrySeconds } from '../mobile-ownership/index.ts';
import {
  codeRefusal,
  codeTtlSeconds,
  countFlow,
  type FlowKey,
  judgeCode,
  judgeGuess,
  openChallenge,
  refundGuess,
  resendProblem,
  toChallengeView,
} from '../one-time-codes/index.ts';
import type { Counter, SlidingQuota } from '../quotas/sliding-quotas.ts';
import type { RegistrationDependencies } from './registration.dependencies.ts';
import { registrationProblems } from './registration.problems.ts';
import * as registrations from './registration.repository.ts';
import { stepProblem } from './step-problem.ts';

const day = 24 * 60 * 60;
/** Wrong codes of sign-ups that say the same of somebody and a number, from one network … */
const guessesFromNetwork: SlidingQuota = [
  { limit: 20, windowSeconds: 30 * day },
  { limit: 10, windowSeconds: day },
];
/** … and from all of them: who knows all that is said may keep its owner waiting, for no longer than they go on. */
const guessesOfClaim: SlidingQuota = [{ limit: 25, windowSeconds: day }];

export type RegistrationRequest = Readonly<{
  person: PersonId;
  birthDate: JalaliDate;
  mobile: Mobile;
  /** `Proof-Of-Work`; `null`: none. */
  proof: string | null;
}>;

/** How a code on its way can be asked for again. */
export type CodeSent = Readonly<{
  destination: string;
  codeExpiresAt: Date;
  resendInSeconds: number;
  attemptsLeft: number;
}>;

/**
 * Sends a code to the mobile, whoever asks and whoever it is about: nothing is looked up before the mobile is proved.
 * @throws {Problem} `ownership-not-askable`, `proof-of-work-required`
 */
export async function startRegistration(
  deps: RegistrationDependencies,
  request: RegistrationRequest,
  caller: Caller,
) {
  const { db, subjectOf, quotas, proofOfWork, mobileOwnership } = deps;
  // Depends on the kind of user name alone, so that it can be told before a message is sent for nothing.
  if (!mobileOwnership.asksAbout(request.person.kind)) throw new Problem(ownershipProblems.notAskable);
  const subject = subjectOf(...personIdParts(request.person));
  await countFlow(db, quotas, caller, proofOfWork({ route: 'sign-up', subject, proof: request.proof }));
  const { token, digest } = newBearerSecret();
  const row = await db.transaction().execute(async (trx) => {
    const inserted = await registrations.insertRegistration(trx, {
      tokenDigest: digest,
      person: request.person,
      birthDate: jalaliToGregorian(request.birthDate),
      mobile: request.mobile,
      locale: caller.locale,
    });
    await sendCode(deps, trx, { ...request, ...inserted, locale: caller.locale }, caller);
    return inserted;
  });
  return {
    id: row.id,
    flowToken: token,
    expiresAt: row.expiresAt,
    destination: maskMobile(request.mobile),
    ...toChallengeView(row),
  };
}

async function sendCode(
  { subjectOf, outbox }: RegistrationDependencies,
  trx: Transaction<Database>,
  registration: { id: string; person: PersonId; mobile: string; locale: Locale; challengeId: string },
  caller: Caller,
): Promise<void> {
  const claimant = subjectOf(...personIdParts(registration.person)).toString('base64url');
  await outbox.enqueue(trx, {
    channel: channelTo.mobile,
    purpose: 'registration-code',
    counting: { claim: { claimant, registrationId: registration.id } },
    locale: registration.locale,
    accountId: null,
    destination: registration.mobile,
    network: caller.network,
    challengeId: registration.challengeId,
    usefulForSeconds: codeTtlSeconds,
  });
}

/** Whether nothing has been done in a flow since it was started. */
export const isUntouchedRegistration = ({ db }: RegistrationDependencies, key: FlowKey): Promise<boolean> =>
  registrations.isUntouched(db, key);

/**
 * The same code while it lives, so that a late message still works.
 * @throws {Problem} `resend-too-early`, `too-many-messages`, or why it is not its step
 */
export async function resendRegistrationCode(
  deps: RegistrationDependencies,
  key: FlowKey,
  caller: Caller,
): Promise<CodeSent> {
  const { db } = deps;
  const row = registrations.toCodeRow(key);
  const sent = await db.transaction().execute(async (trx) => {
    const opened = await openChallenge(trx, row, { columns: registrations.recipientColumns });
    if (opened) await sendCode(deps, trx, { ...opened, person: rowToPersonId(opened) }, caller);
    return opened;
  });
  if (!sent) throw (await resendProblem(db, row)) ?? (await stepProblem(db, key, 'verification'));
  return { destination: maskMobile(sent.mobile as Mobile), ...toChallengeView(sent) };
}

/**
 * Counts a guess before it is compared. By what is said of oneself and the number together: who does not know the birth
 * date uses up nothing of its owner's, and gains nothing by the right code. @throws {Problem} unless it is, in time
 */
async function judge(deps: RegistrationDependencies, key: FlowKey, code: string, caller: Caller) {
  const { db, keyring, counterKey } = deps;
  const guess = await registrations.countRegistrationGuess(db, key);
  if (!guess) throw await stepProblem(db, key, 'verification');
  const claimed = [...personIdParts(guess.person), guess.birthDate, guess.mobile];
  const counters: [Counter, Counter] = [
    { key: counterKey('registration-from-network', ...claimed, caller.network), quota: guessesFromNetwork },
    { key: counterKey('registration', ...claimed), quota: guessesOfClaim },
  ];
  const isRight = await judgeGuess(db, { row: registrations.toCodeRow(key), guess, counters }, () =>
    judgeCode(keyring, 'registration', guess, code),
  );
  if (!isRight) throw codeRefusal(guess);
  return guess;
}

/**
 * Proves the mobile; only then looks whether the details hold.
 * @throws {Problem} `code-not-accepted`, `too-many-failed-proofs`, `details-do-not-match`, `already-registered`,
 * `ownership-unavailable`, or why it is not its step
 */
export async function verifyRegistration(
  deps: RegistrationDependencies,
  key: FlowKey,
  code: string,
  caller: Caller,
): Promise<{ expiresAt: Date }> {
  const { db, quotas, mobileOwnership, contacts } = deps;
  const guess = await judge(deps, key, code, caller);
  const { person: claimed, birthDate, mobile, challengeId } = guess;
  const { name, of } = unansweredCounter(channelTo.mobile, mobile, caller.network);
  await quotas.clear(db, name, of);
  const [person, ownership] = await Promise.all([
    registrations.findRegistrant(db, claimed, birthDate),
    mobileOwnership.check(claimed, mobile as Mobile),
  ]);
  if (ownership === 'unavailable') {
    await refundGuess(db, registrations.toCodeRow(key), guess);
    throw new Problem(ownershipProblems.unavailable, { retryAfterSeconds: ownershipRetrySeconds });
  }
  const refusal = toRefusal(ownership, person);
  if (refusal || !person) {
    const owner = refusal === registrationProblems.alreadyRegistered ? person : undefined;
    await endRefused(deps, { key, challengeId, owner }, caller);
    throw new Problem(refusal ?? registrationProblems.detailsDoNotMatch);
  }
  await barOtherHolders(contacts, mobile, person.id);
  const expiresAt = await registrations.markVerified(db, key, challengeId, person.id);
  if (!expiresAt) throw await stepProblem(db, key, 'verification');
  return { expiresAt };
}

/** Which of the two refusals, if any. One word for everything that does not match: it is not told what. */
function toRefusal(ownership: OwnershipAnswer, person: { accountId: string | null } | undefined) {
  if (ownership !== 'matched' || !person) return registrationProblems.detailsDoNotMatch;
  return person.accountId ? registrationProblems.alreadyRegistered : null;
}

type Refused = Readonly<{
  key: FlowKey;
  challengeId: string;
  owner: { accountId: string | null } | undefined;
}>;

/** Uses the proof up without a registration, and tells the owner of an account that somebody tried. */
async function endRefused(
  { db, outbox }: RegistrationDependencies,
  { key, challengeId, owner }: Refused,
  caller: Caller,
): Promise<void> {
  const ended = await db.transaction().execute(async (trx) => {
    if (!(await registrations.endRegistration(trx, key, challengeId))) return false;
    if (!owner?.accountId) return true;
    const { accountId } = owner;
    const kind = 'registration-attempted';
    await recordActivity(trx, { accountId, kind, outcome: 'refused', origin: caller });
    await notifyOwner(outbox, trx, { accountId, caller }, { purpose: kind });
    return true;
  });
  if (!ended) throw await stepProblem(db, key, 'verification');
}
