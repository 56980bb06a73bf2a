import { randomBytes } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client, Principal } from '../../kernel/client.ts';
import { digestBearerSecret, type Keyring, type Mac, newBearerSecret } from '../../kernel/keyring.ts';
import type { NationalCode } from '../../kernel/national-code.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { upgradeHash } from '../accounts/accounts.repository.ts';
import { type ActivityKind, recordActivity } from '../activity/activity.ts';
import type { Allowance, Budgets } from '../budgets/budgets.ts';
import type { Passwords } from '../passwords/index.ts';
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-token.ts';
import { sessionProblems } from './sessions.problems.ts';
import * as sessions from './sessions.repository.ts';

export type SessionDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of a national code: what budgets of people count by. */
  subjectOf: Mac;
  budgets: Budgets;
  passwords: Passwords;
  accessTokens: Readonly<{ ttlSeconds: number; sign(principal: Principal): string }>;
}>;

export type Tokens = Readonly<{
  tokenType: 'Bearer';
  accessToken: string;
  accessTokenExpiresInSeconds: number;
  refreshToken: string;
  sessionExpiresAt: Date;
}>;

/** Failed sign-ins of one account from one device, or from all unknown ones together. */
export const failedSignIns: Allowance = { limit: 20, windowSeconds: 15 * 60 };
const seedBytes = 32;

export type SessionService = ReturnType<typeof createSessionService>;

export function createSessionService(deps: SessionDependencies) {
  const { db, keyring, subjectOf, budgets, passwords, accessTokens } = deps;

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

  return {
    /**
     * Signs in. Unknown, wrong and disabled cost the same hash and the same statements; only the right
     * password is told that an account is disabled.
     */
    async signIn(
      credentials: { nationalCode: NationalCode; password: string; deviceToken: string | null },
      client: Client,
    ): Promise<Tokens & { deviceToken?: string }> {
      const { nationalCode, password, deviceToken } = credentials;
      const account = await sessions.findForSignIn(db, nationalCode, digestBearerSecret(deviceToken ?? ''));
      const deviceDigest = account?.deviceDigest ?? null;
      const budget = [subjectOf(nationalCode), deviceDigest ?? 'elsewhere'];
      const spent = await budgets.spend(db, 'sign-in', budget, failedSignIns);
      if (!spent.allowed) {
        throw new Problem(commonProblems.tooManyRequests, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const { matches, needsRehash } = await passwords.hasher.verify(password, account?.passwordHash ?? null);
      if (!account || !matches || account.state !== 'active') {
        await record(db, account?.id ?? null, 'sign-in-failed', 'refused', client);
        throw new Problem(
          account && matches ? sessionProblems.accountDisabled : sessionProblems.credentialsNotAccepted,
        );
      }
      const seed = randomBytes(seedBytes);
      const device = deviceDigest ? null : newBearerSecret();
      const session = await db.transaction().execute(async (trx) => {
        // The password may have been changed while its old hash was being computed.
        if (!(await sessions.holdAccount(trx, account.id, account.passwordHash))) {
          throw new Problem(sessionProblems.credentialsNotAccepted);
        }
        await budgets.refund(trx, 'sign-in', budget);
        if (device) await sessions.insertDevice(trx, account.id, device.digest);
        if (deviceDigest) await sessions.touchDevice(trx, deviceDigest);
        await record(trx, account.id, 'signed-in', 'succeeded', client);
        return sessions.insertSession(trx, account.id, seed, client);
      });
      if (needsRehash) {
        await upgradeHash(db, account.id, account.passwordHash, await passwords.hasher.hash(password));
      }
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
        (await sessions.rotate(db, session.id, generation)) ??
        (await sessions.findJustRotated(db, session.id, generation, client));
      if (!rotated) {
        // Neither current nor just replaced: an older one that comes back, unless the session merely expired.
        const now = await sessions.findSession(db, session.id);
        if (now && generation < now.generation) await endReused(session, client);
        throw new Problem(sessionProblems.refreshNotAccepted);
      }
      return tokensOf({ ...session, generation: generation + 1, expiresAt: rotated.expiresAt });
    },

    /** Signs out: the access token is refused from the next request on, everywhere. */
    async endCurrent(principal: Principal, client: Client): Promise<void> {
      await db.transaction().execute(async (trx) => {
        if (!(await sessions.endSession(trx, principal))) throw new Problem(commonProblems.notAuthenticated);
        await record(trx, principal.accountId, 'signed-out', 'succeeded', client);
      });
    },
  };
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
