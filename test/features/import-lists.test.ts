import { existsSync } from 'node:fs';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type ImportedPair, importFolder } from '../../src/features/employer-lists/index.ts';
import { savabegh } from '../support/command.ts';
import { type Files, list, openRegister, toCode, work } from '../support/register.ts';
import { buildZip } from '../support/zip.ts';

const [ali, reza] = [toCode(1), toCode(2)];

async function put(folder: string, { workshop, workers }: Files, names = ['DSKKAR00.DBF', 'DSKWOR00.DBF']) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, names[0] ?? ''), workshop);
  await writeFile(join(folder, names[1] ?? ''), workers);
}

const month = (n: number, days: number, more: Parameters<typeof list>[0] = { rows: [] }) =>
  list({ ...more, month: n, rows: [work(ali, days)] });

t.test('folders are searched to the bottom, and each list says what became of it', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  await put(join(folder, 'a/1404-01'), month(1, 31));
  await put(join(folder, 'a/1404-02'), month(2, 20), ['dskkar00.dbf', 'DskWor00.Dbf']);
  await put(join(folder, 'b'), month(3, 32));
  await mkdir(join(folder, 'c'));
  await writeFile(join(folder, 'c/DSKKAR00.DBF'), month(4, 30).workshop);
  const seen: string[] = [];
  const summary = await importFolder(register.lists, [folder], {
    onPair: ({ pair, report }: ImportedPair, done: number, total: number) =>
      seen.push(`${pair.name.slice(folder.length + 1)} ${report?.state ?? 'incomplete'} ${done}/${total}`),
  });
  t.strictSame(summary, {
    counts: { accepted: 2, 'accepted-with-warnings': 0, unchanged: 0, refused: 1, incomplete: 1 },
    rows: 2,
    newestMonth: { year: 1404, month: 2 },
    complete: true,
  });
  t.strictSame(seen.map((line) => line.replace(/ \d\/4$/, '')).sort(), [
    'a/1404-01 accepted',
    'a/1404-02 accepted',
    'b refused',
    'c incomplete',
  ]);
  t.strictSame(
    (await register.record(ali)).map(({ days }) => days),
    [31, 20],
  );
});

t.test('a folder taken in before is recognised without reading a list again', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  for (let n = 1; n <= 12; n += 1) await put(join(folder, String(n)), month(n, 20));
  await importFolder(register.lists, [folder]);
  const before = await register.everything();
  const taken: string[] = [];
  const watched = { ...register.lists, ingest: (async () => taken.push('read')) as never };
  const { counts, newestMonth } = await importFolder(watched, [folder]);
  t.equal(counts.unchanged, 12);
  t.strictSame(newestMonth, { year: 1404, month: 12 });
  t.strictSame(taken, []);
  t.equal(await register.everything(), before);
});

t.test('files that a browser has numbered are files of lists', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  await put(folder, month(1, 31), ['DSKKAR00 (1).DBF', 'dskwor00(12).dbf']);
  t.match((await importFolder(register.lists, [folder])).counts, { accepted: 1 });
});

t.test(
  'which version of a list counts is told by when it was written, not by the name of its folder',
  async (t) => {
    const register = await openRegister(t);
    const dated = (days: number, day: number): Files => {
      const files = month(1, days);
      for (const bytes of Object.values(files)) bytes[3] = day;
      return files;
    };
    const folder = t.testdir();
    await put(join(folder, 'original'), dated(30, 1));
    await put(join(folder, 'corrected'), dated(29, 2));
    await writeFile(
      join(folder, 'later.zip'),
      buildZip([
        { name: 'DSKKAR00.DBF', bytes: dated(28, 3).workshop },
        { name: 'DSKWOR00.DBF', bytes: dated(28, 3).workers },
      ]),
    );
    await importFolder(register.lists, [join(folder, 'corrected'), join(folder, 'original')]);
    t.match(await register.record(ali), [{ days: 29 }]);
    t.equal((await register.db.selectFrom('employer_list').select('id').execute()).length, 2, 'with a trace');
    await importFolder(register.lists, [folder]);
    t.match(await register.record(ali), [{ days: 28 }]);

    const before = await register.everything();
    t.match((await importFolder(register.lists, [folder])).counts, { unchanged: 3 });
    t.equal(await register.everything(), before, 'and again changes nothing');

    t.match((await importFolder(register.lists, [join(folder, 'original')])).counts, { accepted: 1 });
    t.match(await register.record(ali), [{ days: 30 }], 'alone, an earlier version is put back');
  },
);

t.test('versions written on one day go by the time of their files', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  await put(join(folder, 'b'), month(1, 30));
  await put(join(folder, 'a'), month(1, 29));
  for (const [name, seconds] of [
    ['b', 1_000_000],
    ['a', 2_000_000],
  ] as const) {
    for (const file of ['DSKKAR00.DBF', 'DSKWOR00.DBF'])
      await utimes(join(folder, name, file), seconds, seconds);
  }
  await importFolder(register.lists, [folder]);
  t.match(await register.record(ali), [{ days: 29 }]);
});

t.test('corrections in later folders replace lists in earlier ones, every time', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  for (let n = 1; n <= 6; n += 1) {
    await put(join(folder, `${n}`), month(n, 30));
    await put(join(folder, `${n}-corrected`), month(n, 10 + n));
  }
  await importFolder(register.lists, [folder]);
  t.strictSame(
    (await register.record(ali)).map(({ days }) => days),
    [11, 12, 13, 14, 15, 16],
  );
  await importFolder(register.lists, [folder]);
  t.equal((await register.record(ali)).length, 6);
});

t.test('zip files hold lists too, in folders or alone; one bad zip keeps nothing else out', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir({ 'bad.zip': 'nonsense' });
  const members = [1, 2, 3].flatMap((n) => {
    const { workshop, workers } = month(n, 20 + n);
    return [
      { name: `1404-0${n}/DSKKAR00.DBF`, bytes: workshop },
      { name: `1404-0${n}/DSKWOR00.DBF`, bytes: workers },
    ];
  });
  await writeFile(join(folder, 'lists.zip'), buildZip(members));
  const names: string[] = [];
  const { counts } = await importFolder(register.lists, [folder], {
    onPair: ({ pair }) => names.push(pair.name.slice(folder.length + 1)),
  });
  t.match(counts, { accepted: 3, incomplete: 1 });
  t.strictSame(names.sort(), ['bad.zip', 'lists.zip/1404-01', 'lists.zip/1404-02', 'lists.zip/1404-03']);
  t.equal((await importFolder(register.lists, [join(folder, 'lists.zip')])).counts.unchanged, 3);
});

t.test('a zip file that proves bad half-way is named once, and nothing of it is taken', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  const { workshop, workers } = month(1, 31);
  await writeFile(
    join(folder, 'half.zip'),
    buildZip([
      { name: '1/DSKKAR00.DBF', bytes: workshop },
      { name: '1/DSKWOR00.DBF', bytes: workers },
      { name: '2/DSKKAR00.DBF', bytes: workshop },
      { name: '2/DSKWOR00.DBF', bytes: workers, size: 10 },
    ]),
  );
  const named: string[] = [];
  const { counts } = await importFolder(register.lists, [folder], {
    onPair: ({ pair }) => named.push(pair.name.slice(folder.length + 1)),
  });
  t.match(counts, { accepted: 0, incomplete: 1 });
  t.strictSame(named, ['half.zip']);
});

t.test('of two files of one name in a folder neither is chosen', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  await put(join(folder, 'a'), month(1, 31));
  await put(join(folder, 'a'), month(1, 30), ['DSKKAR00.DBF', 'dskwor00.dbf']);
  const { workshop, workers } = month(2, 31);
  const twice = ['DSKWOR00.DBF', 'DSKKAR00.DBF', 'dskkar00.dbf', 'DSKKAR00.dbf'];
  const members = twice.map((name) => ({ name, bytes: /wor/i.test(name) ? workers : workshop }));
  await writeFile(join(folder, 'b.zip'), buildZip(members));
  const seen: (string | undefined)[] = [];
  const { counts } = await importFolder(register.lists, [folder], {
    onPair: ({ pair }) => seen.push(pair.unreadable),
  });
  t.match(counts, { accepted: 0, refused: 0, incomplete: 2 });
  t.match(seen, [/twice/, /twice/]);
});

t.test('an interrupted import keeps what is done and goes on when run again', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  for (let n = 1; n <= 12; n += 1) await put(join(folder, String(n).padStart(2, '0')), month(n, 20));
  const interruption = new AbortController();
  const first = await importFolder(register.lists, [folder], {
    signal: interruption.signal,
    onPair: (_imported, done) => done === 5 && interruption.abort(),
  });
  t.equal(first.complete, false);
  t.equal(first.counts.accepted, 5);
  t.equal((await register.record(ali)).length, 5);
  const second = await importFolder(register.lists, [folder]);
  t.match(second, { complete: true, counts: { accepted: 7, unchanged: 5 } });
  t.equal((await register.record(ali)).length, 12);
});

function importCommand(url: string, dataDirectory: string) {
  const environment = { ...process.env, DATABASE_URL: url, DATA_DIRECTORY: dataDirectory };
  return (...args: string[]) => savabegh(['import-lists', ...args], environment);
}

t.test('the command tells by its exit code whether everything is in, and writes a report', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  await put(join(folder, 'lists/1'), month(1, 31));
  await put(join(folder, 'lists/2'), list({ month: 2, rows: [work(ali, 30), work(reza, 32)] }));
  await put(join(folder, 'more/3'), month(3, 31));
  const run = importCommand(register.url, join(folder, 'data'));
  const report = join(folder, 'report.jsonl');

  const dry = await run('--dry-run', '--quiet', join(folder, 'lists/1'));
  t.match(dry, { code: 0, stdout: /^dry run, nothing kept: 1 accepted; 1 rows/ });
  t.equal((await register.record(ali)).length, 0);

  const { code, stdout } = await run('--report', report, join(folder, 'lists'));
  t.equal(code, 1, 'something was refused');
  t.match(stdout, /accepted .*workshop 0987654321, 1404-01, list 01, 1 rows/);
  t.match(stdout, /error {2}days-above-month: .*\(DSW_DD\) ۳۲ روز.* \/ .*32 days.*\(DSKWOR00, row 2\)/);
  t.match(stdout, /1 accepted, 1 refused; 1 rows/);
  const lines = (await readFile(report, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(lines.find(({ state }) => state === 'refused')?.findings, [
    {
      severity: 'error',
      file: 'workers',
      row: 2,
      field: 'DSW_DD',
      code: 'days-above-month',
      message: { fa: String, en: String },
    },
  ]);

  await put(join(folder, 'mended'), list({ month: 1, rows: [work(ali, 30), work(reza, 10)] }));
  t.match(
    (await run('--dry-run', join(folder, 'mended'))).stdout,
    /corrects list \d+, people: 1 added, 0 off, 1 changed, days: 31 → 40/,
    'what a correction would do',
  );

  for (const [path, reason] of [
    [join(folder, 'nowhere/report.jsonl'), /^the report cannot be written: ENOENT/],
    [folder, /^the report cannot be written: EISDIR/],
  ] as const) {
    const { code, stdout, stderr } = await run('--report', path, join(folder, 'more/3'));
    t.match({ code, stdout }, { code: 1, stdout: '' }, 'nothing is imported');
    t.match(stderr, reason);
    t.notMatch(stderr, /\n +at /);
  }
  if (existsSync('/dev/full')) {
    const full = await run('--report', '/dev/full', join(folder, 'more/3'));
    t.match(full, { code: 1, stdout: /1 accepted/, stderr: /^the report is not complete: ENOSPC/ });
  }

  t.match(await run('--quiet', join(folder, 'lists/1')), { code: 0, stdout: '1 unchanged; 0 rows\n' });
  t.match(await run(), { code: 2, stderr: /import-lists/ });
  t.match(await run('--nonsense', folder), { code: 2, stderr: /nonsense/ });
  t.match(await run(join(folder, 'nowhere')), { code: 1, stderr: /there is no .*nowhere/ });
  await mkdir(join(folder, 'empty'));
  t.match(await run(join(folder, 'empty')), { code: 1, stdout: /no lists found/ });
});

t.test('an operator sees which lists of a month count, and takes one back', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  const environment = { ...process.env, DATABASE_URL: register.url, DATA_DIRECTORY: join(folder, 'data') };
  const lists = (...args: string[]) => savabegh(['lists', ...args], environment);
  await put(join(folder, 'first'), list({ month: 1, rows: [work(ali, 30), work(reza, 10)] }));
  await put(join(folder, 'second'), list({ month: 1, rows: [work(ali, 31), work(reza, 10)] }));
  await importFolder(register.lists, [join(folder, 'first')]);
  await importFolder(register.lists, [join(folder, 'second')]);
  const { rows } = await register.pool.query('select id from employer_list order by id');
  const [first, second] = rows.map(({ id }) => String(id)) as [string, string];
  const shown = await lists('show', '0987654321', '1404-01');
  t.match(shown, { code: 0, stdout: new RegExp(`list ${second}: number 01.*2 rows, 41 days.*: counts`) });
  t.match(shown.stdout, new RegExp(`list ${first}: .*replaced by list ${second}`));
  t.match(shown.stdout, /1 lists count: 2 rows, 41 days, insurable 205,000,000 rials/);

  t.match(await lists('withdraw', first), { code: 1, stderr: /A later list has taken its place/ });
  t.match(await lists('withdraw', second, '--by', 'sara'), {
    code: 0,
    stdout: `withdrawn; list ${first} counts again. People: 0 added, 0 off, 1 changed, days: 41 → 40\n`,
  });
  t.match(await lists('withdraw', first), { code: 1, stderr: /--confirm-removals/ });
  t.match(await lists('withdraw', first, '--confirm-removals'), {
    code: 0,
    stdout: /none counts in its place/,
  });
  t.strictSame(await register.record(ali), []);
  t.equal(await register.verify(), 0);
  const { rows: trace } = await register.pool.query(
    'select withdrawn_by as by from employer_list where id = $1',
    [second],
  );
  t.equal(trace[0].by, 'operator:sara');
  t.match(await lists('withdraw', '999'), { code: 1, stderr: /no such list/ });
  for (const wrong of [
    ['show', '12', '1404-01'],
    ['show', '0987654321', '1404-13'],
    ['withdraw', 'x'],
  ]) {
    t.match(await lists(...wrong), { code: 2 }, wrong.join(' '));
  }
  t.match(await lists('show', '0987654321', '1404-02'), { code: 1, stderr: /no list of this month/ });
});

t.test('importing a folder again undoes no withdrawal, unless that is asked for', async (t) => {
  const register = await openRegister(t);
  const folder = t.testdir();
  await put(join(folder, '1'), month(1, 31));
  await put(join(folder, '2'), month(2, 30));
  await importFolder(register.lists, [folder]);
  const { rows } = await register.pool.query('select id from employer_list where month = 1');
  await register.lists.withdraw({ listId: rows[0].id, by: 'employer', confirmRemovals: true });
  const withdrawn: boolean[] = [];
  const again = await importFolder(register.lists, [folder], {
    onPair: ({ isWithdrawn }) => withdrawn.push(isWithdrawn),
  });
  t.match(again.counts, { unchanged: 2 });
  t.strictSame(withdrawn, [true, false]);
  t.match(await register.record(ali), [{ days: 30 }]);
  t.match((await importFolder(register.lists, [folder], { putBack: true })).counts, {
    accepted: 1,
    unchanged: 1,
  });
  t.strictSame(
    (await register.record(ali)).map(({ days }) => days),
    [31, 30],
  );
});
