import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { newBearerSecret } from '../../kernel/keyring.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { Problem } from '../../kernel/problem.ts';
import { type AccountState, type Kind, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import type { SessionDependencies } from './dependencies.ts';
import { issueTokens, type SessionTokens } from './session-tokens.ts';
import { sessionProblems } from './sessions.problems.ts';
import * as sessions from './sessions.repository.ts';

export type SignedIn = Readonly<{
  tokens: SessionTokens;
  /** What the device is known by from now on; `null`: it is not, or was known before. */
  newDeviceToken: string | null;
  /** Ways into the account that are barred: an owner whose only address it was has no other way to hear of it. */
  barredKinds: readonly Kind[];
}>;

export type ProvedSignIn = Readonly<{
  account: Readonly<{ id: string; passwordHash: string; barredKinds: readonly Kind[] }>;
  person: PersonId;
  /** Digest of the token of a device that the account knows. */
  deviceDigest: Buffer | null;
  /** “This is my device”: an unknown one gets a token. */
  rememberDevice: boolean;
  caller: Caller;
}>;

const seedBytes = 32;

/**
 * Session, device, network, activity and notices, in the transaction of a caller who has locked the account. Whoever
 * gets this far gave the right password, so a stranger cannot make the owner's phone ring.
 */
export async function beginSession(
  deps: SessionDependencies,
  trx: Transaction<Database>,
  { account, person, deviceDigest, rememberDevice, caller }: ProvedSignIn,
): Promise<SignedIn> {
  const { outbox, lifetimes, knownNetworks } = deps;
  const { id: accountId, passwordHash, barredKinds } = account;
  const seed = randomBytes(seedBytes);
  const begun = await sessions.insertSession(trx, { accountId, passwordHash, seed, caller, lifetimes });
  // The password was changed while its old hash was being computed.
  if (!begun) throw new Problem(sessionProblems.credentialsNotAccepted);
  const newDevice = !deviceDigest && rememberDevice ? newBearerSecret() : null;
  if (newDevice) await sessions.insertDevice(trx, accountId, newDevice.digest);
  if (deviceDigest) await sessions.touchDevice(trx, deviceDigest);
  await knownNetworks.remember(trx, { accountId, person, network: caller.network });
  const kind = deviceDigest ? 'signed-in' : 'signed-in-on-new-device';
  await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: caller });
  const displaced = begun.displaced > 0 ? 'session-displaced' : null;
  if (displaced) {
    await recordActivity(trx, { accountId, kind: displaced, outcome: 'succeeded', origin: caller });
  }
  // One notice for both: the one of too many names the new device as well.
  const purpose = displaced ?? (deviceDigest ? null : 'signed-in-on-new-device');
  if (purpose) await notifyOwner(outbox, trx, { accountId, caller }, { purpose });
  const { id, expiresAt } = begun;
  return {
    tokens: issueTokens(deps.keyring, { id, expiresAt, accountId, seed }, 0),
    newDeviceToken: newDevice?.token ?? null,
    barredKinds,
  };
}

/** What stands against signing in is told only after the right password. */
export function toRefusal(state: AccountState | undefined) {
  if (state === 'locked' || state === 'locked-two') return sessionProblems.accountLocked;
  return state === 'disabled' ? sessionProblems.accountDisabled : sessionProblems.credentialsNotAccepted;
}
