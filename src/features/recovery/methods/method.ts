import type { Localised } from '../../../kernel/locale.ts';
import type { Channel, channels } from '../../../messaging/channels.ts';

/** What an account trusts, as far as a device that it knows is shown. */
export type Trusted = Readonly<{ mobile: string | null; email: string | null }>;

/** All that a way of recovery is. Its name stands in the API, in rows and in `RECOVERY_METHODS`. */
export type MethodDefinition = Readonly<{
  /** As people and the contract call it. */
  name: Localised;
  /** What a device that the account knows is shown of it; `null`: the person has nothing to be reached by. */
  show(trusted: Trusted): Readonly<{ destination?: string }> | null;
}> &
  (CodeBy<Channel> | AnswersAsked);

/** `kind`: what of an account it rests on; `channel`: how its code leaves. */
type CodeBy<Each extends Channel> = {
  [C in Each]: Readonly<{ kind: (typeof channels)[C]['kind']; channel: C }>;
}[Each];

/** Answers are asked for, and judging them takes a hash. */
type AnswersAsked = Readonly<{ kind: 'answers'; channel: null }>;
