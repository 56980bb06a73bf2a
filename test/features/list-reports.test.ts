import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { foundBeyondTheFiles } from '../support/finding-codes.ts';
import { codeOf, type Files, list, work } from '../support/register.ts';

const [ali, reza, sara] = [codeOf(1), codeOf(2), codeOf(3)];
const service = await startTestService(t);
const employer = await machineClient(service, ['employer-lists:write', 'employer-lists:read']);
const token = await employer.token();

async function send({ workshop, workers }: Files, query = '') {
  const form = new FormData();
  form.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
  form.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
  const answer = await fetch(`${service.origin}/v1/employer-lists${query}`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${token}` },
  });
  // biome-ignore lint/suspicious/noExplicitAny: looked at freely
  return (await answer.json()) as any;
}

t.test('what a list says beside others is told to its sender, whom and what to do', async (t) => {
  const month = { workshop: '1111111111' };
  const reports = [
    await send(list({ ...month, month: 7, rows: [work(ali), work(reza), work(sara)] })),
    await send(list({ ...month, rows: [work(ali), work(reza, 30, 50_000_000)] })),
    await send(list({ ...month, contractRow: '002', rows: [work(ali, 12)] })),
    await send(list({ ...month, rows: [] })),
  ];
  const findings = reports.flatMap((report) => report.findings);
  const made = new Set(findings.map(({ code }) => code));
  for (const code of foundBeyondTheFiles['features/list-reports.test.ts']) t.ok(made.has(code), code);
  t.match(
    findings.find(({ code }) => code === 'person-missing'),
    {
      row: null,
      rowCount: 0,
      column: null,
      person: { name: 'علی احمدی', insuranceNumber: sara, nationalCode: sara },
      message: {
        fa: `علی احمدی (شمارهٔ بیمه ${sara}): این شخص در لیست مهر ۱۴۰۴ بود، تاریخ ترک کار ندارد و در لیست این ماه نیست. اگر کار را ترک کرده است، تاریخ ترک کار او را در لیست آن ماه بنویسید؛ اگر نه، او را به این لیست اضافه کنید.`,
      },
    },
  );
  t.match(
    findings.find(({ code }) => code === 'daily-wage-jumps'),
    {
      column: { fa: 'دستمزد روزانه', en: 'daily wage' },
      message: { en: /50,000,000 rials; in the month before it was 5,000,000 rials/ },
    },
  );
  t.match(reports[3], { state: 'refused', findings: [{ code: 'removals-unconfirmed' }] });
  t.match(reports[0].list, { workshopName: 'شرکت نمونه', rowCount: 3, totals: { days: 90 } });
});

t.test('an answer tells the first five hundred, errors before all else, and counts the rest', async (t) => {
  const rows = Array.from({ length: 600 }, (_, index) =>
    work('', 30, 5_000_000, { DSW_ID1: String(10_000_000 + index) }),
  );
  const report = await send(
    list({ workshop: '2222222222', rows, changes: { workshop: { DSK_TDD: 1 } } }),
    '?dryRun=true',
  );
  t.match(report, { state: 'refused', errorCount: 1, warningCount: 600 });
  t.equal(report.findings.length, 501);
  t.equal(report.findings[0].code, 'total-differs');
});
