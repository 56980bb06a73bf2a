import t, { type Test } from 'tap';
import { savabegh } from '../support/command.ts';
import { list, openRegister, toCode, work } from '../support/register.ts';

const [ali, reza] = [toCode(1), toCode(2)];

/** Runs a command of the project as an operator does. */
function commandOn(t: Test, url: string, name: string) {
  const environment = { ...process.env, DATABASE_URL: url, DATA_DIRECTORY: t.testdir() };
  return (...args: string[]) => savabegh([name, ...args], environment);
}

t.test('an operator sees a record masked, and in full only when asking for it', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ rows: [work(ali, 30, 5_000_000, { DSW_LNAME: 'احمدی' })] }));
  const records = commandOn(t, register.url, 'records');
  const masked = await records('show', ali);
  t.equal(masked.code, 0, masked.stderr);
  t.match(masked.stdout, /30 days/);
  t.notMatch(masked.stdout, /احمدی|150,000,000|1991/);
  const full = await records('show', ali, '--unmask');
  t.match(full.stdout, /احمدی/);
  t.match(full.stdout, /150,000,000 rials/);
  t.match(await records('show', reza), { code: 1, stderr: /no such person/ });
  t.match(await records('show', '1234567890'), { code: 2, stderr: /not a national code/ });
  t.match(await records(), { code: 2, stderr: /show NATIONAL_CODE/ });
  t.match(await records('constructor'), { code: 2, stderr: /there is no savabegh records constructor/ });
});

t.test('closing a month moves the as-of month', async (t) => {
  const register = await openRegister(t);
  const records = commandOn(t, register.url, 'records');
  t.match((await records('status')).stdout, /none closed/);
  t.match((await records('close', '۱۴۰۵-۰۶')).stdout, /1405-06 \(before: none\)/);
  t.match((await records('status')).stdout, /as-of month: 1405-06/);
  t.match(await records('close', '1405-13'), { code: 2 });
});

t.test('the statutory rates an operator sets are what later lists are held against', async (t) => {
  const register = await openRegister(t);
  const records = commandOn(t, register.url, 'records');
  t.equal((await records('wage', '1402', '1769428')).code, 0);
  t.equal((await records('rate', '1402-07', '8', '20', '3', '5')).code, 0);
  t.match((await records('status')).stdout, /minimum daily wage 1402: 1,769,428.*from 1402-07: worker 8 %/s);
  const findings = async (month: number) =>
    (await register.ingest(list({ year: 1402, month, rows: [work(ali, 30, 10_000_000)] }))).findings.map(
      ({ code, expected }) => `${code} ${expected}`,
    );
  t.strictSame(await findings(6), []);
  t.strictSame(await findings(7), [
    'insurable-wage-above-ceiling 265414200',
    'worker-premium-differs 24000000',
  ]);
});

t.test('a month of a scheme is added once, and only of a type without a workshop', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ rows: [work(ali, 30)] }));
  const records = commandOn(t, register.url, 'records');
  const scheme = (...change: string[]) =>
    records('scheme', ali, '2', '1403-01', '31', '90000000', '6300000', ...change);
  t.match(await scheme(), { code: 2 });
  t.match(await scheme('receipt 12'), { code: 0 });
  t.match(await scheme('receipt 12'), { code: 1, stderr: /there already/ });
  t.match(await records('scheme', ali, '1', '1403-02', '31', '1', '1', 'x'), {
    code: 1,
    stderr: /history type/,
  });
  t.match(await records('scheme', ali, '2', '1403-12', '31', '1', '1', 'x'), {
    code: 1,
    stderr: /fewer days/,
  });
  t.match(await register.record(ali), [
    { month: { year: 1403, month: 1 }, workshopCode: null, historyType: 2, listId: null, days: 31 },
    { workshopCode: '0987654321', days: 30 },
  ]);
  t.match((await records('verify')).stdout, /every record/);
});

t.test('verify finds a record that is not what its lists say, and mends it', async (t) => {
  const register = await openRegister(t);
  for (let month = 1; month <= 12; month += 1) {
    await register.ingest(
      list({
        month,
        rows: [work(ali, 29), work(reza, 29), work('', 29, 5_000_000, { DSW_ID1: '12345678' })],
      }),
    );
  }
  await register.ingest(list({ month: 3, rows: [work(ali, 15)] }));
  const records = commandOn(t, register.url, 'records');
  t.match(await records('verify'), { code: 0, stdout: /every record is what its lists say/ });
  const right = [await register.record(ali), await register.record(reza)];

  await register.pool.query(
    `update insurance_record set recent = replace(recent, ',29,', ',28,') from insured_person
     where id = insured_person_id and national_code = $1`,
    [ali],
  );
  await register.pool.query(
    'delete from insurance_record using insured_person where id = insured_person_id and national_code = $1',
    [reza],
  );
  t.match(await records('verify'), { code: 1, stderr: /2 records/ });
  t.match(await records('verify', '--repair'), { code: 0, stdout: /2 records/ });
  t.match(await records('verify'), { code: 0 });
  t.strictSame([await register.record(ali), await register.record(reza)], right);
});
