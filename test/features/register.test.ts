import t from 'tap';
import { mergePeople, splitPeople } from '../../src/features/employer-lists/index.ts';
import { recordWriter } from '../../src/features/records/index.ts';
import type { DbfValues } from '../support/dbf.ts';
import { list, openRegister, type Register, toCode, toSource, work } from '../support/register.ts';

/** Who is in the register, and what is known of them, as the lists in force say. */

const [ali, reza] = [toCode(1), toCode(2)];
const workshops = ['1000000001', '1000000002', '1000000003', '1000000004'] as const;
const [first, second, third] = workshops;

type Said = Readonly<{ workshop?: string; month?: number; days?: number; of?: string }>;

/** A list with one row about a person. */
const saying = ({ workshop = first, month = 1, days = 20, of = ali }: Said, row: DbfValues) =>
  list({ workshop, month, rows: [work(of, days, 5_000_000, { DSW_ID1: '', ...row })] });

async function person(register: Register, nationalCode = ali) {
  return register.db
    .selectFrom('insured_person')
    .where('national_code', '=', nationalCode)
    .select(['first_name', 'last_name', 'father_name', 'birth_date', 'insurance_number'])
    .executeTakeFirstOrThrow();
}

const peopleCount = async ({ db }: Register) =>
  (await db.selectFrom('insured_person').select('id').execute()).length;

/** Days by month, of whoever bears the number. */
async function monthsOf({ pool }: Register, column: string, value: string) {
  const { rows } = await pool.query(
    `select (entry.value ->> 0)::integer % 12 + 1 as month, (entry.value ->> 5)::integer as days
     from insured_person p join insurance_record record on insured_person_id = p.id,
       json_array_elements(('[' || rtrim(recent || settled, ',') || ']')::json) as entry
     where p.${column} = $1 order by 1`,
    [value],
  );
  return rows.map(({ month, days }) => `${month}:${days}`).join(' ');
}

t.test(
  'a birth date that the first list has wrong is mended by the next, and by its correction',
  async (t) => {
    for (const [how, mended] of [
      ['the next month', saying({ month: 2 }, { DSW_BDATE: '13700102' })],
      ['the correction', saying({ days: 21 }, { DSW_BDATE: '13700102' })],
    ] as const) {
      const register = await openRegister(t);
      await register.ingest(saying({}, { DSW_BDATE: '13600102' }));
      t.match(await person(register), { birth_date: '1981-03-22' });
      t.match(await register.ingest(mended), { changedPeople: 1 });
      t.match(await person(register), { birth_date: '1991-03-22' }, how);
    }
  },
);

t.test(
  'one list of another workshop does not change what two say, in whatever order they come',
  async (t) => {
    const lists = [
      saying({ workshop: first, month: 1 }, { DSW_BDATE: '13700102' }),
      saying({ workshop: second, month: 2 }, { DSW_BDATE: '13700102' }),
      saying({ workshop: third, month: 3 }, { DSW_BDATE: '13500102', DSW_LNAME: 'دیگری' }),
    ];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const register = await openRegister(t);
      for (const index of order) await register.ingest(lists[index] as (typeof lists)[number]);
      t.match(await person(register), { birth_date: '1991-03-22', last_name: 'احمدی' }, order.join());
    }
  },
);

t.test('when a wrong list is corrected or gone, what the others say holds again', async (t) => {
  const register = await openRegister(t);
  await register.ingest(saying({ workshop: first, month: 1 }, { DSW_BDATE: '13700102' }));
  await register.ingest(saying({ workshop: second, month: 5 }, { DSW_BDATE: '13500102' }));
  t.match(await person(register), { birth_date: '1971-03-22' }, 'of two, the newer list');
  await register.ingest(list({ workshop: second, month: 5, rows: [work(reza)] }), { confirmRemovals: true });
  t.match(await person(register), { birth_date: '1991-03-22' });
});

t.test('first and last name go together, and blanks say nothing', async (t) => {
  const register = await openRegister(t);
  await register.ingest(saying({ month: 1 }, { DSW_FNAME: 'علی', DSW_LNAME: 'احمدی', DSW_BDATE: '' }));
  await register.ingest(
    saying({ workshop: second, month: 2 }, { DSW_FNAME: 'حسین', DSW_LNAME: 'رضایی', DSW_DNAME: '' }),
  );
  t.match(await person(register), { first_name: 'حسین', last_name: 'رضایی', father_name: 'رضا' });
  await register.ingest(saying({ month: 3 }, { DSW_FNAME: '??????', DSW_LNAME: '??????', DSW_BDATE: '' }));
  t.match(await person(register), { first_name: 'حسین', last_name: 'رضایی', birth_date: '1991-03-21' });
});

t.test('a month in which the national code was left out is the same person’s', async (t) => {
  const number = { DSW_ID1: '00123456' };
  const lists = [
    saying({ month: 1 }, number),
    saying({ month: 2, of: '' }, number),
    saying({ month: 3 }, number),
    saying({ month: 4, of: '', workshop: second }, number),
  ];
  for (const order of [
    [0, 1, 2, 3],
    [1, 0, 3, 2],
    [3, 1, 2, 0],
  ]) {
    const register = await openRegister(t);
    for (const index of order) await register.ingest(lists[index] as (typeof lists)[number]);
    t.equal(await peopleCount(register), 1);
    t.equal(await monthsOf(register, 'national_code', ali), '1:20 2:20 3:20 4:20', order.join());
    await register.ingest(saying({ month: 2, of: '', days: 10 }, number));
    t.equal(await monthsOf(register, 'national_code', ali), '1:20 2:10 3:20 4:20', 'corrections find them');
    t.equal(await register.verify(), 0);
  }
});

t.test('a foreigner who gets a national code keeps the months before', async (t) => {
  const register = await openRegister(t);
  const number = { DSW_ID1: '9104827365', DSW_FNAME: 'گل‌محمد', DSW_LNAME: 'نوری' };
  await register.ingest(saying({ month: 1, of: '' }, number));
  const { id } = await register.db.selectFrom('insured_person').select('id').executeTakeFirstOrThrow();
  t.match(await register.ingest(saying({ month: 2 }, { ...number, DSW_FNAME: 'گل محمد' })), { newPeople: 0 });
  await register.ingest(saying({ month: 3 }, { ...number, DSW_ID1: '' }));
  t.equal(await monthsOf(register, 'national_code', ali), '1:20 2:20 3:20');
  const after = await register.db.selectFrom('insured_person').select('id').executeTakeFirstOrThrow();
  t.equal(after.id, id, 'it is the same entry');
  await register.ingest(saying({ month: 1, of: '', days: 19 }, number));
  t.equal(await monthsOf(register, 'national_code', ali), '1:19 2:20 3:20');
  t.equal(await register.verify(), 0);
});

t.test('two entries that a list proves to be one person become one, with a trace', async (t) => {
  const register = await openRegister(t);
  await register.ingest(saying({ month: 1, of: '' }, { DSW_ID1: '00123456' }));
  await register.ingest(saying({ month: 2, workshop: second }, { DSW_ID1: '' }));
  t.equal(await peopleCount(register), 2);
  await register.ingest(saying({ month: 3, workshop: second }, { DSW_ID1: '00123456' }));
  t.equal(await peopleCount(register), 1);
  t.equal(await monthsOf(register, 'national_code', ali), '1:20 2:20 3:20');
  t.match(await register.db.selectFrom('insured_person_merge').selectAll().execute(), [
    { national_code: null, insurance_number: '00123456', merged_by: 'lists', first_name: 'علی' },
  ]);
  await register.ingest(saying({ month: 4, of: '' }, { DSW_ID1: '00123456' }));
  await register.ingest(saying({ month: 1, of: '', days: 5 }, { DSW_ID1: '00123456' }));
  t.equal(await monthsOf(register, 'national_code', ali), '1:5 2:20 3:20 4:20');
  t.equal(await register.verify(), 0);
});

t.test('who bears the number of somebody of another name is somebody else', async (t) => {
  const register = await openRegister(t);
  const number = { DSW_ID1: '00123456' };
  await register.ingest(
    saying({ month: 1, of: '' }, { ...number, DSW_LNAME: 'نوری', DSW_BDATE: '13500101' }),
  );
  await register.ingest(saying({ month: 2 }, number));
  t.equal(await peopleCount(register), 2);
  t.equal(await monthsOf(register, 'national_code', ali), '2:20');
  await register.ingest(saying({ month: 3, of: '' }, { ...number, DSW_LNAME: 'نوری', DSW_BDATE: '' }));
  await register.ingest(saying({ month: 4, of: '' }, { ...number, DSW_BDATE: '' }));
  t.equal(await monthsOf(register, 'national_code', ali), '2:20 4:20', 'of two the name tells which');
  t.equal(await register.verify(), 0);
});

t.test('an employer’s list neither takes over nor merges an entry with an account', async (t) => {
  const register = await openRegister(t);
  const number = { DSW_ID1: '00123456' };
  await register.ingest(saying({ month: 1, of: '' }, number));
  await register.pool.query(`
    insert into account (insured_person_id, insurance_number, mobile, locale, password_hash, security_questions,
      security_answers_hash)
    select id, insurance_number, '+989120000000', 'fa', 'unused', '{}', 'unused' from insured_person`);
  await register.ingest(saying({ month: 2 }, number));
  t.equal(await peopleCount(register), 2);
  t.equal(await monthsOf(register, 'national_code', ali), '2:20');
  t.equal(await register.verify(), 0);
});

t.test('a list that looks at the register while another one changes it looks again', async (t) => {
  const register = await openRegister(t);
  const born = (workshop: string, month: number, birth: string) =>
    list({ workshop, month, rows: [work(ali, 20, 5_000_000, { DSW_BDATE: birth })] });
  await register.ingest(born(first, 1, '13500102'));
  const client = await register.pool.connect();
  await client.query('begin');
  await register.lists.ingestInside(client, toSource(born(second, 6, '13700102')));
  // Its word is what the register held until a moment ago, and it agrees with what it can see.
  const late = register.ingest(born(third, 2, '13500102'));
  for (let isWaiting = false; !isWaiting; ) {
    const { rows } = await register.pool.query(
      `select count(*) > 0 as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    isWaiting = rows[0].waiting;
  }
  await client.query('commit');
  client.release();
  await late;
  const { rows } = await register.pool.query('select birth_date::text as date from insured_person');
  t.strictSame(rows, [{ date: '1971-03-22' }], 'two of three say so');
});

t.test('lists at one instant that say different things of people end in what all of them say', async (t) => {
  const people = Array.from({ length: 40 }, (_, n) => toCode(n));
  for (let round = 0; round < 4; round += 1) {
    const register = await openRegister(t);
    const dates = ['13700102', '13500102', '13500102', '13500102'];
    await Promise.all(
      workshops.map((workshop, index) => {
        const order = index % 2 === 0 ? people : people.toReversed();
        const rows = order.map((code) => work(code, 20, 5_000_000, { DSW_BDATE: dates[index] ?? '' }));
        return register.ingest(list({ workshop, month: 6 - index, rows }));
      }),
    );
    const { rows } = await register.pool.query(
      'select birth_date::text as date, count(*) as people from insured_person group by 1',
    );
    t.strictSame(rows, [{ date: '1971-03-22', people: people.length }]);
    t.equal(await register.verify(), 0);
  }
});

t.test('a merge is taken apart also in lists that did not count when it was made', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ workshop: second, month: 2, rows: [work(ali, 10), work(reza, 11)] }));
  await register.ingest(list({ workshop: first, month: 1, rows: [work(ali, 20), work(reza, 21)] }));
  const { listId } = await register.ingest(list({ workshop: first, month: 1, rows: [work(ali, 22)] }));
  const { rows } = await register.pool.query('select id, national_code as code from insured_person');
  const idOf = (code: string) => rows.find((row) => row.code === code)?.id as string;
  const [from, to] = [idOf(reza), idOf(ali)];
  const { moveRecord, splitRecord } = recordWriter;
  await mergePeople(register.pool, { from, to, by: 'test', reason: 'test' }, moveRecord);

  await register.lists.withdraw({ listId: listId as number, by: 'employer' });
  t.strictSame(
    (await register.record(ali)).map(({ days }) => days).sort(),
    [10, 11, 20, 21],
    'the list that counts again names the one person by both codes',
  );
  t.equal(await register.verify(), 0);

  t.ok(await splitPeople(register.pool, { from: to, to: from }, splitRecord));
  const daysOf = async (code: string) => (await register.record(code)).map(({ days }) => days).sort();
  t.strictSame(await daysOf(ali), [10, 20]);
  t.strictSame(await daysOf(reza), [11, 21]);
  t.equal(await register.verify(), 0);
});
