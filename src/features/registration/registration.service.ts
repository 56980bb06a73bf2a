import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import { parseEmail } from '../../kernel/email-address.ts';
import { type JalaliDate, jalaliToGregorian } from '../../kernel/jalali.ts';
import { type Keyring, type Mac, newBearerSecret } from '../../kernel/keyring.ts';
import type { Locale } from '../../kernel/locale.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { Problem } from '../../kernel/problem.ts';
import { unansweredCounter } from '../../messaging/limits.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { insertAccount, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import {
  barOtherHolders,
  type ContactDependencies,
  proveAtSignUp,
  type SentCode,
} from '../contacts/index.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  countFlow,
  countProof,
  type FlowKey,
  flowProblems,
  resendPauseSeconds,
} from '../flows/flow.ts';
import {
  type MobileOwnership,
  type OwnershipAnswer,
  ownershipProblems,
  ownershipRetrySeconds,
} from '../mobile-ownership/index.ts';
import { refundGuess, resendProblem, takeResend } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { ProofOfWork } from '../proof-of-work/index.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { type Counter, refundUses, type SlidingQuota } from '../quotas/sliding-quotas.ts';
import type { SecurityAnswer, SecurityAnswers } from '../security-questions/index.ts';
import { registrationProblems } from './registration.problems.ts';
import * as registrations from './registration.repository.ts';

export type RegistrationDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of a national code: messages name nobody. */
  subjectOf: Mac;
  quotas: Quotas;
  /** What sliding counters are kept under. */
  counterKey: Mac;
  proofOfWork: ProofOfWork;
  outbox: Outbox;
  passwords: Passwords;
  securityAnswers: SecurityAnswers;
  mobileOwnership: MobileOwnership;
  contacts: ContactDependencies;
}>;

const day = 24 * 60 * 60;
/** Wrong codes of sign-ups that say the same of somebody and a number, from one network … */
const guessesFromNetwork: SlidingQuota = [
  { limit: 20, windowSeconds: 30 * day },
  { limit: 10, windowSeconds: day },
];
/** … and from all of them. */
const guessesOfClaim: SlidingQuota = [{ limit: 100, windowSeconds: 30 * day }];

export type RegistrationRequest = Readonly<{
  person: PersonId;
  birthDate: JalaliDate;
  mobile: Mobile;
  /** `Proof-Of-Work`; `null`: none. */
  proof: string | null;
}>;

export type Completion = Readonly<{
  password: string;
  passwordConfirmation: string;
  email?: string | undefined;
  securityAnswers: readonly SecurityAnswer[];
}>;

/** How a code on its way can be asked for again. */
export type CodeSent = Readonly<{
  destination: string;
  codeExpiresAt: Date;
  resendInSeconds: number;
  attemptsLeft: number;
}>;

export type RegistrationService = ReturnType<typeof createRegistrationService>;

export function createRegistrationService(deps: RegistrationDependencies) {
  const {
    db,
    keyring,
    subjectOf,
    quotas,
    counterKey,
    proofOfWork,
    outbox,
    passwords,
    securityAnswers,
    mobileOwnership,
    contacts,
  } = deps;

  async function sendCode(
    trx: Transaction<Database>,
    registration: { id: string; person: PersonId; mobile: string; locale: Locale; challengeId: string },
    client: Client,
  ): Promise<void> {
    const claimant = subjectOf(...personIdParts(registration.person)).toString('base64url');
    await outbox.enqueue(trx, {
      channel: 'sms',
      purpose: 'registration-code',
      counting: { claim: { claimant, registrationId: registration.id } },
      locale: registration.locale,
      accountId: null,
      destination: registration.mobile,
      network: client.network,
      challengeId: registration.challengeId,
      usefulForSeconds: codeTtlSeconds,
    });
  }

  /**
   * Counts a guess before it is compared. By what is said of oneself and the number together: who does not know the birth
   * date uses up nothing of its owner's, and gains nothing by the right code. @throws {Problem} unless it is, in time
   */
  async function judge(key: FlowKey, code: string, client: Client) {
    const attempt = await registrations.countAttempt(db, key);
    if (!attempt) throw await stepProblem(db, key, 'verification');
    const claimed = [...personIdParts(attempt.person), attempt.birthDate, attempt.mobile];
    const counters: [Counter, Counter] = [
      {
        key: counterKey('registration-from-network', ...claimed, client.network),
        quota: guessesFromNetwork,
      },
      { key: counterKey('registration', ...claimed), quota: guessesOfClaim },
    ];
    const refund = () => refundGuess(db, registrations.rowOf(key));
    const charged = attempt.isJudged ? await countProof(db, counters, refund) : [];
    if (!isCodeOf(keyring, 'registration', attempt.challengeId, code) || !attempt.isJudged) {
      throw new Problem(flowProblems.codeNotAccepted, {
        attemptsLeft: Math.max(0, attemptsPerCode - attempt.attempts),
      });
    }
    await refundUses(db, charged);
    return attempt;
  }

  return {
    /** Sends a code to the mobile, whoever asks and whoever it is about: nothing is looked up before the mobile is proved. */
    async start(request: RegistrationRequest, client: Client) {
      // Depends on the kind of user name alone, so that it can be told before a message is sent for nothing.
      if (!mobileOwnership.asksAbout(request.person.kind)) throw new Problem(ownershipProblems.notAskable);
      const subject = subjectOf(...personIdParts(request.person));
      await countFlow(db, quotas, client, proofOfWork({ route: 'sign-up', subject, proof: request.proof }));
      const { token, digest } = newBearerSecret();
      const challengeId = randomUUID();
      const row = await db.transaction().execute(async (trx) => {
        const inserted = await registrations.insertRegistration(trx, {
          tokenDigest: digest,
          person: request.person,
          birthDate: jalaliToGregorian(request.birthDate),
          mobile: request.mobile,
          locale: client.locale,
          challengeId,
        });
        await sendCode(trx, { ...request, id: inserted.id, locale: client.locale, challengeId }, client);
        return inserted;
      });
      return {
        id: row.id,
        flowToken: token,
        expiresAt: row.expires_at,
        destination: maskMobile(request.mobile),
        codeExpiresAt: row.challenge_expires_at,
        resendInSeconds: resendPauseSeconds(row.sends),
        attemptsLeft: attemptsPerCode,
      };
    },

    /** Whether nothing has been done in a flow since it was started. */
    isUntouched: (key: FlowKey): Promise<boolean> => registrations.isUntouched(db, key),

    /** The same code while it lives, so that a late message still works. */
    async resend(key: FlowKey, client: Client): Promise<CodeSent> {
      const row = await db.transaction().execute(async (trx) => {
        const taken = await takeResend(
          trx,
          registrations.rowOf(key),
          randomUUID(),
          registrations.recipientColumns,
        );
        if (taken) await sendCode(trx, { ...taken, person: registrations.personOf(taken) }, client);
        return taken;
      });
      if (!row)
        throw (
          (await resendProblem(db, registrations.rowOf(key))) ?? (await stepProblem(db, key, 'verification'))
        );
      return {
        destination: maskMobile(row.mobile as Mobile),
        codeExpiresAt: row.codeExpiresAt,
        resendInSeconds: resendPauseSeconds(row.sends),
        attemptsLeft: attemptsPerCode - row.attempts,
      };
    },

    /** Proves the mobile; only then looks whether the details hold. */
    async verify(key: FlowKey, code: string, client: Client): Promise<{ expiresAt: Date }> {
      const { person: claimed, birthDate, mobile, challengeId } = await judge(key, code, client);
      const { name, of } = unansweredCounter('sms', mobile, client.network);
      await quotas.clear(db, name, of);
      const [person, ownership] = await Promise.all([
        registrations.findRegistrant(db, claimed, birthDate),
        mobileOwnership.check(claimed, mobile as Mobile),
      ]);
      if (ownership === 'unavailable') {
        await refundGuess(db, registrations.rowOf(key));
        throw new Problem(ownershipProblems.unavailable, {
          retryAfterSeconds: ownershipRetrySeconds,
        });
      }
      const refusal = refusalOf(ownership, person);
      if (refusal || !person) {
        await endRefused(
          key,
          challengeId,
          refusal === registrationProblems.alreadyRegistered ? person : undefined,
          client,
        );
        throw new Problem(refusal ?? registrationProblems.detailsDoNotMatch);
      }
      await barOtherHolders(contacts, mobile, person.id);
      const expiresAt = await registrations.markVerified(db, key, challengeId, person.id);
      if (!expiresAt) throw await stepProblem(db, key, 'verification');
      return { expiresAt };
    },

    /** Creates the account. Refused input leaves the verified registration as it is. */
    async complete(
      key: FlowKey,
      completion: Completion,
      client: Client,
    ): Promise<{ accountId: string; emailChange: SentCode | null }> {
      const registrant = await registrations.findVerified(db, key);
      if (!registrant) throw await stepProblem(db, key, 'completion');
      const { mobile, birthDate } = registrant;
      const numbers = {
        nationalCode: registrant.nationalCode ?? undefined,
        insuranceNumber: registrant.insuranceNumber ?? undefined,
        mobile,
      };
      const email = parseEmail(completion.email ?? '') ?? undefined;
      securityAnswers.check(completion.securityAnswers, '/securityAnswers', numbers);
      await passwords.checkNewPassword({
        password: completion.password,
        confirmation: completion.passwordConfirmation,
        pointers: { password: '/password', confirmation: '/passwordConfirmation' },
        context: {
          ...numbers,
          birthDate,
          names: [registrant.firstName, registrant.lastName],
          ...(email !== undefined && { email }),
        },
      });
      const passwordHash = await passwords.hasher.hash(completion.password);
      const answers = await securityAnswers.enrol(completion.securityAnswers);
      return db.transaction().execute(async (trx) => {
        const registration = await registrations.consumeVerified(trx, key);
        if (!registration?.insuredPersonId) throw await stepProblem(trx, key, 'completion');
        const accountId = await insertAccount(trx, {
          insuredPersonId: registration.insuredPersonId,
          person: registration.person,
          mobile: registration.mobile,
          locale: registration.locale,
          passwordHash,
          securityQuestions: answers.questions,
          securityAnswersHash: answers.hash,
        });
        // Another registration of the same person was completed first.
        if (!accountId) throw new Problem(registrationProblems.alreadyRegistered);
        await recordActivity(trx, {
          accountId,
          kind: 'account-created',
          outcome: 'succeeded',
          origin: client,
        });
        await notifyOwner(outbox, trx, { accountId, client }, { purpose: 'welcome' });
        const emailChange =
          email === undefined ? null : await proveAtSignUp(contacts, trx, { accountId, email }, client);
        return { accountId, emailChange };
      });
    },
  };

  /** Uses the proof up without a registration, and tells the owner of an account that somebody tried. */
  async function endRefused(
    key: FlowKey,
    challengeId: string,
    owner: { accountId: string | null } | undefined,
    client: Client,
  ): Promise<void> {
    const ended = await db.transaction().execute(async (trx) => {
      if (!(await registrations.endRegistration(trx, key, challengeId))) return false;
      if (!owner?.accountId) return true;
      const { accountId } = owner;
      await recordActivity(trx, {
        accountId,
        kind: 'registration-attempted',
        outcome: 'refused',
        origin: client,
      });
      await notifyOwner(outbox, trx, { accountId, client }, { purpose: 'registration-attempted' });
      return true;
    });
    if (!ended) throw await stepProblem(db, key, 'verification');
  }
}

/** Which of the two refusals, if any. One word for everything that does not match: it is not told what. */
function refusalOf(ownership: OwnershipAnswer, person: { accountId: string | null } | undefined) {
  if (ownership !== 'matched' || !person) return registrationProblems.detailsDoNotMatch;
  return person.accountId ? registrationProblems.alreadyRegistered : null;
}

/** Why a step is not taken: it has been, its time has not come, or there is no such registration. */
async function stepProblem(
  db: Kysely<Database>,
  key: FlowKey,
  step: 'verification' | 'completion',
): Promise<Problem> {
  const progress = await registrations.findProgress(db, key);
  if (!progress) return new Problem(flowProblems.notOpen);
  if (progress === 'completed') return new Problem(flowProblems.stepDone);
  const isNext = step === 'completion' ? progress === 'verified' : progress === 'started';
  // Another request was quicker, and has gone back on it.
  if (isNext) return new Problem(flowProblems.notOpen);
  return new Problem(step === 'completion' ? flowProblems.stepNotOpen : flowProblems.stepDone);
}
