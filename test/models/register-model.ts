import type { IntakeReport, Withdrawal } from '../../src/features/employer-lists/index.ts';

/**
 * Lists and people as the specification has them, reckoned without looking at SQL: the versions of each list on a
 * stack, people who were merged as a forest, and what most workshops say in their newest lists.
 */

/** What a row says; of who is called how, `identities` of the test. */
export type Work = Readonly<{ days: number; birth: number; hasCode: boolean }>;

export type Sent = Readonly<{
  workshop: number;
  month: number;
  number: number;
  contract: number;
  /** By identity, in the order of the rows; who is absent is not on the list. */
  work: Readonly<Record<string, Work>>;
}>;

/** A list that was taken in. */
export type Taken = Readonly<{ sent: Sent; listId: number }>;

/** What was answered to a step; a refusal by its code. */
export type Outcome =
  | Readonly<{ did: 'send'; key: string; sent: Sent; report: IntakeReport }>
  | Readonly<{
      did: 'withdraw';
      key: string;
      listId: number;
      withdrawal: Withdrawal | null;
      refusal: string | null;
    }>
  /** `changeId`: `null` when it was refused. */
  | Readonly<{ did: 'merge'; from: number; to: number; changeId: string | null }>
  | Readonly<{ did: 'split'; merge: string; isDone: boolean }>;

/** Of each list the versions that were taken in and not taken back, the one that counts last. */
export type Stacks = ReadonlyMap<string, readonly Taken[]>;

/** Who has become part of whom, and by which change. */
export type Forest = ReadonlyMap<number, Readonly<{ to: number; changeId: string }>>;

export type Reckoned = Readonly<{ stacks: Stacks; forest: Forest }>;

export const nothing: Reckoned = { stacks: new Map(), forest: new Map() };

type ListOutcome = Extract<Outcome, { key: string }>;
type PeopleOutcome = Exclude<Outcome, ListOutcome>;

/** What becomes of a list by a step; `null` where it would have been answered otherwise. */
function reckonList(stack: readonly Taken[], outcome: ListOutcome): readonly Taken[] | null {
  const top = stack.at(-1);
  if (outcome.did === 'send') {
    const { sent, report } = outcome;
    const isSame = top !== undefined && JSON.stringify(top.sent.work) === JSON.stringify(sent.work);
    if (isSame) return report.state === 'unchanged' && report.listId === top.listId ? stack : null;
    const isTaken = report.state.startsWith('accepted') && report.replaces === (top?.listId ?? null);
    return isTaken ? [...stack, { sent, listId: report.listId as number }] : null;
  }
  const { listId, withdrawal, refusal } = outcome;
  if (top?.listId === listId) {
    return withdrawal && withdrawal.restored === (stack.at(-2)?.listId ?? null) ? stack.slice(0, -1) : null;
  }
  const expected = stack.some((taken) => taken.listId === listId) ? 'list-replaced' : 'list-withdrawn';
  return refusal === expected ? stack : null;
}

/** The same of people: only who stands alone can be merged, and only from who stands alone can somebody be split off. */
function reckonPeople(forest: Forest, outcome: PeopleOutcome): Forest | null {
  if (outcome.did === 'merge') {
    const { from, to, changeId } = outcome;
    const isPossible = !forest.has(from) && !forest.has(to);
    if (isPossible !== (changeId !== null)) return null;
    return changeId === null ? forest : new Map(forest).set(from, { to, changeId });
  }
  const edge = [...forest].find(([, { changeId }]) => changeId === outcome.merge);
  const isPossible = edge !== undefined && !forest.has(edge[1].to);
  if (isPossible !== outcome.isDone) return null;
  return isPossible ? new Map([...forest].filter(([, { changeId }]) => changeId !== outcome.merge)) : forest;
}

/** Steps that were taken at once have an order in which each of them was answered rightly: the state after it. */
function findOrder<State, Step>(
  state: State,
  steps: readonly Step[],
  reckon: (state: State, step: Step) => State | null,
): State | null {
  if (steps.length === 0) return state;
  for (const [index, step] of steps.entries()) {
    const next = reckon(state, step);
    const end = next && findOrder(next, steps.toSpliced(index, 1), reckon);
    if (end) return end;
  }
  return null;
}

/** What stands after steps that were taken at once; `null`: what was answered contradicts the reckoning. */
export function addBatch({ stacks, forest }: Reckoned, outcomes: readonly Outcome[]): Reckoned | null {
  const added = new Map(stacks);
  const ofLists = outcomes.flatMap((outcome) => ('key' in outcome ? outcome : []));
  for (const [key, ofList] of Map.groupBy(ofLists, (outcome) => outcome.key)) {
    const stack = findOrder(stacks.get(key) ?? [], ofList, reckonList);
    if (stack === null) return null;
    added.set(key, stack);
  }
  const ofPeople = outcomes.flatMap((outcome) => ('key' in outcome ? [] : outcome));
  const after = findOrder(forest, ofPeople, reckonPeople);
  return after && { stacks: added, forest: after };
}

/** Lists that count. */
export const inForce = ({ stacks }: Reckoned): readonly Taken[] =>
  [...stacks.values()].flatMap((stack) => stack.at(-1) ?? []);

/** The person whom an identity means by now. */
export function rootOf(forest: Forest, identity: number): number {
  const edge = forest.get(identity);
  return edge === undefined ? identity : rootOf(forest, edge.to);
}

/** A row of a list in force, of one of these identities. */
type Word = Readonly<{ identity: number; workshop: number; month: number; listId: number; row: number }> &
  Work;

export function wordsOf(identities: readonly number[], lists: readonly Taken[]): Word[] {
  return lists.flatMap(({ sent: { workshop, month, work }, listId }) =>
    Object.entries(work).flatMap(([identity, said], row) =>
      identities.includes(Number(identity))
        ? { ...said, identity: Number(identity), workshop, month, listId, row }
        : [],
    ),
  );
}

/** What most workshops say in their newest list that says anything, of equally many the newest; '' where none does. */
export function vote(words: readonly Word[], say: (word: Word) => string): string {
  const newestFirst = words
    .filter((word) => say(word) !== '')
    .sort((a, b) => b.month - a.month || b.listId - a.listId || a.row - b.row);
  const ofWorkshops = [...Map.groupBy(newestFirst, ({ workshop }) => workshop).values()].map(
    ([word]) => word,
  );
  const newest = newestFirst.filter((word) => ofWorkshops.includes(word));
  const groups = [...Map.groupBy(newest, say)].sort(([, a], [, b]) => b.length - a.length);
  return groups[0]?.[0] ?? '';
}
