import fc from 'fast-check';
import t from 'tap';
import type { IntakeReport, Withdrawal } from '../../src/features/employer-lists/index.ts';
import { countMonths, countYears } from '../../src/features/records/counting.ts';
import { parseEntries } from '../../src/features/records/month-entry.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { type Files, list, openRegister, type Register, toCode, work } from '../support/register.ts';

/**
 * Employers, contracts, people, months, corrections, second lists, repeats, withdrawals, birth dates that differ
 * and national codes left out at random, sent in a random order and several at once, against a reckoning that keeps
 * the versions of each list on a stack.
 */

const people = Array.from({ length: 6 }, (_, n) => ({
  code: toCode(n),
  number: `0012345${n}`,
  name: `${'الفبپتثج'[n]}حمدی`,
}));
/** What lists say of a birth date; the first says nothing. */
const births = ['', '13700101', '13500101'] as const;
const gregorianBirths = ['', '1991-03-21', '1971-03-21'] as const;

type Work = Readonly<{ days: number; birth: number; hasCode: boolean }>;
type Sent = Readonly<{
  workshop: number;
  month: number;
  number: number;
  contract: number;
  /** By person; who is absent is not on the list. */
  work: Readonly<Record<string, Work>>;
}>;

const anySent: fc.Arbitrary<Sent> = fc.record({
  workshop: fc.integer({ min: 0, max: 2 }),
  month: fc.integer({ min: 1, max: 3 }),
  number: fc.integer({ min: 1, max: 2 }),
  contract: fc.integer({ min: 0, max: 1 }),
  work: fc.dictionary(
    fc.integer({ min: 0, max: people.length - 1 }).map(String),
    fc.record({
      days: fc.integer({ min: 0, max: 31 }),
      birth: fc.integer({ min: 0, max: births.length - 1 }),
      hasCode: fc.boolean(),
    }),
    { minKeys: 1 },
  ),
});
/** A list is sent, or one that was taken in before is taken back: of all of them the one at this place. */
type Step = Readonly<{ sent: Sent } | { place: number }>;

/** Some lists once, some again and again, in batches whose steps are taken at the same time. */
const anyBatches: fc.Arbitrary<Step[][]> = fc
  .array(anySent, { minLength: 1, maxLength: 8 })
  .chain((lists) => {
    const send = fc.constantFrom(...lists).map((sent): Step => ({ sent }));
    const withdraw = fc.double({ min: 0, max: 0.99, noNaN: true }).map((place): Step => ({ place }));
    const step = fc.oneof({ arbitrary: send, weight: 3 }, { arbitrary: withdraw, weight: 2 });
    return fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 10 });
  });

const personAt = (index: string) => people[Number(index)] as (typeof people)[number];

const filesOf = ({ workshop, month, number, contract, work: rows }: Sent): Files =>
  list({
    workshop: `100000000${workshop}`,
    month,
    number: `0${number}`,
    contractRow: `00${contract}`,
    rows: Object.entries(rows).map(([index, { days, birth, hasCode }]) => {
      const { code, number, name } = personAt(index);
      const said = { DSW_ID1: number, DSW_LNAME: name, DSW_BDATE: births[birth] ?? '' };
      return work(hasCode ? code : '', days, 5_000_000, said);
    }),
  });

const toKey = ({ workshop, month, number, contract }: Sent) => `${workshop}/${month}/${contract}/${number}`;

async function empty({ pool }: Register): Promise<void> {
  await pool.query(
    `truncate insured_person, workshop, employer_list, employer_list_row, employer_list_row_person,
       insurance_record cascade`,
  );
}

type Current = Readonly<{ sent: Sent; listId: number }>;

/** What was answered to a step; a refusal by its code. */
type Outcome = Readonly<{ key: string }> &
  (
    | Readonly<{ sent: Sent; report: IntakeReport }>
    | Readonly<{ listId: number; withdrawal: Withdrawal | null; refusal: string | null }>
  );

/** Of each list the versions that were taken in and not taken back, the one that counts last. */
type Stacks = ReadonlyMap<string, readonly Current[]>;

/** What the plain reckoning makes of a step; `null` where it would have answered otherwise. */
function reckon(stack: readonly Current[], outcome: Outcome): readonly Current[] | null {
  const top = stack.at(-1);
  if ('sent' in outcome) {
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
  const expected = stack.some((current) => current.listId === listId) ? 'list-replaced' : 'list-withdrawn';
  return refusal === expected ? stack : null;
}

/** Steps that were taken at once have an order in which each of them was answered rightly: the stack after it. */
function findOrder(stack: readonly Current[], outcomes: readonly Outcome[]): readonly Current[] | null {
  if (outcomes.length === 0) return stack;
  for (const [index, outcome] of outcomes.entries()) {
    const next = reckon(stack, outcome);
    const end = next && findOrder(next, outcomes.toSpliced(index, 1));
    if (end) return end;
  }
  return null;
}

/** `null`: what was answered contradicts the reckoning. */
function addBatch(stacks: Stacks, outcomes: readonly Outcome[]): Stacks | null {
  const added = new Map(stacks);
  for (const [key, ofList] of Map.groupBy(outcomes, (outcome) => outcome.key)) {
    const stack = findOrder(stacks.get(key) ?? [], ofList);
    if (stack === null) return null;
    added.set(key, stack);
  }
  return added;
}

async function takeStep(register: Register, step: Step, known: readonly Current[]): Promise<Outcome | null> {
  if ('sent' in step) {
    const { sent } = step;
    const report = await register.ingest(filesOf(sent), { confirmRemovals: true });
    return { key: toKey(sent), sent, report };
  }
  const meant = known[Math.floor(step.place * known.length)];
  if (meant === undefined) return null;
  const { listId } = meant;
  const asked = { key: toKey(meant.sent), listId };
  try {
    const request = { listId, by: 'employer', confirmRemovals: true };
    return { ...asked, withdrawal: await register.lists.withdraw(request), refusal: null };
  } catch (error) {
    if (error instanceof Problem) return { ...asked, withdrawal: null, refusal: error.kind.code };
    throw error;
  }
}

/** Months and days of a person as these lists say. */
function monthsOf(index: string, current: readonly Current[]): string[] {
  return current.flatMap(({ sent, listId }) => {
    const row = sent.work[index];
    return row ? [`${sent.month} 100000000${sent.workshop} ${listId} ${row.days}`] : [];
  });
}

/** The birth date that most workshops give in their newest list that gives one; '' where none does. */
function birthOf(index: string, current: readonly Current[]): string {
  const said = current
    .filter(({ sent }) => (sent.work[index]?.birth ?? 0) > 0)
    .sort((a, b) => b.sent.month - a.sent.month || b.listId - a.listId);
  const newest = [...new Set(said.map(({ sent }) => sent.workshop))].map((workshop) =>
    said.findIndex(({ sent }) => sent.workshop === workshop),
  );
  const votes = (birth: number) => newest.filter((place) => said[place]?.sent.work[index]?.birth === birth);
  const [a, b] = [votes(1), votes(2)];
  if (a.length === 0 && b.length === 0) return '';
  const first = a.length > b.length || (a.length === b.length && Math.min(...a) < Math.min(...b));
  return gregorianBirths[first ? 1 : 2];
}

/** Whether the register holds of this person what the plain reckoning says. */
async function isAsReckoned(
  { pool }: Register,
  index: string,
  taken: readonly Current[],
  current: readonly Current[],
): Promise<boolean> {
  const { number, code } = personAt(index);
  const rows = taken.flatMap(({ sent }) => sent.work[index] ?? []);
  const { rows: found } = await pool.query(
    `select national_code as code, birth_date::text as birth, coalesce(recent || settled, '') as entries
     from insured_person left join insurance_record on insured_person_id = id where insurance_number = $1`,
    [number],
  );
  if (found.length !== (rows.length > 0 ? 1 : 0)) return false;
  const [person] = found;
  if (!person) return true;
  if (person.code !== (rows.some(({ hasCode }) => hasCode) ? code : null)) return false;
  const birth = birthOf(index, current);
  if (birth !== '' && person.birth !== birth) return false;
  const record = parseEntries(person.entries);
  const months = monthsOf(index, current);
  const entries = record.map(
    (entry) => `${entry.month.month} ${entry.workshopCode} ${entry.listId} ${entry.days}`,
  );
  if (entries.sort().join() !== months.sort().join()) return false;
  const total = months.reduce((sum, month) => sum + Number(month.split(' ')[3]), 0);
  return (countYears(countMonths(record))[0]?.days.raw ?? 0) === total;
}

/** Takes the steps, batch by batch; `null` when an answer contradicts the reckoning. */
async function play(register: Register, batches: readonly Step[][]) {
  const taken: Current[] = [];
  let stacks: Stacks = new Map();
  for (const batch of batches) {
    const answers = await Promise.all(batch.map((step) => takeStep(register, step, [...taken])));
    const outcomes = answers.filter((outcome) => outcome !== null);
    const next = addBatch(stacks, outcomes);
    if (next === null) return null;
    stacks = next;
    for (const outcome of outcomes) {
      if (!('sent' in outcome) || outcome.report.state === 'unchanged') continue;
      taken.push({ sent: outcome.sent, listId: outcome.report.listId as number });
    }
  }
  return { taken, current: [...stacks.values()].flatMap((stack) => stack.at(-1) ?? []) };
}

/** What counts already may be sent again as often as one likes. */
async function changesNothing(register: Register, lists: readonly Sent[]): Promise<boolean> {
  const before = await register.everything();
  for (const sent of lists) {
    if ((await register.ingest(filesOf(sent))).state !== 'unchanged') return false;
  }
  return (await register.everything()) === before;
}

t.test(
  'whatever is sent and taken back, in whatever order and at once, records and register are what the lists that count say',
  async (t) => {
    const register = await openRegister(t);
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        await empty(register);
        const played = await play(register, batches);
        if (played === null) return false;
        const { taken, current } = played;
        for (const index of people.keys()) {
          if (!(await isAsReckoned(register, String(index), taken, current))) return false;
        }
        const { rows } = await register.pool.query(
          'select count(*) as lists from employer_list where replaced_by is null and withdrawn_at is null',
        );
        if (rows[0].lists !== current.length) return false;

        if ((await register.verify()) > 0) return false;
        return changesNothing(
          register,
          current.map(({ sent }) => sent),
        );
      }),
      { numRuns: 25, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  },
);
