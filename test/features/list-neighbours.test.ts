import t from 'tap';
import type { IntakeReport } from '../../src/features/employer-lists/index.ts';
import { list, openRegister, toCode, work } from '../support/register.ts';

const [ali, reza, sara] = [toCode(1), toCode(2), toCode(3)];

/** `code row value expected` of every finding. */
const said = ({ findings }: IntakeReport) =>
  findings.map(({ code, row, value, expected }) =>
    [code, row, value, expected].filter((part) => part !== null).join(' '),
  );

t.test('a month under the numbers 01, 1, 001 and blank is one list', async (t) => {
  const register = await openRegister(t);
  const rows = [work(ali, 30)];
  for (const number of ['01', '1', '001', '']) {
    const report = await register.ingest(list({ number, rows }));
    t.notOk(
      said(report).some((finding) => finding.startsWith('also')),
      number,
    );
  }
  t.match(await register.record(ali), [{ days: 30 }]);
  t.equal(await register.verify(), 0);
});

t.test('a person on two lists of a workshop’s month counts twice, and both senders read it', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ rows: [work(ali, 30), work(reza, 10)] }));
  const second = await register.ingest(
    list({ contractRow: '002', rows: [work(sara, 5), work(ali, 12), work(reza, 12)] }),
  );
  t.strictSame(said(second), [
    'also-in-another-list 2 01/001',
    'also-in-another-list 3 01/001',
    'days-beyond-month 2 42 30',
  ]);
  t.match(second, {
    state: 'accepted-with-warnings',
    warningCount: 3,
    findings: [{ person: { name: 'علی احمدی', nationalCode: ali } }],
  });
  t.match(await register.record(ali), [{ days: 30 }, { days: 12 }]);
  const corrected = await register.ingest(list({ rows: [work(ali, 18), work(reza, 10)] }));
  t.strictSame(said(corrected), ['also-in-another-list 1 01/002', 'also-in-another-list 2 01/002']);
  t.equal(await register.verify(), 0);
});

t.test('a foreigner is found on the other list too, with and without the new code', async (t) => {
  const register = await openRegister(t);
  const foreigner = work('', 20, 5_000_000, { DSW_ID1: '12345678' });
  await register.ingest(list({ rows: [foreigner] }));
  const report = await register.ingest(
    list({ number: '02', rows: [work(ali, 15, 5_000_000, { DSW_ID1: '12345678' })] }),
  );
  t.strictSame(said(report), ['also-in-another-list 1 01/001', 'days-beyond-month 1 35 30']);
  t.equal(await register.verify(), 0);
});

t.test('days beyond the month are found in one list as well', async (t) => {
  const register = await openRegister(t);
  const twice = [
    work(ali, 20, 5_000_000, { DSW_SDATE: '14040101' }),
    work(ali, 20, 5_000_000, { DSW_SDATE: '14040201' }),
  ];
  t.strictSame(said(await register.ingest(list({ rows: twice }))), ['days-beyond-month 1 40 30']);
});

t.test('who was on last month’s list and is gone without a word is asked about', async (t) => {
  const register = await openRegister(t);
  const left = { DSW_EDATE: '14040715' };
  await register.ingest(
    list({ month: 7, rows: [work(ali), work(reza, 15, 5_000_000, left), work(sara), work(toCode(4), 0)] }),
  );
  const report = await register.ingest(list({ rows: [work(ali)] }));
  t.strictSame(said(report), ['person-missing 1404/07'], 'not who left, nor who had no days');
  t.match(report.findings, [{ row: null, person: { nationalCode: sara } }]);
  t.strictSame(said(await register.ingest(list({ month: 9, contractRow: '002', rows: [work(reza)] }))), []);
});

t.test('a wage with a zero more or less is asked about; a new year’s wage is not', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ month: 7, rows: [work(ali), work(reza), work(sara, 30, 4_000_000)] }));
  const report = await register.ingest(
    list({ rows: [work(ali, 30, 50_000_000), work(reza, 0, 0), work(sara, 30, 5_800_000)] }),
  );
  t.strictSame(
    said(report).filter((finding) => !finding.startsWith('insurable')),
    ['daily-wage-jumps 1 50000000 5000000'],
  );
});

t.test('a thousand such people are all named', async (t) => {
  const register = await openRegister(t);
  const rows = Array.from({ length: 1_000 }, (_, index) => work(toCode(index + 1), 20));
  await register.ingest(list({ rows }));
  const report = await register.ingest(list({ number: '02', rows }));
  t.equal(report.warningCount, 2_000, 'on both lists, and 40 days');
  t.equal(report.findings.length, 2_000);
});

t.test('another workshop’s list is nobody’s business', async (t) => {
  const register = await openRegister(t);
  await register.ingest(list({ rows: [work(ali)] }));
  t.strictSame(said(await register.ingest(list({ workshop: '1111111111', rows: [work(ali)] }))), []);
});
