import t from 'tap';
import { addJalaliMonths, gregorianToJalali } from '../../src/kernel/jalali.ts';
import { list, openRegister, toCode, work } from '../support/register.ts';

const [ali, reza, sara] = [toCode(1), toCode(2), toCode(3)];

t.test('a sound list brings its workshop, its people and their months', async (t) => {
  const register = await openRegister(t);
  const report = await register.ingest(list({ rows: [work(ali, 30), work(reza, 12)] }));
  t.match(report, {
    state: 'accepted',
    list: { workshopCode: '0987654321', month: { year: 1404, month: 8 }, listNumber: '01', rowCount: 2 },
    newPeople: 2,
    replaces: null,
    errorCount: 0,
  });
  t.strictSame(await register.record(reza), [
    {
      month: { year: 1404, month: 8 },
      workshopCode: '0987654321',
      historyType: 1,
      listId: report.listId,
      rowNumber: 2,
      days: 12,
      dailyWage: 5_000_000,
      monthlyWage: 60_000_000,
      benefits: 0,
      insurableWage: 60_000_000,
      premium: 4_200_000,
    },
  ]);
  const people = await register.db
    .selectFrom('insured_person')
    .select(['national_code', 'first_name', 'birth_date', 'employer_list_id'])
    .orderBy('national_code')
    .execute();
  t.strictSame(
    people.map(({ national_code }) => national_code),
    [ali, reza].sort(),
  );
  t.match(people[0], { first_name: 'علی', birth_date: '1991-03-21', employer_list_id: report.listId });
  const evidence = await register.db
    .selectFrom('employer_list_row')
    .selectAll()
    .orderBy('row_number')
    .execute();
  t.equal(evidence.length, 2);
  t.match(evidence[1], {
    national_code: reza,
    days: 12,
    job_title: 'کارمند دفتری',
    insurable_wage: 60_000_000,
  });
});

t.test('the same list again changes nothing and says so', async (t) => {
  const register = await openRegister(t);
  const files = list({ rows: [work(ali), work('', 30, 5_000_000, { DSW_ID1: '12345678' })] });
  const first = await register.ingest(files);
  t.equal(first.state, 'accepted-with-warnings');
  const before = await register.everything();
  const again = await register.ingest(files);
  t.match(again, { state: 'unchanged', listId: first.listId, replacedBy: null, warningCount: 1 });
  t.strictSame(again.findings, first.findings);
  t.equal(await register.everything(), before);

  const redated = { ...files, workers: Buffer.from(files.workers) };
  redated.workers[3] = 28;
  t.match(
    await register.ingest(redated),
    { state: 'unchanged', listId: first.listId },
    'written on another day',
  );
});

t.test('a corrected list replaces the earlier one and leaves a trace', async (t) => {
  const register = await openRegister(t);
  const first = await register.ingest(list({ rows: [work(ali, 30), work(reza, 12)] }));
  await register.ingest(list({ month: 9, rows: [work(ali, 30)] }));
  const corrected = await register.ingest(list({ rows: [work(ali, 20), work(sara, 5)] }));
  t.match(corrected, { state: 'accepted', replaces: first.listId, newPeople: 1 });
  const days = (await register.record(ali)).map((entry) => [entry.month.month, entry.days, entry.listId]);
  t.match(days, [
    [8, 20, corrected.listId],
    [9, 30, Number],
  ]);
  t.strictSame(
    await register.record(reza),
    [],
    'who is not in the corrected list has no such month any more',
  );
  t.equal((await register.record(sara)).length, 1);
  const trace = await register.db
    .selectFrom('employer_list as l')
    .innerJoin('employer_list_row as r', 'r.employer_list_id', 'l.id')
    .where('l.id', '=', first.listId)
    .select(['replaced_by', 'national_code'])
    .execute();
  t.equal(trace.length, 2, 'the rows of the earlier list are kept');
  t.ok(trace.every(({ replaced_by }) => replaced_by === corrected.listId));
});

t.test('a correction says what it does, and takes most people off only if that is meant', async (t) => {
  const register = await openRegister(t);
  const foreigner = (number: string, days: number) => work('', days, 5_000_000, { DSW_ID1: number });
  const first = await register.ingest(
    list({ rows: [work(ali, 30), work(reza, 12), work(sara, 30), foreigner('12345678', 20)] }),
  );
  t.equal(first.correction, null);
  const before = await register.everything();
  const most = list({ rows: [work(ali, 30), work(toCode(9), 10)] });
  for (const dryRun of [true, false]) {
    t.match(await register.ingest(most, { dryRun }), {
      state: 'refused',
      errorCount: 1,
      correction: {
        peopleBefore: 4,
        peopleAdded: 1,
        peopleRemoved: 3,
        peopleChanged: 0,
        daysBefore: 92,
        daysAfter: 40,
      },
      findings: [{ code: 'removals-unconfirmed', value: '3', expected: '4' }],
    });
  }
  t.match(await register.ingest(list({ rows: [] })), {
    state: 'refused',
    correction: { peopleRemoved: 4, daysAfter: 0 },
  });
  t.equal(await register.everything(), before);

  const half = list({ rows: [work(ali, 29), work(reza, 12), foreigner('12345678', 20)] });
  t.match(await register.ingest(half), {
    state: 'accepted-with-warnings',
    correction: {
      peopleBefore: 4,
      peopleAdded: 0,
      peopleRemoved: 1,
      peopleChanged: 1,
      daysBefore: 92,
      daysAfter: 61,
    },
  });
  t.match(await register.ingest(most, { confirmRemovals: true }), {
    state: 'accepted',
    correction: { peopleBefore: 3, peopleRemoved: 2, peopleAdded: 1 },
  });
  t.equal(await register.verify(), 0);
});

t.test('a mistake is put back by sending the first list again', async (t) => {
  const register = await openRegister(t);
  const original = list({ rows: [work(ali, 30), work(reza, 30)] });
  const mistaken = list({ rows: [work(ali, 20)] });
  const first = await register.ingest(original);
  const second = await register.ingest(mistaken);
  const third = await register.ingest(original);
  t.match(third, { state: 'accepted', replaces: second.listId });
  t.not(third.listId, first.listId, 'it is a list of its own, so that the trace tells what counted when');
  t.match(await register.record(ali), [{ days: 30, listId: third.listId }]);
  t.match(await register.record(reza), [{ days: 30, listId: third.listId }]);
  t.match(await register.ingest(original), { state: 'unchanged', listId: third.listId });
  const trace = await register.db
    .selectFrom('employer_list')
    .select(['id', 'replaced_by'])
    .orderBy('id')
    .execute();
  t.strictSame(
    trace.map(({ replaced_by }) => replaced_by),
    [second.listId, third.listId, null],
  );
  t.match(
    await register.ingest(mistaken),
    { state: 'accepted', replaces: third.listId },
    'as often as it takes',
  );
  t.equal(await register.verify(), 0);
});

t.test('two contracts of a workshop send a list each, both under the same number', async (t) => {
  const register = await openRegister(t);
  const first = list({ contractRow: '001', rows: [work(ali, 30), work(reza, 30)] });
  const second = list({ contractRow: '002', rows: [work(sara, 30)] });
  t.match(await register.ingest(first), { state: 'accepted', list: { contractRow: '001' } });
  t.match(await register.ingest(second), { state: 'accepted', replaces: null, list: { contractRow: '002' } });
  for (const code of [ali, reza, sara]) t.equal((await register.record(code)).length, 1);
  t.match(await register.ingest(first), { state: 'unchanged' });
  const corrected = await register.ingest(list({ contractRow: '2', rows: [work(sara, 29)] }));
  t.match(corrected, { state: 'accepted', replaces: /./ });
  t.match(await register.record(sara), [{ days: 29 }]);
  t.equal((await register.record(ali)).length, 1);
  t.equal(await register.verify(), 0);
});

t.test('one list under 01, 1, 001 and no number is one list', async (t) => {
  const register = await openRegister(t);
  for (const [days, number] of ['01', '1', '001', '', '0', '۱'].entries()) {
    const report = await register.ingest(list({ number, contractRow: '000', rows: [work(ali, 20 + days)] }));
    t.match(report, { state: 'accepted', list: { listNumber: number } }, number);
    t.strictSame(
      (await register.record(ali)).map((entry) => entry.days),
      [20 + days],
    );
  }
  await register.ingest(list({ number: '10', contractRow: '', rows: [work(ali, 1)] }));
  t.equal((await register.record(ali)).length, 2, 'zeros behind count');
  t.equal(await register.verify(), 0);
});

t.test('a list of another number adds to the month', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ number: '01', rows: [work(ali, 20)] }));
  const second = await register.ingest(list({ number: '02', rows: [work(ali, 10)] }));
  t.match(second, { state: 'accepted', replaces: null });
  t.strictSame(
    (await register.record(ali)).map(({ days }) => days),
    [20, 10],
  );
});

t.test('a list with an error is refused whole', async (t) => {
  const register = await openRegister(t);
  const before = await register.everything();
  const rows = Array.from({ length: 3000 }, (_, index) => work(toCode(index), 30));
  const report = await register.ingest(list({ rows: [...rows, work('1234567890', 30)] }));
  t.match(report, { state: 'refused', listId: null, errorCount: 1 });
  t.match(
    report.findings.find(({ severity }) => severity === 'error'),
    {
      code: 'national-code-invalid',
      field: 'PER_NATCOD',
      row: 3001,
      value: '1234567890',
    },
  );
  t.equal(await register.everything(), before, 'though thousands of rows were sound');
  t.match(await register.ingest(list({ rows })), { state: 'accepted' }, 'and mended it is taken in');
});

t.test('a dry run reports the same and changes nothing', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ rows: [work(ali, 30)] }));
  const before = await register.everything();
  const files = list({ rows: [work(ali, 29), work(reza, 12)] });
  const dry = await register.ingest(files, { dryRun: true });
  t.equal(await register.everything(), before);
  const real = await register.ingest(files);
  t.strictSame({ ...dry, dryRun: false, listId: real.listId }, real);
  t.match(await register.ingest(files, { dryRun: true }), { state: 'unchanged', dryRun: true });
});

t.test('one list sent by twenty at once is taken in once', async (t) => {
  const register = await openRegister(t);
  const files = list({ rows: [work(ali), work(reza)] });
  const reports = await Promise.all(Array.from({ length: 20 }, () => register.ingest(files)));
  t.equal(reports.filter(({ state }) => state === 'accepted').length, 1);
  t.equal(reports.filter(({ state }) => state === 'unchanged').length, 19);
  t.equal((await register.record(ali)).length, 1);
});

t.test('of two versions of a month at once the later one stands', async (t) => {
  const register = await openRegister(t);
  const versions = [20, 21, 22, 23, 24, 25].map((days) => list({ rows: [work(ali, days)] }));
  await Promise.all(versions.map((files) => register.ingest(files)));
  const current = await register.db
    .selectFrom('employer_list')
    .where('replaced_by', 'is', null)
    .select(['id', 'days'])
    .execute();
  t.equal(current.length, 1);
  t.match(await register.record(ali), [{ listId: current[0]?.id, days: current[0]?.days }]);
});

t.test('workshops that share people and send at once lose no month', async (t) => {
  const register = await openRegister(t);
  const people = Array.from({ length: 200 }, (_, index) => toCode(index));
  const lists = Array.from({ length: 8 }, (_, index) => {
    const order = index % 2 === 0 ? people : [...people].reverse();
    return list({ workshop: `100000000${index}`, rows: order.map((code) => work(code, index + 1)) });
  });
  const reports = await Promise.all(lists.map((files) => register.ingest(files)));
  t.ok(reports.every(({ state }) => state === 'accepted'));
  t.equal(
    reports.reduce((total, { newPeople }) => total + newPeople, 0),
    200,
    'everybody was registered once',
  );
  for (const code of [people[0], people[99], people[199]]) {
    const days = (await register.record(code as string)).map((entry) => entry.days);
    t.strictSame(days.sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  }
});

t.test(
  'corrections of workshops that share people, at once and crosswise, end in the corrected months',
  async (t) => {
    const register = await openRegister(t);
    const people = Array.from({ length: 100 }, (_, index) => toCode(index));
    const send = (days: number) =>
      Promise.all(
        [0, 1, 2, 3].map((index) => {
          const order = index % 2 === 0 ? people : [...people].reverse();
          return register.ingest(
            list({ workshop: `100000000${index}`, rows: order.map((code) => work(code, days)) }),
          );
        }),
      );
    await send(30);
    await send(29);
    for (const code of people) {
      t.strictSame(
        (await register.record(code)).map(({ days }) => days),
        [29, 29, 29, 29],
      );
    }
  },
);

t.test('a foreign national is known by the insurance number', async (t) => {
  const register = await openRegister(t);
  const foreigner = (days: number) =>
    work('', days, 5_000_000, { DSW_ID1: '9104827365', DSW_FNAME: 'گل محمد' });
  await register.ingest(list({ month: 7, rows: [foreigner(30)] }));
  await register.ingest(list({ month: 8, rows: [foreigner(29)] }));
  const corrected = await register.ingest(list({ month: 8, rows: [foreigner(28)] }));
  t.match(corrected, { state: 'accepted-with-warnings', newPeople: 0 });
  const { rows } = await register.pool.query(
    `select recent, national_code from insured_person join insurance_record on id = insured_person_id
     where insurance_number = '9104827365'`,
  );
  t.equal(rows.length, 1);
  t.equal(rows[0].national_code, null);
  t.strictSame(
    JSON.parse(`[${rows[0].recent.slice(0, -1)}]`).map((entry: number[]) => entry[5]),
    [28, 30],
  );
});

t.test('another spelling of the same name is no disagreement', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ month: 7, rows: [work(ali, 30, 5_000_000, { DSW_LNAME: 'یکتا کیان' })] }));
  const report = await register.ingest(
    list({ rows: [work(ali, 30, 5_000_000, { DSW_LNAME: 'يكتا\u200cكيان' })] }),
  );
  t.equal(report.changedPeople, 0);
});

t.test('a workshop is called what the newest of its lists calls it', async (t) => {
  const register = await openRegister(t);
  const name = async () =>
    (await register.db.selectFrom('workshop').select('name').executeTakeFirstOrThrow()).name;
  await register.ingest(list({ month: 7, name: '??????', rows: [work(ali)] }));
  t.equal(await name(), '', 'rubbish is no name');
  await register.ingest(list({ month: 8, name: 'شرکت دیگر', rows: [work(ali)] }));
  await register.ingest(list({ month: 6, name: 'شرکت نخست', rows: [work(ali)] }));
  t.equal(await name(), 'شرکت دیگر', 'not the list that came last');
  await register.ingest(list({ month: 8, name: 'شرکت نمونه', rows: [work(ali)] }));
  t.equal(await name(), 'شرکت نمونه', 'a correction corrects the name too');
});

t.test('a person who began twice in a month has both rows', async (t) => {
  const register = await openRegister(t);
  await register.ingest(
    list({
      rows: [
        work(ali, 10, 5_000_000, { DSW_SDATE: '14040801', DSW_EDATE: '14040810' }),
        work(ali, 9, 5_000_000, { DSW_SDATE: '14040820', DSW_ID1: '' }),
      ],
    }),
  );
  t.strictSame(
    (await register.record(ali)).map(({ days, rowNumber }) => [days, rowNumber]),
    [
      [10, 1],
      [9, 2],
    ],
  );
});

t.test('a corrected list without rows takes everybody off the month', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ rows: [work(ali)] }));
  const workshops = () => register.db.selectFrom('workshop').select(['code', 'name', 'address']).execute();
  const known = await workshops();
  const report = await register.ingest(list({ rows: [] }), { confirmRemovals: true });
  t.match(report, { state: 'accepted', list: { rowCount: 0 } });
  t.strictSame(await register.record(ali), []);
  t.strictSame(await workshops(), known, 'what was known of the workshop stays');
});

t.test('a workshop whose first list could not say its name gets it from the next one', async (t) => {
  const register = await openRegister(t);
  const unsaid = { DSK_NAME: '??????', DSK_ADRS: '' };
  await register.ingest(list({ rows: [], changes: { workshop: unsaid } }));
  await register.ingest(list({ month: 9, rows: [work(ali)] }));
  t.match(await register.db.selectFrom('workshop').select(['name', 'address']).executeTakeFirst(), {
    name: 'شرکت نمونه',
    address: 'تهران',
  });
});

t.test('a list is taken in for the next month at the latest', async (t) => {
  const register = await openRegister(t);
  const today = gregorianToJalali(new Date().toISOString().slice(0, 10));
  if (today === null) throw new Error('no date');
  const at = (months: number) =>
    register.ingest(list({ ...addJalaliMonths(today, months), rows: [work(ali, 29)] }));
  t.not((await at(1)).state, 'refused');
  t.match(await at(2), { state: 'refused', findings: [{ code: 'month-in-future', field: 'DSK_MM' }] });
  t.match(await register.ingest(list({ year: 1449, rows: [work(ali, 29)] })), { state: 'refused' });
});

t.test(
  'a long career is kept whole, and a correction finds its way into the settled part of it',
  async (t) => {
    const register = await openRegister(t);
    const months = Array.from({ length: 60 }, (_, index) => ({
      year: 1399 + Math.floor(index / 12),
      month: (index % 12) + 1,
    }));
    for (const month of months)
      await register.ingest(list({ ...month, rows: [work(ali, 29), work(reza, 29)] }));
    await register.ingest(list({ year: 1399, month: 3, rows: [work(ali, 15), work(reza, 29)] }));
    const { settled } = await register.db
      .selectFrom('insurance_record')
      .select('settled')
      .executeTakeFirstOrThrow();
    t.ok(settled.length > 1000, 'most of it is settled');
    t.strictSame(
      (await register.record(ali)).map(({ month, days }) => ({ ...month, days })),
      months.map((month) => ({ ...month, days: month.year === 1399 && month.month === 3 ? 15 : 29 })),
    );
  },
);

t.test('text that means something to COPY or to JSON arrives as it was written', async (t) => {
  const register = await openRegister(t);
  const odd = '\\N \\t "quoted" {a,b} \\';
  await register.ingest(list({ rows: [work(ali, 30, 5_000_000, { DSW_FNAME: odd, DSW_OCP: '\\.' })] }));
  const row = await register.db
    .selectFrom('employer_list_row')
    .select(['first_name', 'job_title'])
    .executeTakeFirstOrThrow();
  t.strictSame(row, { first_name: odd, job_title: '\\.' });
});

t.test('a year’s minimum wage is what the operators’ table says', async (t) => {
  const register = await openRegister(t);
  await register.db.insertInto('minimum_wage').values({ year: 1402, daily_wage: 1_769_428 }).execute();
  const report = await register.ingest(list({ year: 1402, rows: [work(ali, 30, 1_000_000)] }));
  t.match(report.findings, [{ code: 'daily-wage-below-minimum', row: 1, expected: '1769428' }]);
});
