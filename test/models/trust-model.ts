import type { AddressKind, Kind } from '../../src/features/accounts/index.ts';

/**
 * The rule of trust as the specification has it, written without looking at SQL: an account, its owner and a thief.
 * Addresses and answers are names: `M`, `E` and `A` are the owner's, `Y` and `B` those that the thief would plant, `N` a
 * number that a branch sees in the owner's hand.
 */
export type Who = 'owner' | 'thief';
export type Value = 'M' | 'N' | 'E' | 'Y' | 'A' | 'B';

export type Event = Readonly<{
  cause: 'change' | 'password-change' | 'recovery' | 'bar';
  by: Who;
  kinds: readonly Kind[];
  barredKind: Kind | null;
  /** Addresses that the link went to. */
  told: readonly Value[];
  /** Hours. */
  at: number;
  isDisputed: boolean;
}>;

export type State = Readonly<{
  lock: 'open' | 'locked' | 'locked-two';
  trusted: Readonly<Record<Kind, Value | null>>;
  barred: readonly Kind[];
  pending: Readonly<Partial<Record<Kind, { value: Value | null; at: number }>>>;
  /** Who knows the password, and who is signed in. */
  knows: readonly Who[];
  sessions: readonly Who[];
  events: readonly Event[];
  now: number;
}>;

export type Move = Readonly<
  | { do: 'sign-in'; who: Who }
  | { do: 'recover'; who: Who; by: readonly Kind[] }
  | { do: 'change-password'; who: Who }
  | { do: 'propose'; who: Who; kind: Kind; value: Value | null }
  | { do: 'cancel'; who: Who; kind: Kind }
  | { do: 'bar'; who: Who; kind: Kind; proof: Kind }
  | { do: 'dispute'; who: Who; event: number; from: AddressKind }
  | { do: 'branch'; who: 'owner' }
>;

export type Players = Readonly<{
  /** What each can read or answer. */
  has: Readonly<Record<Who, readonly Value[]>>;
  /** The mistake that the model is to find: a change confirmed from a trusted address takes effect at once. */
  confirmsAtOnce?: boolean;
}>;

const disputeHours = 72;
const addressKinds = ['mobile', 'email'] as const;
const isAddress = (kind: Kind): kind is AddressKind => kind !== 'answers';
const without = <T>(list: readonly T[], item: T) => list.filter((each) => each !== item);
const withAlso = <T>(list: readonly T[], item: T) => (list.includes(item) ? list : [...list, item].sort());

export function newState(hasEmail: boolean, knows: readonly Who[]): State {
  return {
    lock: 'open',
    trusted: { mobile: 'M', email: hasEmail ? 'E' : null, answers: 'A' },
    barred: [],
    pending: {},
    knows,
    sessions: [],
    events: [],
    now: 0,
  };
}

/** Whether somebody can prove a kind that the account trusts. */
export function canProve({ has }: Players, { trusted, barred }: State, who: Who, kind: Kind): boolean {
  const value = trusted[kind];
  return value !== null && !barred.includes(kind) && has[who].includes(value);
}

/** The state after a move; `null`: it is refused. */
export function after(players: Players, state: State, move: Move): State | null {
  switch (move.do) {
    case 'sign-in':
      if (state.lock !== 'open' || !state.knows.includes(move.who)) return null;
      return { ...state, sessions: withAlso(state.sessions, move.who) };
    case 'recover':
      return recovered(players, state, move);
    case 'change-password':
      if (!isIn(state, move.who)) return null;
      return withEvent(
        { ...state, pending: {}, knows: [move.who], sessions: [move.who] },
        {
          cause: 'password-change',
          by: move.who,
          kinds: [],
        },
      );
    case 'propose':
      return proposed(players, state, move);
    case 'cancel': {
      if (!isIn(state, move.who) || !state.pending[move.kind]) return null;
      const { [move.kind]: _gone, ...pending } = state.pending;
      return { ...state, pending };
    }
    case 'bar':
      return barred(players, state, move);
    case 'dispute':
      return disputed(players, state, move);
    case 'branch':
      // What was not proved at the desk goes, and nothing that was sent before speaks any more.
      return {
        ...state,
        lock: 'open',
        trusted: { ...state.trusted, mobile: 'N', email: null },
        barred: state.barred.filter((kind) => !isAddress(kind)),
        pending: {},
        knows: ['owner'],
        sessions: [],
        events: [],
      };
  }
}

const isIn = ({ lock, sessions, knows }: State, who: Who) =>
  lock === 'open' && sessions.includes(who) && knows.includes(who);

function withEvent(
  state: State,
  event: Pick<Event, 'cause' | 'by' | 'kinds'> & { barredKind?: Kind },
): State {
  const isTold = (kind: AddressKind) =>
    event.barredKind
      ? kind === event.barredKind
      : !state.barred.includes(kind) && !(event.cause === 'recovery' && event.kinds.includes(kind));
  const told = addressKinds.filter(isTold).flatMap((kind) => state.trusted[kind] ?? []);
  const whole = { barredKind: null, at: state.now, isDisputed: false, told, ...event };
  return { ...state, events: [...state.events, whole] };
}

function recovered(players: Players, state: State, { who, by }: Move & { do: 'recover' }): State | null {
  const needed = state.lock === 'locked-two' ? 2 : 1;
  // The first proof that is enough opens the step: nothing more is asked for.
  if (by.length !== needed || !by.every((kind) => canProve(players, state, who, kind))) return null;
  const opened = { ...state, lock: 'open' as const, pending: {}, knows: [who], sessions: [] };
  return withEvent(opened, { cause: 'recovery', by: who, kinds: [...by].sort() });
}

function proposed(
  players: Players,
  state: State,
  { who, kind, value }: Move & { do: 'propose' },
): State | null {
  const { has } = players;
  if (!isIn(state, who) || (value !== null && !has[who].includes(value))) return null;
  if (value === null && (kind !== 'email' || state.trusted.email === null)) return null;
  const isTold = addressKinds.some((each) => state.trusted[each] !== null && !state.barred.includes(each));
  if (!isTold && !canProve(players, state, who, 'answers')) return null;
  const pending = { ...state.pending, [kind]: { value, at: state.now } };
  const told = withEvent({ ...state, pending }, { cause: 'change', by: who, kinds: [kind] });
  const isConfirmed = addressKinds.some((each) => canProve(players, state, who, each));
  return players.confirmsAtOnce && isConfirmed ? trust(told, kind) : told;
}

function trust(state: State, kind: Kind): State {
  const { [kind]: ripe, ...pending } = state.pending;
  if (!ripe) return state;
  return {
    ...state,
    pending,
    trusted: { ...state.trusted, [kind]: ripe.value },
    barred: without(state.barred, kind),
  };
}

function barred(players: Players, state: State, { who, kind, proof }: Move & { do: 'bar' }): State | null {
  const rested = state.events.some(
    (event) =>
      event.cause === 'recovery' && event.kinds.includes(proof) && event.at > state.now - disputeHours,
  );
  const isThere = state.trusted[kind] !== null && !state.barred.includes(kind);
  if (!isIn(state, who) || kind === proof || !isThere || rested) return null;
  if (!canProve(players, state, who, proof)) return null;
  const next = { ...state, barred: withAlso(state.barred, kind) };
  return withEvent(next, { cause: 'bar', by: who, kinds: [proof], barredKind: kind });
}

/** Whether the link of an event that went to this address can be used there by somebody. */
export function canDispute(
  players: Players,
  state: State,
  who: Who,
  event: Event,
  from: AddressKind,
): boolean {
  const value = state.trusted[from];
  if (value === null || !event.told.includes(value) || !players.has[who].includes(value)) return false;
  if (event.at <= state.now - disputeHours) return false;
  if (event.cause === 'bar') return from === event.barredKind;
  return !state.barred.includes(from) && !(event.cause === 'recovery' && event.kinds.includes(from));
}

function disputed(
  players: Players,
  state: State,
  { who, event: index, from }: Move & { do: 'dispute' },
): State | null {
  const event = state.events[index];
  if (!event || !canDispute(players, state, who, event, from)) return null;
  if (event.isDisputed) return state;
  const restsOnProof = event.cause === 'recovery' || event.cause === 'bar';
  let kinds = event.barredKind ? without(state.barred, event.barredKind) : state.barred;
  for (const kind of restsOnProof ? event.kinds : []) kinds = withAlso(kinds, kind);
  const isAgainstAddress = restsOnProof && event.kinds.some(isAddress);
  return {
    ...state,
    lock: isAgainstAddress || state.lock === 'locked-two' ? 'locked-two' : 'locked',
    barred: [...kinds].sort(),
    pending: {},
    sessions: [],
    events: state.events.map((each) => (each === event ? { ...each, isDisputed: true } : each)),
  };
}

/** Time passes: what is ripe becomes trusted while the account is open. */
export function later(state: State, hours: number): State {
  let next: State = { ...state, now: state.now + hours };
  for (const kind of ['mobile', 'email', 'answers'] as const) {
    const change = next.pending[kind];
    if (next.lock === 'open' && change && change.at <= next.now - disputeHours) next = trust(next, kind);
  }
  return next;
}
