import t from 'tap';
import { later, type Move, newState, type Players, type State } from './trust-model.ts';
import {
  distinct,
  holdsPlanted,
  type Play,
  playersWith,
  playsOfThief,
  reactionOfOwner,
  thieves,
} from './trust-players.ts';

/**
 * A thief and an owner over four days: the thief does whatever can be done, before and after the owner looks, and the
 * owner looks once a day. Of each day as many ways to come to it are followed as time allows, spread over all of them.
 */
const days = 4;
const movesPerHalfDay = 3;
const followedPerDay = Number(process.env.TRUST_MODEL_STATES ?? 400);

type Finding = Readonly<{ day: number; problem: string; moves: string[] }>;

/** What is wrong after the owner has reacted; `null`: nothing. */
function problemOf(state: State, reaction: readonly Move[]): string | null {
  const hasNewPassword = reaction.some(({ do: what }) => what === 'recover' || what === 'branch');
  if (state.sessions.includes('thief') || (hasNewPassword && state.knows.includes('thief'))) {
    return 'the thief is inside';
  }
  if (holdsPlanted(state)) return 'something planted is trusted, or about to be';
  return state.sessions.includes('owner') ? null : 'the owner is not back in';
}

/** So many of them, from all over. */
function spread(plays: readonly Play[], most: number): Play[] {
  const step = Math.max(1, plays.length / most);
  return plays.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function playDays(players: Players, start: State): { finding: Finding | null; states: number } {
  let plays: Play[] = [{ state: start, moves: [] }];
  let states = 0;
  for (let day = 1; day <= days; day += 1) {
    // In the night after the owner has looked, and in the morning before.
    const night = playsOfThief(players, spread(plays, followedPerDay), movesPerHalfDay);
    const morning = spread(night, followedPerDay * 4).map(({ state, moves }) => ({
      state: later(state, 12),
      moves,
    }));
    const ends = playsOfThief(players, morning, 1);
    states += night.length + ends.length;
    const next: Play[] = [];
    for (const { state, moves } of ends) {
      const reaction = reactionOfOwner(players, later(state, 12));
      const all = [...moves, ...reaction.moves];
      const problem = problemOf(reaction.state, reaction.moves);
      if (problem)
        return { finding: { day, problem, moves: all.map((move) => JSON.stringify(move)) }, states };
      next.push({ state: reaction.state, moves: all });
    }
    plays = distinct(next);
  }
  return { finding: null, states };
}

for (const [name, { has, knowsPassword }] of Object.entries(thieves)) {
  for (const hasEmail of has.includes('E') ? [true] : [true, false]) {
    t.test(`a thief ${name} against an owner ${hasEmail ? 'with' : 'without'} e-mail`, async (t) => {
      const start = newState(hasEmail, knowsPassword ? ['owner', 'thief'] : ['owner']);
      const { finding, states } = playDays(playersWith(has), start);
      t.comment(`${states} states`);
      t.equal(finding, null, JSON.stringify(finding, null, 1));
    });
  }
}

t.test(
  'the model finds a takeover on the first day where a confirmed change takes effect at once',
  async (t) => {
    const players = playersWith(['E'], { confirmsAtOnce: true });
    const { finding } = playDays(players, newState(true, ['owner', 'thief']));
    t.match(finding, { day: 1, problem: 'something planted is trusted, or about to be' });
  },
);
