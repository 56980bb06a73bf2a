import fc from 'fast-check';
import t from 'tap';
import type { IntakeReport } from '../../src/features/employer-lists/index.ts';
import { countMonths, countYears } from '../../src/features/records/counting.ts';
import { codeOf, type Files, list, openRegister, type Register, work } from '../support/register.ts';

/**
 * Employers, people, months, corrections, second lists and repeats at random, sent in a random order and
 * several at once, against a reckoning that keeps the lists in a Map.
 */

const people = Array.from({ length: 6 }, (_, n) => codeOf(n));

type Sent = Readonly<{
  workshop: number;
  month: number;
  number: number;
  contract: number;
  /** Days by person; who is absent is not on the list. */
  days: Readonly<Record<number, number>>;
}>;

const anySent: fc.Arbitrary<Sent> = fc.record({
  workshop: fc.integer({ min: 0, max: 2 }),
  month: fc.integer({ min: 1, max: 3 }),
  number: fc.integer({ min: 1, max: 2 }),
  contract: fc.integer({ min: 0, max: 1 }),
  days: fc.dictionary(
    fc.integer({ min: 0, max: people.length - 1 }).map(String),
    fc.integer({ min: 0, max: 31 }),
    {
      minKeys: 1,
    },
  ),
});
/** Some lists once, some again and again, in batches that are sent at the same time. */
const anyBatches = fc
  .array(anySent, { minLength: 1, maxLength: 12 })
  .chain((lists) =>
    fc.array(fc.array(fc.constantFrom(...lists), { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
  );

const filesOf = ({ workshop, month, number, contract, days }: Sent): Files =>
  list({
    workshop: `100000000${workshop}`,
    month,
    number: `0${number}`,
    contractRow: `00${contract}`,
    rows: Object.entries(days).map(([person, count]) => work(people[Number(person)] as string, count)),
  });

const keyOf = ({ workshop, month, number, contract }: Sent) => `${workshop}/${month}/${contract}/${number}`;

async function empty({ pool }: Register): Promise<void> {
  await pool.query(
    'truncate insured_person, workshop, employer_list, employer_list_row, insurance_record cascade',
  );
}

/** Days by person and month as the lists say that count: of each key the one that was taken in last. */
function reckon(taken: readonly Readonly<{ sent: Sent; report: IntakeReport }>[]) {
  const current = new Map<string, { sent: Sent; listId: number }>();
  for (const { sent, report } of taken) {
    if (!report.state.startsWith('accepted') || report.listId === null) continue;
    const known = current.get(keyOf(sent));
    if (!known || known.listId < report.listId) current.set(keyOf(sent), { sent, listId: report.listId });
  }
  const reckoned = new Map<string, string[]>(people.map((code) => [code, []]));
  for (const { sent, listId } of current.values()) {
    for (const [person, days] of Object.entries(sent.days)) {
      reckoned
        .get(people[Number(person)] as string)
        ?.push(`${sent.month} 100000000${sent.workshop} ${listId} ${days}`);
    }
  }
  return { current, reckoned };
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
  'whatever is sent, in whatever order and at once, records are what the lists that count say',
  async (t) => {
    const register = await openRegister(t);
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        await empty(register);
        const taken: { sent: Sent; report: IntakeReport }[] = [];
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
        const { current, reckoned } = reckon(taken);

        for (const [code, months] of reckoned) {
          const record = await register.record(code);
          const found = record.map(
            (entry) => `${entry.month.month} ${entry.workshopCode} ${entry.listId} ${entry.days}`,
          );
          if (found.sort().join() !== months.sort().join()) return false;
          const total = months.reduce((sum, month) => sum + Number(month.split(' ')[3]), 0);
          const [year] = countYears(countMonths(record));
          if ((year?.days.raw ?? 0) !== total) return false;
        }
        const { rows } = await register.pool.query(
          'select count(*) as lists from employer_list where replaced_by is null',
        );
        if (rows[0].lists !== current.size) return false;

        if ((await register.verify()) > 0) return false;
        return changesNothing(
          register,
          [...current.values()].map(({ sent }) => sent),
        );
      }),
      { numRuns: 25, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  },
);
