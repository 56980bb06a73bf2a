import type { Kind } from '../../accounts/index.ts';

/** What an account trusts, as far as a device that it knows is shown. */
export type Trusted = Readonly<{ mobile: string | null; email: string | null }>;

/** All that a way of recovery is. Its name stands in the API, in rows and in `RECOVERY_METHODS`. */
export type MethodDefinition = Readonly<{
  /** What of an account it rests on. */
  kind: Kind;
  /** How its code leaves; `null`: answers are asked for, and judging them takes a hash. */
  channel: 'sms' | 'email' | null;
  /** What a device that the account knows is shown of it; `null`: the person has nothing to be reached by. */
  show(trusted: Trusted): Readonly<{ destination?: string }> | null;
}>;
