import type { Caller, Principal } from '../../kernel/caller.ts';
import { idempotencyProblems } from '../../kernel/idempotency-key.ts';
import { Problem } from '../../kernel/problem.ts';
import { lockAccount, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import type { SessionDependencies } from './dependencies.ts';
import * as refreshes from './refresh.repository.ts';
import { isGenuine, parseRefreshToken } from './refresh-token.ts';
import { issueTokens, type SessionTokens } from './session-tokens.ts';
import { sessionProblems } from './sessions.problems.ts';

export type RefreshInput = Readonly<{
  refreshToken: string;
  /** Of the first try, where this is a later one. */
  idempotencyKey: string | null;
}>;

/** Sessions that a refresh token can speak for: a genuine token of whatever age. */
type Presented = Readonly<{
  session: NonNullable<Awaited<ReturnType<typeof refreshes.findRefreshSession>>>;
  generation: number;
}>;

/** @throws {Problem} `refresh-not-accepted` unless the token is one of ours and its session has a row */
async function findPresented({ db, keyring }: SessionDependencies, refreshToken: string): Promise<Presented> {
  const claim = parseRefreshToken(refreshToken);
  const session = claim && (await refreshes.findRefreshSession(db, claim.sessionId));
  if (!claim || !session || !isGenuine(keyring, claim, session.seed)) {
    throw new Problem(sessionProblems.refreshNotAccepted);
  }
  return { session, generation: claim.generation };
}

/** Whom a refresh token speaks for, if it was ever given out. @throws {Problem} `refresh-not-accepted` */
export async function findRefreshPrincipal(
  deps: SessionDependencies,
  refreshToken: string,
): Promise<Principal> {
  const { session } = await findPresented(deps, refreshToken);
  return { accountId: session.accountId, sessionId: session.id };
}

/**
 * Rotates the pair. A token that was replaced gets the same successor again while that has not been used: for ten
 * minutes from anywhere, for a day with the key of the first try. Any other copy ends the session, and its owner is told.
 * @throws {Problem} `refresh-not-accepted`, `refresh-superseded`, `idempotency-key-reused`
 */
export async function refreshSession(
  deps: SessionDependencies,
  { refreshToken, idempotencyKey }: RefreshInput,
  caller: Caller,
): Promise<SessionTokens> {
  const { db, keyring, lifetimes } = deps;
  const { session, generation } = await findPresented(deps, refreshToken);
  const attempt: refreshes.RefreshTry = {
    principal: { accountId: session.accountId, sessionId: session.id },
    generation,
    keyDigests:
      idempotencyKey === null
        ? []
        : keyring.accept('refresh-idempotency-key').map((mac) => mac(session.id, idempotencyKey)),
  };
  const rotated = await refreshes.rotate(db, attempt, lifetimes, caller);
  if (rotated) return issueTokens(keyring, { ...session, ...rotated }, generation + 1);
  const judged = await refreshes.judgeRefresh(db, attempt);
  switch (judged?.verdict) {
    case 'repeated':
      return issueTokens(keyring, { ...session, expiresAt: judged.expiresAt }, generation + 1);
    case 'superseded':
      throw new Problem(sessionProblems.refreshSuperseded);
    case 'key-of-another':
      throw new Problem(idempotencyProblems.keyReused);
    case 'reused':
      await endReused(deps, attempt, caller);
      break;
  }
  throw new Problem(sessionProblems.refreshNotAccepted);
}

/** Ends the family of a token that was used twice: either the thief or the owner holds the other copy. */
async function endReused(
  { db, outbox }: SessionDependencies,
  attempt: refreshes.RefreshTry,
  caller: Caller,
): Promise<void> {
  const { accountId } = attempt.principal;
  const kind = 'session-revoked';
  await db.transaction().execute(async (trx) => {
    await lockAccount(trx, accountId);
    if (!(await refreshes.endReusedSession(trx, attempt))) return;
    await recordActivity(trx, { accountId, kind, outcome: 'refused', origin: caller });
    await notifyOwner(outbox, trx, { accountId, caller }, { purpose: kind });
  });
}
