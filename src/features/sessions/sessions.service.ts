import type { Caller, Principal } from '../../kernel/caller.ts';
import { deviceName } from '../../kernel/device-name.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { holdSession } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import type { FlowKey } from '../one-time-codes/index.ts';
import type { SessionDependencies } from './dependencies.ts';
import { findRefreshPrincipal, type RefreshInput, refreshSession } from './refresh.service.ts';
import { sessionProblems } from './sessions.problems.ts';
import * as sessions from './sessions.repository.ts';
import { type SignInInput, signIn } from './sign-in.service.ts';
import { isUntouchedSignIn } from './two-steps.repository.ts';
import { type CodeInput, verifySignIn } from './two-steps.ts';

export type SessionService = ReturnType<typeof createSessionService>;

export function createSessionService(deps: SessionDependencies) {
  return {
    signIn: (input: SignInInput, caller: Caller) => signIn(deps, input, caller),
    /** Whether a session lives and has not been refreshed yet, so that the answer that began it may have been lost. */
    isUnrefreshed: (principal: Principal) => sessions.isUnrefreshed(deps.db, principal),
    isUntouched: (key: FlowKey) => isUntouchedSignIn(deps.db, key),
    verify: (key: FlowKey, input: CodeInput, caller: Caller) => verifySignIn(deps, key, input, caller),
    refresh: (input: RefreshInput, caller: Caller) => refreshSession(deps, input, caller),
    list: (principal: Principal) => listSessions(deps, principal),
    end: (principal: Principal, sessionId: string, caller: Caller) =>
      endOneSession(deps, principal, sessionId, caller),
    endAll: (principal: Principal, keepCurrent: boolean, caller: Caller) =>
      endAllSessions(deps, principal, keepCurrent, caller),
    /** Whom a refresh token speaks for, of whatever age. @throws {Problem} `refresh-not-accepted` */
    principalOfRefreshToken: (refreshToken: string) => findRefreshPrincipal(deps, refreshToken),
    reauthenticate: (principal: Principal, password: string, caller: Caller) =>
      reauthenticate(deps, principal, password, caller),
  };
}

/** Every live session of the person, used last first. @throws {Problem} `not-authenticated` */
async function listSessions({ db }: SessionDependencies, principal: Principal) {
  const found = await sessions.findSessions(db, principal);
  if (found.length === 0) throw new Problem(commonProblems.notAuthenticated);
  return found.map((session) => ({
    ...session,
    device: deviceName(session.userAgent),
    current: session.id === principal.sessionId,
  }));
}

/**
 * Ends one session of the person: its tokens are refused from the next request on, everywhere.
 * @throws {Problem} `not-authenticated`, `session-not-found`
 */
async function endOneSession(
  { db }: SessionDependencies,
  principal: Principal,
  sessionId: string,
  origin: Caller,
): Promise<void> {
  const { accountId } = principal;
  await db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    if (!(await sessions.endSession(trx, { accountId, sessionId }))) {
      throw new Problem(sessionProblems.sessionNotFound);
    }
    const kind = sessionId === principal.sessionId ? 'signed-out' : 'session-ended';
    await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin });
  });
}

/**
 * Ends all sessions of the person, or all others. A sign-in at the same time comes before or after.
 * @throws {Problem} `not-authenticated`
 */
async function endAllSessions(
  { db }: SessionDependencies,
  principal: Principal,
  keepCurrent: boolean,
  origin: Caller,
): Promise<void> {
  const { accountId, sessionId } = principal;
  await db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    await sessions.endSessions(trx, accountId, keepCurrent ? { sessionId } : null);
    const kind = keepCurrent ? 'other-sessions-ended' : 'all-sessions-ended';
    await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin });
  });
}

/**
 * The session counts as freshly signed in once more (`requireFreshSession`).
 * @throws {Problem} `current-password-not-accepted`, `not-authenticated`, `too-many-wrong-passwords`, `busy`
 */
async function reauthenticate(
  { db, currentPassword }: SessionDependencies,
  principal: Principal,
  password: string,
  origin: Caller,
): Promise<void> {
  const owner = await currentPassword.prove(principal, password, origin);
  await db.transaction().execute(async (trx) => {
    await currentPassword.hold(trx, principal, owner);
    await sessions.markAuthenticated(trx, principal.sessionId);
    const { accountId } = principal;
    await recordActivity(trx, { accountId, kind: 'reauthenticated', outcome: 'succeeded', origin });
  });
}
