import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { type PeopleDependencies, requestMerge, reverseChange } from '../../src/features/people/index.ts';
import { countMonths, countYears } from '../../src/features/records/counting.ts';
import { recordWriter } from '../../src/features/records/index.ts';
import { parseEntries } from '../../src/features/records/month-entry.ts';
import { endRegistrations } from '../../src/features/registration/index.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { createOutbox } from '../../src/messaging/index.ts';
import {
  addBatch,
  inForce,
  nothing,
  type Outcome,
  type Reckoned,
  rootOf,
  type Sent,
  type Taken,
  vote,
  wordsOf,
} from '../models/register-model.ts';
import { type Files, list, openRegister, type Register, toCode, work } from '../support/register.ts';

/**
 * Employers, contracts, people, months, corrections, second lists, repeats, withdrawals, birth dates that differ,
 * national codes left out, people merged and split: at random, in a random order and several at once, against the
 * plain reckoning.
 */

const people = Array.from({ length: 6 }, (_, n) => ({
  code: toCode(n),
  number: `0012345${n}`,
  name: `${'الفبپتثج'[n]}حمدی`,
}));
/** More by hand: `REGISTER_RUNS=400`. */
const numRuns = Number(process.env.REGISTER_RUNS ?? 25);
const identities = [...people.keys()];
/** What lists say of a birth date; the first says nothing. */
const births = ['', '13700101', '13500101'] as const;
const gregorianBirths = ['', '1991-03-21', '1971-03-21'] as const;

const anyIdentity = fc.constantFrom(...identities);
const anySent: fc.Arbitrary<Sent> = fc.record({
  workshop: fc.integer({ min: 0, max: 2 }),
  month: fc.integer({ min: 1, max: 3 }),
  number: fc.integer({ min: 1, max: 2 }),
  contract: fc.integer({ min: 0, max: 1 }),
  work: fc.dictionary(
    anyIdentity.map(String),
    fc.record({
      days: fc.integer({ min: 0, max: 31 }),
      birth: fc.integer({ min: 0, max: births.length - 1 }),
      hasCode: fc.boolean(),
    }),
    { minKeys: 1 },
  ),
});

/**
 * A list is sent; one that was taken in before is taken back, of all of them the one at this place; two people with
 * national codes become one; that is taken back, of all merges the one at this place.
 */
type Step = Readonly<
  | { do: 'send'; sent: Sent }
  | { do: 'withdraw'; place: number }
  | { do: 'merge'; from: number; to: number }
  | { do: 'split'; place: number }
>;

const anyPlace = fc.integer({ min: 0, max: 99 }).map((percent) => percent / 100);

/** Some lists once, some again and again, in batches whose steps are taken at the same time. */
const anyBatches: fc.Arbitrary<Step[][]> = fc
  .array(anySent, { minLength: 1, maxLength: 8 })
  .chain((lists) => {
    const step = fc.oneof(
      { arbitrary: fc.constantFrom(...lists).map((sent): Step => ({ do: 'send', sent })), weight: 6 },
      { arbitrary: anyPlace.map((place): Step => ({ do: 'withdraw', place })), weight: 4 },
      {
        arbitrary: fc
          .uniqueArray(anyIdentity, { minLength: 2, maxLength: 2 })
          .map(([from = 0, to = 0]): Step => ({ do: 'merge', from, to })),
        weight: 3,
      },
      { arbitrary: anyPlace.map((place): Step => ({ do: 'split', place })), weight: 2 },
    );
    return fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), {
      maxLength: 10,
    });
  });

const personAt = (identity: number) => people[identity] as (typeof people)[number];

const filesOf = ({ workshop, month, number, contract, work: rows }: Sent): Files =>
  list({
    workshop: `100000000${workshop}`,
    month,
    number: `0${number}`,
    contractRow: `00${contract}`,
    rows: Object.entries(rows).map(([identity, { days, birth, hasCode }]) => {
      const { code, number, name } = personAt(Number(identity));
      const said = { DSW_ID1: number, DSW_LNAME: name, DSW_BDATE: births[birth] ?? '' };
      return work(hasCode ? code : '', days, 5_000_000, said);
    }),
  });

const toKey = ({ workshop, month, number, contract }: Sent) => `${workshop}/${month}/${contract}/${number}`;

async function empty({ pool }: Register): Promise<void> {
  await pool.query(
    `truncate insured_person, workshop, employer_list, employer_list_row, employer_list_row_person,
       insurance_record, register_change cascade`,
  );
}

const at = <T>(place: number, items: readonly T[]): T | undefined => items[Math.floor(place * items.length)];

const operator = {
  name: 'operator:test',
  branch: null,
  accountId: null,
  origin: { coarseNetwork: '', userAgent: '' },
} as const;

type Known = Readonly<{ taken: readonly Taken[]; merges: readonly string[] }>;

/** What an operator asks for; `null` when it is refused. Who meets a list at the same people tries again. */
async function change(
  { db }: Register,
  ask: (deps: PeopleDependencies, trx: Parameters<typeof requestMerge>[1]) => Promise<{ id: string }>,
): Promise<string | null> {
  const deps = { db, outbox: createOutbox(), records: recordWriter, endRegistrations };
  for (;;) {
    try {
      return (await db.transaction().execute((trx) => ask(deps, trx))).id;
    } catch (error) {
      if (error instanceof Problem) return null;
      if ((error as { code?: string }).code !== '40P01') throw error;
    }
  }
}

/** `null` where there is nothing to do it to. */
async function takeStep(register: Register, step: Step, { taken, merges }: Known): Promise<Outcome | null> {
  const reason = 'a test';
  if (step.do === 'send') {
    const { sent } = step;
    const report = await register.ingest(filesOf(sent), { confirmRemovals: true });
    return { did: 'send', key: toKey(sent), sent, report };
  }
  if (step.do === 'merge') {
    const { from, to } = step;
    const [otherId, personId] = [await findId(register, from), await findId(register, to)];
    if (otherId === undefined || personId === undefined) return null;
    const changeId = await change(register, (deps, trx) =>
      requestMerge(deps, trx, operator, { personId, otherId, reason }),
    );
    return { did: 'merge', from, to, changeId };
  }
  if (step.do === 'split') {
    const merge = at(step.place, merges);
    if (merge === undefined) return null;
    const done = await change(register, (deps, trx) =>
      reverseChange(deps, trx, operator, { id: merge, reason }),
    );
    return { did: 'split', merge, isDone: done !== null };
  }
  const meant = at(step.place, taken);
  if (meant === undefined) return null;
  const { listId } = meant;
  const asked = { did: 'withdraw', key: toKey(meant.sent), listId } as const;
  try {
    const request = { listId, by: 'employer', confirmRemovals: true };
    return { ...asked, withdrawal: await register.lists.withdraw(request), refusal: null };
  } catch (error) {
    if (error instanceof Problem) return { ...asked, withdrawal: null, refusal: error.kind.code };
    throw error;
  }
}

async function findId({ pool }: Register, identity: number): Promise<string | undefined> {
  const { rows } = await pool.query('select id from insured_person where national_code = $1', [
    personAt(identity).code,
  ]);
  return rows[0]?.id;
}

/** Takes the steps, batch by batch; `null` when an answer contradicts the reckoning. */
async function play(register: Register, batches: readonly Step[][]) {
  const known = { taken: [] as Taken[], merges: [] as string[] };
  let reckoned: Reckoned = nothing;
  for (const batch of batches) {
    const before = { taken: [...known.taken], merges: [...known.merges] };
    const answers = await Promise.all(batch.map((step) => takeStep(register, step, before)));
    const outcomes = answers.filter((outcome) => outcome !== null);
    const next = addBatch(reckoned, outcomes);
    if (next === null) return null;
    reckoned = next;
    for (const outcome of outcomes) {
      if (outcome.did === 'merge' && outcome.changeId) known.merges.push(outcome.changeId);
      if (outcome.did !== 'send' || outcome.report.state === 'unchanged') continue;
      known.taken.push({ sent: outcome.sent, listId: outcome.report.listId as number });
    }
  }
  return { taken: known.taken, reckoned };
}

/** What the register has to hold of whoever these identities are, as the plain reckoning says; `null`: nobody. */
function toExpected(identity: number, taken: readonly Taken[], { stacks, forest }: Reckoned) {
  const isHeard = (other: number) => wordsOf([other], taken).length > 0;
  if (forest.has(identity) || !isHeard(identity)) return null;
  const own = identities.filter((other) => rootOf(forest, other) === identity);
  const words = wordsOf(own, inForce({ stacks, forest }));
  const { code, number } = personAt(identity);
  const hasCode = wordsOf([identity], taken).some((word) => word.hasCode);
  return {
    code: hasCode ? code : null,
    // What no list says stays as it was: '' is not looked at.
    birth: vote(words, ({ birth }) => gregorianBirths[birth] ?? ''),
    name: vote(words, (word) => personAt(word.identity).name),
    number: hasCode ? vote(words, (word) => personAt(word.identity).number) : number,
    months: words.map(
      ({ month, workshop, listId, days }) => `${month} 100000000${workshop} ${listId} ${days}`,
    ),
    days: words.reduce((sum, { days }) => sum + days, 0),
  };
}

/** Where the register says something else than the plain reckoning. */
async function findDifferences(
  register: Register,
  taken: readonly Taken[],
  reckoned: Reckoned,
): Promise<string[]> {
  const expected = identities.flatMap((identity) => toExpected(identity, taken, reckoned) ?? []);
  const { rows } = await register.pool.query(
    `select national_code as code, insurance_number as number, last_name as name, birth_date::text as birth,
       coalesce(recent || settled, '') as entries
     from insured_person left join insurance_record on insured_person_id = id`,
  );
  const differences = expected.flatMap((person) => {
    const found = rows.find(({ code, number }) =>
      person.code === null ? code === null && number === person.number : code === person.code,
    );
    if (found === undefined) return `nobody is ${person.code ?? person.number}`;
    const record = parseEntries(found.entries);
    const months = record.map(
      (entry) => `${entry.month.month} ${entry.workshopCode} ${entry.listId} ${entry.days}`,
    );
    const compared = [
      ...(['birth', 'name', 'number'] as const).map((field) => [person[field], found[field]]),
      [`months ${person.months.sort()}`, `months ${months.sort()}`],
      [String(person.days), String(countYears(countMonths(record))[0]?.days.raw ?? 0)],
    ];
    return compared.flatMap(([said, known]) =>
      said === '' || said === known ? [] : `${found.code ?? found.number}: ${known} instead of ${said}`,
    );
  });
  if (rows.length !== expected.length)
    differences.push(`${rows.length} people instead of ${expected.length}`);
  const wrong = await register.verify();
  if (wrong > 0) differences.push(`${wrong} records are not what the lists say`);
  return differences;
}

/** What counts already may be sent again as often as one likes. */
async function changesNothing(register: Register, lists: readonly Sent[]): Promise<boolean> {
  const before = await register.everything();
  for (const sent of lists) {
    if ((await register.ingest(filesOf(sent))).state !== 'unchanged') return false;
  }
  return (await register.everything()) === before;
}

/** Takes all merges back, the last of each person first; who they are then. */
async function splitAll(register: Register, reckoned: Reckoned): Promise<Reckoned | null> {
  let left: Reckoned | null = reckoned;
  while (left !== null && left.forest.size > 0) {
    const { forest }: Reckoned = left;
    const merges = [...forest.values()].flatMap(({ to, changeId }) => (forest.has(to) ? [] : changeId));
    const outcome = await takeStep(register, { do: 'split', place: 0 }, { taken: [], merges });
    left = outcome && addBatch(left, [outcome]);
  }
  return left;
}

async function holds(register: Register, batches: readonly Step[][]): Promise<void> {
  await empty(register);
  const played = await play(register, batches);
  if (played === null) throw new Error('an answer contradicts the reckoning');
  const { taken, reckoned } = played;
  const current = inForce(reckoned);
  assert.deepEqual(await findDifferences(register, taken, reckoned), []);
  const { rows } = await register.pool.query(
    'select id from employer_list where replaced_by is null and withdrawn_at is null order by id',
  );
  assert.deepEqual(
    rows.map(({ id }) => id),
    current.map(({ listId }) => listId).sort((a, b) => a - b),
  );
  assert.ok(
    await changesNothing(
      register,
      current.map(({ sent }) => sent),
    ),
    'sent again',
  );
  const apart = await splitAll(register, reckoned);
  if (apart === null) throw new Error('a merge could not be taken back');
  assert.deepEqual(await findDifferences(register, taken, apart), [], 'everybody is who they were');
}

t.test(
  'whatever is sent, taken back, merged and split, in whatever order and at once, records and register are what the lists that count say',
  async (t) => {
    const register = await openRegister(t);
    await fc.assert(
      fc.asyncProperty(anyBatches, (batches) => holds(register, batches)),
      {
        numRuns,
        interruptAfterTimeLimit: 2_400 * numRuns,
        markInterruptAsFailure: false,
      },
    );
  },
);
