import { randomBytes } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client, Principal } from '../../kernel/client.ts';
import { deviceName } from '../../kernel/device-name.ts';
import { digestBearerSecret, type Keyring, newBearerSecret } from '../../kernel/keyring.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { holdSession, upgradeHash } from '../accounts/index.ts';
import { type ActivityKind, recordActivity } from '../activity/activity.ts';
import { noticeUsefulForSeconds } from '../flows/flow.ts';
import type { Passwords } from '../passwords/index.ts';
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-token.ts';
import { sessionProblems } from './sessions.problems.ts';
import * as sessions from './sessions.repository.ts';
import type { SignInAttempt, SignInPace } from './sign-in-pace.ts';

export type SessionDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  outbox: Outbox;
  pace: SignInPace;
  passwords: Passwords;
  lifetimes: sessions.SessionLifetimes;
  accessTokens: Readonly<{ ttlSeconds: number; sign(principal: Principal): string }>;
}>;

export type Tokens = Readonly<{
  tokenType: 'Bearer';
  accessToken: string;
  accessTokenExpiresInSeconds: number;
  refreshToken: string;
  sessionExpiresAt: Date;
}>;

const seedBytes = 32;

export type SessionService = ReturnType<typeof createSessionService>;

export function createSessionService(deps: SessionDependencies) {
  const { db, keyring, outbox, pace, passwords, lifetimes, accessTokens } = deps;

  function tokensOf(session: {
    id: string;
    accountId: string;
    seed: Buffer;
    generation: number;
    expiresAt: Date;
  }): Tokens {
    return {
      tokenType: 'Bearer',
      accessToken: accessTokens.sign({ accountId: session.accountId, sessionId: session.id }),
      accessTokenExpiresInSeconds: accessTokens.ttlSeconds,
      refreshToken: refreshTokenOf(keyring, session, session.generation),
      sessionExpiresAt: session.expiresAt,
    };
  }

  /** Ends the family of a token that was used twice: either the thief or the owner holds the other copy. */
  async function endReused(session: { id: string; accountId: string }, client: Client): Promise<void> {
    await db.transaction().execute(async (trx) => {
      if (await sessions.endSession(trx, { accountId: session.accountId, sessionId: session.id })) {
        await record(trx, session.accountId, 'session-revoked', 'refused', client);
      }
    });
  }

  /** Writes a failure down and, after many, tells the owner. The same statements where there is none. */
  async function recordFailure(
    attempt: SignInAttempt,
    account: { id: string; locale: Locale } | null,
    failures: number,
  ): Promise<void> {
    const { client } = attempt;
    await db.transaction().execute(async (trx) => {
      await record(trx, account?.id ?? null, 'sign-in-failed', 'refused', client);
      if (!(await pace.mustWarn(trx, attempt, failures))) return;
      for (const channel of ['sms', 'email'] as const) {
        await outbox.enqueue(trx, {
          channel,
          purpose: 'sign-in-failures',
          locale: account?.locale ?? client.locale,
          accountId: account?.id ?? null,
          network: client.network,
          usefulForSeconds: noticeUsefulForSeconds,
        });
      }
    });
  }

  /** With today's cost and pepper. The session has begun: without a place for one more hash it waits for the next. */
  async function renewHash(account: { id: string; passwordHash: string }, password: string): Promise<void> {
    try {
      await upgradeHash(db, account.id, account.passwordHash, await passwords.hasher.hash(password));
    } catch (error) {
      if (!(error instanceof Problem && error.kind === commonProblems.busy)) throw error;
    }
  }

  return {
    /**
     * Signs in. Unknown, wrong and disabled cost the same hash and the same statements; only the right
     * password is told that an account is disabled.
     */
    async signIn(
      credentials: { person: PersonId; password: string; deviceToken: string | null },
      client: Client,
    ): Promise<Tokens & { deviceToken?: string }> {
      const { person, password, deviceToken } = credentials;
      const account = await sessions.findForSignIn(db, person, digestBearerSecret(deviceToken ?? ''));
      const deviceDigest = account?.deviceDigest ?? null;
      const attempt = { person, deviceDigest, client };
      const failures = await pace.count(db, attempt);
      const { matches, needsRehash } = await passwords.hasher
        .verify(password, account?.passwordHash ?? null)
        .catch(async (error: unknown) => {
          await pace.giveBack(db, attempt);
          throw error;
        });
      if (!account || !matches || account.state !== 'open') {
        await recordFailure(attempt, account ?? null, failures);
        throw new Problem(refusalOf(matches ? account?.state : undefined));
      }
      const seed = randomBytes(seedBytes);
      const device = deviceDigest ? null : newBearerSecret();
      const session = await db.transaction().execute(async (trx) => {
        const { id: accountId, passwordHash } = account;
        const begun = await sessions.insertSession(trx, { accountId, passwordHash, seed, client, lifetimes });
        // The password was changed while its old hash was being computed.
        if (!begun) throw new Problem(sessionProblems.credentialsNotAccepted);
        if (device) await sessions.insertDevice(trx, accountId, device.digest);
        if (deviceDigest) await sessions.touchDevice(trx, deviceDigest);
        await record(trx, accountId, 'signed-in', 'succeeded', client);
        return begun;
      });
      // Outside: the counter of a network is everybody's, and not to be held until the end of a transaction.
      await pace.giveBack(db, attempt);
      if (needsRehash) await renewHash(account, password);
      return {
        ...tokensOf({ ...session, accountId: account.id, seed, generation: 0 }),
        ...(device && { deviceToken: device.token }),
      };
    },

    /** Rotates the pair. A token used twice ends its session, but for a quick retry of the same client. */
    async refresh(refreshToken: string, client: Client): Promise<Tokens> {
      const claim = parseRefreshToken(refreshToken);
      const session = claim && (await sessions.findSession(db, claim.sessionId));
      if (!claim || !session || !isGenuine(keyring, claim, session.seed)) {
        throw new Problem(sessionProblems.refreshNotAccepted);
      }
      const { generation } = claim;
      const rotated =
        (await sessions.rotate(db, { id: session.id, generation }, lifetimes, client)) ??
        (await sessions.findJustRotated(db, session.id, generation, client));
      if (!rotated) {
        // Neither current nor just replaced: an older one that comes back, unless the session merely expired.
        const now = await sessions.findSession(db, session.id);
        if (now && generation < now.generation) await endReused(session, client);
        throw new Problem(sessionProblems.refreshNotAccepted);
      }
      return tokensOf({ ...session, generation: generation + 1, expiresAt: rotated.expiresAt });
    },

    async list(principal: Principal) {
      const found = await sessions.findSessions(db, principal);
      if (found.length === 0) throw new Problem(commonProblems.notAuthenticated);
      return found.map((session) => ({
        ...session,
        device: deviceName(session.userAgent),
        current: session.id === principal.sessionId,
      }));
    },

    /** Ends one session of the person: its tokens are refused from the next request on, everywhere. */
    async end(principal: Principal, sessionId: string, client: Client): Promise<void> {
      const { accountId } = principal;
      await db.transaction().execute(async (trx) => {
        await holdSession(trx, principal);
        if (!(await sessions.endSession(trx, { accountId, sessionId }))) {
          throw new Problem(sessionProblems.sessionNotFound);
        }
        const kind = sessionId === principal.sessionId ? 'signed-out' : 'session-ended';
        await record(trx, accountId, kind, 'succeeded', client);
      });
    },

    /** Ends all sessions of the person, or all others. A sign-in at the same time comes before or after. */
    async endAll(principal: Principal, keepCurrent: boolean, client: Client): Promise<void> {
      const { accountId, sessionId } = principal;
      await db.transaction().execute(async (trx) => {
        await holdSession(trx, principal);
        await sessions.endSessions(trx, accountId, keepCurrent ? { sessionId } : null);
        const kind = keepCurrent ? 'other-sessions-ended' : 'all-sessions-ended';
        await record(trx, accountId, kind, 'succeeded', client);
      });
    },
  };
}

/** What stands against signing in is told only after the right password. */
function refusalOf(state: string | undefined) {
  if (state === 'locked' || state === 'locked-two') return sessionProblems.accountLocked;
  return state === 'disabled' ? sessionProblems.accountDisabled : sessionProblems.credentialsNotAccepted;
}

function record(
  db: Kysely<Database> | Transaction<Database>,
  accountId: string | null,
  kind: ActivityKind,
  outcome: 'succeeded' | 'refused',
  origin: Client,
): Promise<void> {
  return recordActivity(db, { accountId, kind, outcome, origin });
}
