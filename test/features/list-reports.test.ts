import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { foundBeyondTheFiles } from '../support/finding-codes.ts';
import { type Files, list, toCode, work } from '../support/register.ts';

const [ali, reza, sara] = [toCode(1), toCode(2), toCode(3)];
const service = await startTestService(t);
const employer = await machineClient(service, ['employer-lists:write', 'employer-lists:read']);
const token = await employer.token();

function post({ workshop, workers }: Files, query: string, headers: Record<string, string> = {}) {
  const form = new FormData();
  form.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
  form.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
  return fetch(`${service.origin}/v1/employer-lists${query}`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

async function send(files: Files, query = '') {
  const answer = await post(files, query);
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

const toReport = (id: string, query = '', headers = {}, as = token) =>
  service.get(`/v1/employer-lists/${id}/report${query}`, { token: as, headers });

t.test('a report is a page to print, in Persian, with all that an accountant needs', async (t) => {
  const place = { workshop: '3333333333', name: '<b>کارگاه</b> «الف»' };
  const name = { DSW_FNAME: '<script>alert(1)</script>' };
  await send(list({ ...place, rows: [work(ali), work(reza), work(sara)] }));
  const { id } = await send(
    list({
      ...place,
      rows: [work(ali, 29), work(reza, 30, 100_000, name), work('', 30, 5e6, { DSW_ID1: '12345678' })],
    }),
  );
  const { status, headers, text } = await toReport(id);
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'text/html; charset=utf-8');
  t.equal(headers.get('cache-control'), 'no-store');
  t.match(headers.get('content-disposition'), /^inline; filename="employer-list-report\.html"$/);
  t.match(
    headers.get('content-security-policy'),
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/,
  );
  t.match(text, '<html lang="fa" dir="rtl">');
  for (const part of [
    'این لیست ثبت شد.',
    '3333333333',
    'آبان ۱۴۰۴',
    '<dt>افراد اضافه‌شده</dt><dd><bdi>۱</bdi></dd>',
    '<dt>افراد حذف‌شده</dt><dd><bdi>۱</bdi></dd>',
    '<dt>جمع روزها اکنون</dt><dd><bdi>۸۹</bdi></dd>',
    '<dt>دستمزد ماهانه</dt><dd><bdi>۲۹۸٬۰۰۰٬۰۰۰ ریال</bdi></dd>',
    'دستمزد روزانه (DSW_ROOZ) ۱۰۰٬۰۰۰ ریال است و از حداقل دستمزد سال، ۳٬۴۶۳٬۶۵۶ ریال، کمتر است.',
    '12345678',
    `<bdi>${id}</bdi>`,
  ]) {
    t.ok(text.includes(part), part);
  }
  t.notMatch(text, /<script|<b>|undefined|NaN|\{\w+\}/);
  const english = await toReport(id, '?format=html', { 'accept-language': 'en' });
  t.match(english.text, /<html lang="en" dir="ltr">[\s\S]*Insurable wages[\s\S]*Wage below the minimum/);
  t.notMatch(
    english.text.replace(/<bdi>[^<]*<\/bdi>|<title>[^<]*|<header[\s\S]*<\/header>/g, ''),
    /<(?:p|h\d|th|dt)[^>]*>[^<]*[\u0600-\u06ff]/,
  );
});

t.test('a report of a list of which nothing could be read is a page too', async (t) => {
  const { id } = await send({ workshop: Buffer.from('x'), workers: Buffer.from('y') });
  const { text } = await toReport(id);
  t.match(text, 'این لیست ثبت نشد.');
  t.match(text, /مشخصات لیست خوانده نشد/);
  t.match(text, /\(DSKKAR00\) \(DSKWOR00\)<\/p>/);
});

t.test(
  'as CSV a report has all findings, opens in a spreadsheet, and nothing in it is a formula',
  async (t) => {
    const rows = Array.from({ length: 600 }, (_, index) =>
      work('', 30, 5_000_000, { DSW_ID1: String(index + 1).padStart(8, '0'), DSW_FNAME: '=1+1;@x' }),
    );
    const { id, findings } = await send(
      list({
        workshop: '4444444444',
        rows: [...rows, work(ali, 31)],
        changes: { workshop: { DSK_TMAH: 7 } },
      }),
    );
    t.equal(findings.length, 502);
    const { status, headers, text } = await toReport(id, '?format=csv', { 'accept-language': 'en' });
    t.equal(status, 200);
    t.match(headers.get('content-type'), /^text\/csv; charset=utf-8/);
    t.match(headers.get('content-disposition'), 'attachment; filename="employer-list-report.csv"');
    const lines = text
      .replace(/^\uFEFF/, '')
      .trimEnd()
      .split('\r\n');
    t.equal(lines.length, 603, 'a line for each, and the head');
    t.match(lines[0], /^"Severity","Subject","File","Row"/);
    t.match(lines[1], /^"Error","More days than the month has","DSKWOR00",601,1,"علی احمدی"/);
    t.match(
      lines[2],
      /^"Error","Total that is not the sum of the rows","DSKKAR00",,0,"",,,"total of monthly wages \(DSK_TMAH\)",7,\d+,/,
    );
    t.match(lines[3], /"'=1\+1;'@x احمدی","\u200E00000001",,/);
    t.notMatch(text, /(?:^|[",;\t])[=+@-]/m);
    const bytes = await fetch(`${service.origin}/v1/employer-lists/${id}/report?format=csv`, {
      headers: { authorization: `Bearer ${token}` },
    }).then((answer) => answer.arrayBuffer());
    t.same([...new Uint8Array(bytes).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    t.match(Buffer.from(bytes).toString(), /"نوع","موضوع"/);
  },
);

t.test('a dry run has its report as a file too, and keeps nothing', async (t) => {
  const place = { workshop: '6666666666' };
  const counted = async () =>
    (await service.db.selectFrom('employer_list_submission').select('id').execute()).length;
  const before = await counted();
  const wrong = list({ ...place, rows: [work(ali, 31), work(reza, 30, 100_000)] });
  const page = await post(wrong, '/report');
  t.equal(page.status, 200);
  t.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  t.match(page.headers.get('content-security-policy'), /^default-src 'none'/);
  const text = await page.text();
  for (const part of [
    'آزمایشی: این لیست پذیرفته نمی‌شود.',
    '6666666666',
    '<h2>خطاها <small>(۱)</small></h2>',
  ]) {
    t.ok(text.includes(part), part);
  }
  t.notMatch(text, /undefined|NaN|\{\w+\}|شناسهٔ گزارش|این لیست ثبت شد/);

  const table = await post(wrong, '/report?format=csv', { 'accept-language': 'en' });
  t.match(table.headers.get('content-disposition'), 'attachment; filename="employer-list-report.csv"');
  t.match(await table.text(), /"Error","More days than the month has","DSKWOR00",1,1,/);

  const right = list({ ...place, rows: [work(ali), work(reza)] });
  t.match(await (await post(right, '/report', { 'accept-language': 'en' })).text(), /would be imported/);
  t.equal(await counted(), before, 'nothing was submitted');
  t.match(await send(right), { state: 'accepted' });
  t.match(await (await post(right, '/report')).text(), /آزمایشی: این لیست پیش‌تر ثبت شده است/);
  const removing = list({ ...place, rows: [work(sara)] });
  t.match(await (await post(removing, '/report')).text(), /آزمایشی: این لیست پذیرفته نمی‌شود/);
  t.match(
    await (await post(removing, '/report?confirm=removals')).text(),
    /<dt>افراد حذف‌شده<\/dt><dd><bdi>۲<\/bdi>/,
  );
});

t.test('who may not send a list gets no report of one, and what is no list is said to be none', async (t) => {
  const files = list({ workshop: '7777777777', rows: [work(ali)] });
  const reader = await machineClient(service, ['employer-lists:read']);
  const other = await machineClient(service, ['employer-lists:write'], { workshopCodes: ['1000000001'] });
  for (const [client, status] of [
    [reader, 403],
    [other, 403],
  ] as const) {
    const answer = await post(files, '/report', { authorization: `Bearer ${await client.token()}` });
    t.equal(answer.status, status);
    t.match(answer.headers.get('content-type'), 'application/problem+json');
  }
  t.equal((await post(files, '/report?format=pdf')).status, 400);
  t.equal((await post(files, '/report?dryRun=true')).status, 400);
  t.equal((await service.call('POST', '/v1/employer-lists/report', { token, body: {} })).status, 415);
  const unreadable = await post({ workshop: Buffer.from('x'), workers: Buffer.from('y') }, '/report');
  t.match(await unreadable.text(), 'مشخصات لیست خوانده نشد');
});

t.test('only the sender gets the report, and only when there is one', async (t) => {
  const { id } = await send(list({ workshop: '5555555555', rows: [work(ali)] }));
  const other = await machineClient(service, ['employer-lists:read']);
  const writer = await machineClient(service, ['employer-lists:write']);
  for (const query of ['', '?format=csv']) {
    t.match(await toReport(id, query, {}, await other.token()), {
      status: 404,
      body: { code: 'list-not-found' },
    });
    t.match(await toReport(id, query, {}, await writer.token()), {
      status: 403,
      body: { code: 'insufficient-scope' },
    });
    t.equal((await service.get(`/v1/employer-lists/${id}/report${query}`)).status, 401);
  }
  for (const query of ['?format=pdf', '?format=csv&format=html', '?other=1']) {
    t.match(await toReport(id, query), { status: 400, body: { code: 'invalid-input' } }, query);
  }
  t.match(await toReport('nothing'), { status: 400 });
  await service.db
    .updateTable('employer_list_submission')
    .set({ state: 'received', report: sql<string>`null` })
    .where('id', '=', id)
    .execute();
  const waiting = await toReport(id);
  t.match(waiting, { status: 409, body: { code: 'report-not-ready', retryAfterSeconds: 5 } });
  t.equal(waiting.headers.get('retry-after'), '5');
});
