import type { Connection } from '../../../src/database/connection.ts';
import type { ProviderEvent } from './provider.ts';

export type Judgement = Readonly<{
  committed: number;
  requests: number;
  kills: number;
  cuts: number;
  /** By state and reason. */
  ends: Readonly<Record<string, number>>;
  /** Committed, and never taken by a provider. */
  lost: readonly string[];
  /** Taken more than once, because the answer was lost, or the worker died in the middle. */
  duplicatesByLostAnswer: number;
  duplicatesByDeath: number;
  duplicatesUnexplained: readonly string[];
  /** Sent although the cause was rolled back. */
  phantoms: readonly string[];
  /** Handed to another provider although the first may have taken it. */
  sentElsewhere: readonly string[];
  /** Repeated with another text. */
  changedTexts: readonly string[];
}>;

/** When workers were killed, and when the database went away and came back. */
export type Disturbances = Readonly<{ kills: readonly number[]; cuts: readonly number[] }>;

/** Holds what the outbox says against what the providers' sides saw. */
export async function judge(
  { db }: Connection,
  events: readonly ProviderEvent[],
  { kills, cuts }: Disturbances,
): Promise<Judgement> {
  const rows = await db.selectFrom('message').select(['destination', 'state', 'failure']).execute();
  const committed = new Set(rows.map(({ destination }) => `0${destination?.slice(3)}`));
  const ends: Record<string, number> = {};
  for (const { state, failure } of rows) {
    const end = failure === null ? state : `${state} (${failure})`;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  const byNumber = Map.groupBy(events, ({ number }) => number);
  const lost = [...committed].filter((number) => !byNumber.get(number)?.some(({ accepted }) => accepted));
  const phantoms = [...byNumber.keys()].filter((number) => !committed.has(number));
  let duplicatesByLostAnswer = 0;
  let duplicatesByDeath = 0;
  const duplicatesUnexplained: string[] = [];
  const sentElsewhere: string[] = [];
  const changedTexts: string[] = [];
  for (const [number, requests] of byNumber) {
    if (new Set(requests.map(({ text }) => text)).size > 1) changedTexts.push(number);
    const open = requests.find(({ answer }) => answer === 'nothing');
    if (open && requests.some((each) => each.provider !== open.provider && each.startedAt > open.endedAt)) {
      sentElsewhere.push(number);
    }
    const taken = requests.filter(({ accepted }) => accepted).sort((a, b) => a.startedAt - b.startedAt);
    for (const earlier of taken.slice(0, -1)) {
      if (earlier.answer === 'nothing') duplicatesByLostAnswer += 1;
      else if (diedInTheMiddle(earlier, kills, cuts)) duplicatesByDeath += 1;
      else duplicatesUnexplained.push(number);
    }
  }
  return {
    committed: committed.size,
    requests: events.length,
    kills: kills.length,
    cuts: cuts.length / 2,
    ends,
    lost,
    phantoms,
    duplicatesByLostAnswer,
    duplicatesByDeath,
    duplicatesUnexplained,
    sentElsewhere,
    changedTexts,
  };
}

/** From a yes to the note of it there is a moment; with the database away, up to a quarter of a minute. */
const noteMs = 1_500;
const noteWithoutDatabaseMs = 15_000;

function diedInTheMiddle(event: ProviderEvent, kills: readonly number[], cuts: readonly number[]): boolean {
  const databaseWasAway = cuts.some((at) => Math.abs(at - event.endedAt) < noteWithoutDatabaseMs);
  const until = event.endedAt + (databaseWasAway ? noteWithoutDatabaseMs : noteMs);
  return kills.some((at) => at >= event.startedAt && at <= until);
}
