import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import { deviceName } from '../../kernel/device-name.ts';
import { digestBearerSecret, newBearerSecret } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { type AccountState, type Kind, lockAccount, notifyOwner, upgradeHash } from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import type { SessionDependencies } from './dependencies.ts';
import { issueTokens, type Tokens } from './session-tokens.ts';
import { sessionProblems } from './sessions.problems.ts';
import * as sessions from './sessions.repository.ts';
import type { SignInAttempt } from './sign-in-throttle.ts';

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

export type SignedIn = Readonly<{
  tokens: Tokens;
  /** What the device is known by from now on; none: it is not. */
  deviceToken: string | null;
  /** Ways into the account that are barred: an owner whose only address it was has no other way to hear of it. */
  barredKinds: readonly Kind[];
}>;

type Account = Readonly<{ id: string; passwordHash: string }>;

const seedBytes = 32;

/**
 * Signs in. Unknown, wrong and disabled cost the same hash and the same statements; only the right
 * password is told that an account is disabled.
 * @throws {Problem} `credentials-not-accepted`, `account-locked`, `account-disabled`, `too-many-requests`, `proof-of-work-required`, `busy`
 */
export async function signIn(
  deps: SessionDependencies,
  { person, password, deviceToken, rememberDevice, proof }: SignInInput,
  client: Client,
): Promise<SignedIn> {
  const { db, throttle, passwords } = deps;
  const account = await sessions.findForSignIn(db, person, digestBearerSecret(deviceToken ?? ''));
  const deviceDigest = account?.deviceDigest ?? null;
  const attempt = { person, deviceDigest, client };
  if (!deviceDigest && deps.pressure.isHigh()) {
    const subject = deps.subjectOf(...personIdParts(person));
    const work = deps.proofOfWork({ route: 'sign-in', subject, proof });
    if (!(await work.isDone())) throw await work.required();
  }
  const failures = await throttle.count(db, attempt);
  const { matches, needsRehash } = await passwords.hasher
    .verify(password, account?.passwordHash ?? null)
    .catch(async (error: unknown) => {
      await throttle.refund(db, attempt);
      throw error;
    });
  if (!account || !matches || account.state !== sessions.openState) {
    deps.pressure.noteFailure();
    await recordFailure(deps, attempt, account ?? null, failures);
    throw new Problem(refusalOf(matches ? account?.state : undefined));
  }
  const newDevice = !deviceDigest && rememberDevice ? newBearerSecret() : null;
  const seed = randomBytes(seedBytes);
  const session = await beginSession(deps, account, seed, client, async (trx) => {
    if (newDevice) await sessions.insertDevice(trx, account.id, newDevice.digest);
    if (deviceDigest) await sessions.touchDevice(trx, deviceDigest);
    return deviceDigest !== null;
  });
  // Outside: the counter of a network is everybody's, and not to be held until the end of a transaction.
  await throttle.refund(db, attempt);
  if (needsRehash) await renewHash(deps, account, password);
  return {
    tokens: issueTokens(deps, { ...session, accountId: account.id, seed }, 0),
    deviceToken: newDevice ? newDevice.token : deviceDigest && deviceToken,
    barredKinds: account.barredKinds,
  };
}

/**
 * Session, device, activity and notices in one transaction. Whoever gets this far gave the right password, so a
 * stranger cannot make the owner's phone ring.
 * @param meetDevice whether the account knew the device before
 */
async function beginSession(
  { db, outbox, lifetimes }: SessionDependencies,
  { id: accountId, passwordHash }: Account,
  seed: Buffer,
  client: Client,
  meetDevice: (trx: Transaction<Database>) => Promise<boolean>,
): Promise<{ id: string; expiresAt: Date }> {
  return db.transaction().execute(async (trx) => {
    await lockAccount(trx, accountId);
    const begun = await sessions.insertSession(trx, { accountId, passwordHash, seed, client, lifetimes });
    // The password was changed while its old hash was being computed.
    if (!begun) throw new Problem(sessionProblems.credentialsNotAccepted);
    const isKnown = await meetDevice(trx);
    const kind = isKnown ? 'signed-in' : 'signed-in-on-new-device';
    await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: client });
    const displaced = begun.displaced > 0 ? 'session-displaced' : null;
    if (displaced) {
      await recordActivity(trx, { accountId, kind: displaced, outcome: 'succeeded', origin: client });
    }
    // One notice for both: the one of too many names the new device as well.
    const purpose = displaced ?? (isKnown ? null : 'signed-in-on-new-device');
    if (purpose) {
      const parameters = { network: client.coarseNetwork, device: deviceName(client.userAgent) ?? '' };
      await notifyOwner(outbox, trx, { accountId, client }, { purpose, parameters });
    }
    return begun;
  });
}

/** Writes a failure down and, after many, tells the owner. The same statements where there is none. */
async function recordFailure(
  { db, throttle, outbox }: SessionDependencies,
  attempt: SignInAttempt,
  account: Account | null,
  failures: number,
): Promise<void> {
  const { client } = attempt;
  const accountId = account?.id ?? null;
  await db.transaction().execute(async (trx) => {
    await recordActivity(trx, { accountId, kind: 'sign-in-failed', outcome: 'refused', origin: client });
    if (!(await throttle.shouldNotify(trx, attempt, failures))) return;
    await notifyOwner(outbox, trx, { accountId, client }, { purpose: 'sign-in-failures' });
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

/** What stands against signing in is told only after the right password. */
function refusalOf(state: AccountState | undefined) {
  if (state === 'locked' || state === 'locked-two') return sessionProblems.accountLocked;
  return state === 'disabled' ? sessionProblems.accountDisabled : sessionProblems.credentialsNotAccepted;
}
