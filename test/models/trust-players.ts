import type { Kind } from '../../src/features/accounts/index.ts';
import {
  after,
  canDispute,
  canProve,
  type Move,
  type Players,
  type State,
  type Value,
  type Who,
} from './trust-model.ts';

const kinds: readonly Kind[] = ['mobile', 'email', 'answers'];
const addressKinds = ['mobile', 'email'] as const;

/** The five thieves: what they have, and whether they know the password. */
export const thieves: Readonly<Record<string, Readonly<{ has: readonly Value[]; knowsPassword: boolean }>>> =
  {
    'who knows the password': { has: [], knowsPassword: true },
    'who knows the password and reads the mailbox': { has: ['E'], knowsPassword: true },
    'with a stolen SIM': { has: ['M'], knowsPassword: false },
    'who reads the mailbox': { has: ['E'], knowsPassword: false },
    'who knows the answers': { has: ['A'], knowsPassword: false },
  };

/** Who has a stolen SIM has taken it from the owner; everything else both have. */
export function playersWith(has: readonly Value[], more: Partial<Players> = {}): Players {
  const owner: Value[] = ['M', 'N', 'E', 'A'];
  return {
    has: { owner: owner.filter((value) => value !== 'M' || !has.includes('M')), thief: [...has, 'Y', 'B'] },
    ...more,
  };
}

const planted: readonly (Value | null)[] = ['Y', 'B'];

/** Whether the account trusts, or is about to trust, what the thief has put there. */
export function holdsPlanted({ trusted, pending }: State): boolean {
  return (
    kinds.some((kind) => planted.includes(trusted[kind])) ||
    Object.values(pending).some((change) => change && planted.includes(change.value))
  );
}

/** Everything that somebody can do in a state. */
export function movesOf(players: Players, state: State, who: Who): Move[] {
  return attemptsOf(state, who).filter((move) => after(players, state, move) !== null);
}

/** Everything that somebody can try. */
export function attemptsOf(state: State, who: Who): Move[] {
  const pairs = kinds.flatMap((a) => kinds.filter((b) => b > a).map((b) => [a, b] as const));
  return [
    { do: 'sign-in', who },
    ...kinds.map((kind) => ({ do: 'recover', who, by: [kind] }) as const),
    // Where one is enough, nobody is asked for two.
    ...(state.lock === 'locked-two' ? pairs : []).map((by) => ({ do: 'recover', who, by }) as const),
    { do: 'change-password', who },
    { do: 'propose', who, kind: 'email', value: who === 'thief' ? 'Y' : 'E' },
    { do: 'propose', who, kind: 'email', value: null },
    { do: 'propose', who, kind: 'answers', value: who === 'thief' ? 'B' : 'A' },
    ...kinds.map((kind) => ({ do: 'cancel', who, kind }) as const),
    ...kinds.flatMap((kind) => kinds.map((proof) => ({ do: 'bar', who, kind, proof }) as const)),
    ...state.events.flatMap((_, event) =>
      addressKinds.map((from) => ({ do: 'dispute', who, event, from }) as const),
    ),
  ];
}

/** Two states that differ in nothing that anybody can use are one; times count from now. */
function toKey({ now, events, pending, ...state }: State): string {
  const ages = events.map(({ at, ...event }) => JSON.stringify({ ...event, age: now - at }));
  const waiting = Object.entries(pending).map(([kind, { value, at }]) => [kind, value, now - at]);
  return JSON.stringify([state, ages.sort(), waiting.sort()]);
}

/** Each state once. */
export function distinct(plays: readonly Play[]): Play[] {
  return [...new Map(plays.map((play) => [toKey(play.state), play])).values()];
}

export type Play = Readonly<{ state: State; moves: readonly Move[] }>;

/** Every state that a thief can bring about with so many moves, each once, with one way there. */
export function playsOfThief(players: Players, starts: readonly Play[], depth: number): Play[] {
  let all = distinct(starts);
  let edge = all;
  for (let move = 0; move < depth && edge.length > 0; move += 1) {
    const known = new Set(all.map(({ state }) => toKey(state)));
    const reached = edge.flatMap(({ state, moves }) =>
      movesOf(players, state, 'thief').flatMap((each) => {
        const next = after(players, state, each);
        return next ? [{ state: { ...next, events: newestEvents(next) }, moves: [...moves, each] }] : [];
      }),
    );
    edge = distinct(reached).filter(({ state }) => !known.has(toKey(state)));
    all = [...all, ...edge];
  }
  return all;
}

/** Of two events that differ in their time alone the newer says all that the older one does, and for longer. */
function newestEvents({ events }: State): State['events'] {
  const byText = new Map(events.map((event) => [JSON.stringify({ ...event, at: 0 }), event]));
  return [...byText.values()];
}

/**
 * What an owner does who looks once a day: disputes whatever is told of that was not theirs, gets back in by what is left,
 * bars a SIM that was stolen, and goes to a branch when nothing else works. Returns the state and what was done.
 */
export function reactionOfOwner(players: Players, start: State): Play {
  let play: Play = { state: start, moves: [] };
  const attempt = (move: Move): boolean => {
    const state = after(players, play.state, move);
    if (state) play = { state, moves: [...play.moves, move] };
    return state !== null;
  };
  // A sign-in on a device that the account does not know is told as well.
  const foreign = start.events.some(({ by }) => by === 'thief') || start.sessions.includes('thief');
  disputeAll(players, start, attempt);
  const lostSim = !players.has.owner.includes('M') && start.trusted.mobile === 'M';
  const isUntouched = !foreign && play.state.lock === 'open' && play.state.knows.includes('owner');
  if (isUntouched) attempt({ do: 'sign-in', who: 'owner' });
  else if (!getBackIn(players, play.state, attempt)) attempt({ do: 'branch', who: 'owner' });
  attempt({ do: 'sign-in', who: 'owner' });
  if (lostSim)
    for (const proof of ['email', 'answers'] as const)
      attempt({ do: 'bar', who: 'owner', kind: 'mobile', proof });
  return play;
}

function disputeAll(players: Players, state: State, attempt: (move: Move) => boolean): void {
  for (const cause of ['bar', 'recovery', 'password-change', 'change']) {
    for (const [event, each] of state.events.entries()) {
      if (each.by !== 'thief' || each.cause !== cause || each.isDisputed) continue;
      const from = addressKinds.find((kind) => canDispute(players, state, 'owner', each, kind));
      if (from) attempt({ do: 'dispute', who: 'owner', event, from });
    }
  }
}

function getBackIn(players: Players, state: State, attempt: (move: Move) => boolean): boolean {
  const own = kinds.filter((kind) => canProve(players, state, 'owner', kind));
  const by = state.lock === 'locked-two' ? own.slice(0, 2) : own.slice(0, 1);
  return by.length > 0 && attempt({ do: 'recover', who: 'owner', by });
}
