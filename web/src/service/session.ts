import { ProblemError, type Session, SomebodyElseError, type Tokens } from '@savabegh/client';
import { keepLocale } from '../language/locale.ts';
import { savabegh } from './savabegh.ts';
import { createStore } from './store.ts';

/**
 * `restoring`: whether somebody is signed in is being asked; `unreachable`: no answer came; `null`: nobody is. The secret of
 * the session is in a cookie that no script reads; what is stored here says no more than that asking is worth it.
 */
export type SessionState = Session | 'restoring' | 'unreachable' | null;

const hint = 'savabegh-signed-in';
const current = createStore<SessionState>(localStorage.getItem(hint) ? 'restoring' : null);

export const useSession = current.use;

function begin(session: Session): void {
  localStorage.setItem(hint, '1');
  current.set(session);
}

/** @param tokens as the service answered a sign-in with `keep: "cookie"` */
export async function enter(tokens: Tokens): Promise<void> {
  begin(await savabegh.begin(tokens));
}

/** Nobody is signed in any more. */
export function leave(): void {
  localStorage.removeItem(hint);
  keepLocale();
  current.set(null);
}

/** Goes on with the session of the cookie, after the page was loaded anew. */
export async function restoreSession(): Promise<void> {
  if (current.get() === null) return;
  current.set('restoring');
  try {
    const session = await savabegh.resume();
    if (session) begin(session);
    else leave();
  } catch {
    // Whoever is offline stays signed in, and asks again.
    current.set('unreachable');
  }
}

export async function signOut(session: Session): Promise<void> {
  await session.signOut();
  leave();
}

/** After a refusal: whether it says that the session is over, also because the browser has become somebody else's. */
export function endIfOver(error: unknown): void {
  if (error instanceof SomebodyElseError) location.reload();
  if (error instanceof ProblemError && overCodes.includes(error.code)) leave();
}

const overCodes: readonly string[] = ['refresh-not-accepted', 'not-authenticated'];
