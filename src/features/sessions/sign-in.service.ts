import type { Caller } from '../../kernel/caller.ts';
import { digestBearerSecret } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { lockAccount, notifyOwner, upgradeHash } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { beginSession, type SignedIn, toRefusal } from './begin-session.ts';
import type { SessionDependencies } from './dependencies.ts';
import * as sessions from './sessions.repository.ts';
import type { CountedAttempt, SignInAttempt } from './sign-in-throttle.ts';
import { askForCode, type CodeStep } from './two-steps.ts';

export type SignInInput = Readonly<{
  person: PersonId;
  password: string;
  /** Of an earlier sign-in on this device. */
  deviceToken: string | null;
  /** “This is my device”: an unknown one gets a token. */
  rememberDevice: boolean;
  /** `Proof-Of-Work`; `null`: none. */
  proof: string | null;
}>;

export type SignInStep = SignedInHere | CodeStep;

type SignedInHere = Omit<SignedIn, 'newDeviceToken'> &
  Readonly<{
    next: null;
    /** What the device is known by from now on; none: it is not. */
    deviceToken: string | null;
  }>;

type Account = Readonly<{ id: string; passwordHash: string }>;

/**
 * Signs in, or asks for a code where the counters of an unknown device are used up. Unknown, wrong and disabled cost the
 * same hash and the same statements; only the right password is told that an account is disabled.
 * @throws {Problem} `credentials-not-accepted`, `account-locked`, `account-disabled`, `proof-of-work-required`, `busy`
 */
export async function signIn(
  deps: SessionDependencies,
  { person, password, deviceToken, rememberDevice, proof }: SignInInput,
  caller: Caller,
): Promise<SignInStep> {
  const { db, throttle, passwords } = deps;
  const account = await sessions.findForSignIn(db, person, digestBearerSecret(deviceToken ?? ''));
  const deviceDigest = account?.deviceDigest ?? null;
  const attempt = { person, deviceDigest, caller };
  const counted =
    (await throttle.countKnownDevice(db, attempt)) ?? (await countUnknownDevice(deps, attempt, proof));
  const { matches, needsRehash } = await passwords.hasher
    .verify(password, account?.passwordHash ?? null)
    .catch(async (error: unknown) => {
      await throttle.refund(db, attempt, counted);
      throw error;
    });
  const isRight = account !== undefined && matches;
  if (!isRight || counted.inTwoSteps) await deps.pressure.noteGuess({ at: 'password', isRight });
  if (counted.inTwoSteps)
    return askForCode(deps, attempt, account && matches ? account : null, account?.id ?? null);
  if (!account || !matches || account.state !== sessions.openState) {
    await recordFailure(deps, attempt, account ?? null, counted.failures);
    throw new Problem(toRefusal(matches ? account?.state : undefined));
  }
  const signedIn = await db.transaction().execute(async (trx) => {
    await lockAccount(trx, account.id);
    return beginSession(deps, trx, { account, person, deviceDigest, rememberDevice, caller });
  });
  // Outside: the counter of a network is everybody's, and not to be held until the end of a transaction.
  await throttle.refund(db, attempt, counted);
  if (needsRehash) await renewHash(deps, account, password);
  const { newDeviceToken, ...begun } = signedIn;
  return { ...begun, next: null, deviceToken: newDeviceToken ?? (deviceDigest && deviceToken) };
}

/** @throws {Problem} `proof-of-work-required`, which counts nothing */
async function countUnknownDevice(
  { db, throttle, pressure, subjectOf, proofOfWork }: SessionDependencies,
  attempt: SignInAttempt,
  proof: string | null,
): Promise<CountedAttempt> {
  if ((await pressure.isHigh()) || (await throttle.needsWork(db, attempt))) {
    const subject = subjectOf(...personIdParts(attempt.person));
    const work = proofOfWork({ route: 'sign-in', subject, proof });
    if (!(await work.isDone())) throw await work.required();
  }
  return throttle.count(db, attempt);
}

/** Writes a failure down and, after many, tells the owner. The same statements where there is none. */
async function recordFailure(
  { db, throttle, outbox }: SessionDependencies,
  attempt: SignInAttempt,
  account: Account | null,
  failures: number,
): Promise<void> {
  const { caller } = attempt;
  const accountId = account?.id ?? null;
  await db.transaction().execute(async (trx) => {
    await recordActivity(trx, { accountId, kind: 'sign-in-failed', outcome: 'refused', origin: caller });
    if (!(await throttle.shouldNotify(trx, attempt, failures))) return;
    await notifyOwner(outbox, trx, { accountId, caller }, { purpose: 'sign-in-failures' });
  });
}

/** With today's cost and pepper. The session has begun: without a place for one more hash it waits for the next. */
async function renewHash(
  { db, passwords }: SessionDependencies,
  account: Account,
  password: string,
): Promise<void> {
  try {
    await upgradeHash(db, account.id, account.passwordHash, await passwords.hasher.hash(password));
  } catch (error) {
    if (!(error instanceof Problem && error.kind === commonProblems.busy)) throw error;
  }
}
