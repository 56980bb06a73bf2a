import fc from 'fast-check';
import t from 'tap';
import type { IntakeReport } from '../../src/features/employer-lists/index.ts';
import { countMonths, countYears } from '../../src/features/records/counting.ts';
import { parseEntries } from '../../src/features/records/month-entry.ts';
import { codeOf, type Files, list, openRegister, type Register, work } from '../support/register.ts';

/**
 * Employers, contracts, people, months, corrections, second lists, repeats, birth dates that differ and national
 * codes left out at random, sent in a random order and several at once, against a reckoning that keeps the lists
 * in a Map.
 */

const people = Array.from({ length: 6 }, (_, n) => ({
  code: codeOf(n),
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
/** Some lists once, some again and again, in batches that are sent at the same time. */
const anyBatches = fc
  .array(anySent, { minLength: 1, maxLength: 12 })
  .chain((lists) =>
    fc.array(fc.array(fc.constantFrom(...lists), { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
  );

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

const keyOf = ({ workshop, month, number, contract }: Sent) => `${workshop}/${month}/${contract}/${number}`;

async function empty({ pool }: Register): Promise<void> {
  await pool.query(
    `truncate insured_person, workshop, employer_list, employer_list_row, employer_list_row_person,
       insurance_record cascade`,
  );
}

type Taken = Readonly<{ sent: Sent; report: IntakeReport }>;
type Current = Readonly<{ sent: Sent; listId: number }>;

/** The lists that count: of each key the one that was imported last. */
function currentOf(taken: readonly Taken[]): Current[] {
  const current = new Map<string, Current>();
  for (const { sent, report } of taken) {
    if (!report.state.startsWith('accepted') || report.listId === null) continue;
    const known = current.get(keyOf(sent));
    if (!known || known.listId < report.listId) current.set(keyOf(sent), { sent, listId: report.listId });
  }
  return [...current.values()];
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
  taken: readonly Taken[],
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

/** What counts already may be sent again as often as one likes. */
async function changesNothing(register: Register, lists: readonly Sent[]): Promise<boolean> {
  const before = await register.everything();
  for (const sent of lists) {
    if ((await register.ingest(filesOf(sent))).state !== 'unchanged') return false;
  }
  return (await register.everything()) === before;
}

t.test(
  'whatever is sent, in whatever order and at once, records and register are what the lists that count say',
  async (t) => {
    const register = await openRegister(t);
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        await empty(register);
        const taken: Taken[] = [];
        for (const batch of batches) {
          taken.push(
            ...(await Promise.all(
              batch.map(async (sent) => ({
                sent,
                report: await register.ingest(filesOf(sent), { confirmRemovals: true }),
              })),
            )),
          );
        }
        if (taken.some(({ report }) => report.state === 'refused')) return false;
        const current = currentOf(taken);
        for (const index of people.keys()) {
          if (!(await isAsReckoned(register, String(index), taken, current))) return false;
        }
        const { rows } = await register.pool.query(
          'select count(*) as lists from employer_list where replaced_by is null',
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
