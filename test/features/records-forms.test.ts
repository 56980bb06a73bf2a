import t from 'tap';
import type { MonthEntry } from '../../src/features/records/month-entry.ts';
import { recordsAsCsv } from '../../src/features/records/records.csv.ts';
import { acceptsGzip, preferredType } from '../../src/http/negotiation.ts';
import { startTestService } from '../support/app.ts';
import { readContract } from '../support/contract.ts';
import { list, toCode, work } from '../support/register.ts';
import { registerOf, signedIn } from '../support/signed-in.ts';

const path = '/v1/me/insurance-records';
const ali = toCode(1);

t.test('a year shows its twelve months, and for each the workshops and lists it came from', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ month: 1, rows: [work(ali, 31)] }));
  const first = await register.ingest(
    list({ month: 2, number: '07', rows: [work(toCode(9)), work(ali, 20)] }),
  );
  await register.ingest(list({ workshop: '1111111111', month: 2, rows: [work(ali, 25, 4_000_000)] }));
  await register.ingest(list({ month: 3, rows: [work(ali, 0)] }));
  await register.ingest(list({ year: 1403, month: 12, rows: [work(ali, 30)] }));
  await service.db
    .updateTable('record_basis')
    .set({ closed_month: 1404 * 12 + 4, revision: 2 })
    .execute();
  const { token } = await signedIn(service, ali);
  const { status, body } = await service.get(`${path}/years/1404`, { token });

  t.equal(status, 200);
  t.match(body, {
    year: 1404,
    gregorian: { from: '2025-03-21', to: '2026-03-20' },
    length: 365,
    asOf: { year: 1404, month: 5 },
    days: { raw: 76, capped: 62 },
    monthsWithDays: 2,
    concurrentMonths: 1,
    notice: null,
  });
  t.strictSame(
    body.months.map(({ month, state }: { month: number; state: string }) => `${month} ${state}`),
    [
      '1 with-days',
      '2 with-days',
      '3 without-days',
      '4 not-reported',
      '5 not-reported',
      ...[6, 7, 8, 9, 10, 11, 12].map((month) => `${month} not-closed`),
    ],
  );
  t.match(body.months[1], {
    name: { fa: 'اردیبهشت', en: 'Ordibehesht' },
    gregorian: { from: '2025-04-21', to: '2025-05-21' },
    length: 31,
    days: { raw: 45, capped: 31 },
    concurrent: true,
    insurableWage: 200_000_000,
    premium: 14_000_000,
    sources: [
      {
        workshop: { code: '0987654321', name: 'شرکت نمونه' },
        days: 20,
        list: {
          id: String(first.listId),
          number: '07',
          contractRow: '001',
          row: 2,
          receivedAt: /^\d{4}-.*Z$/,
        },
      },
      { workshop: { code: '1111111111' }, days: 25, dailyWage: 4_000_000 },
    ],
  });
});

t.test('every form of a record is what the document says, member for member', async (t) => {
  const service = await startTestService(t);
  const contract = await readContract(service);
  const { pool, ingest } = registerOf(t, service);
  await ingest(list({ year: 1402, month: 5, rows: [work(ali, 0)] }));
  await ingest(list({ year: 1403, month: 12, rows: [work(ali, 30)] }));
  await ingest(list({ month: 2, rows: [work(ali, 20)] }));
  await ingest(list({ month: 2, contractRow: '002', rows: [work(ali, 11)] }));
  await ingest(list({ workshop: '1111111111', month: 2, rows: [work(ali, 25, 4_000_000)] }));
  // A month of a scheme, which has no workshop and no list.
  await pool.query('update insurance_record set recent = recent || $1, version = version + 1', [
    `[${1404 * 12},null,2,null,null,31,0,0,0,90000000,6300000],`,
  ]);
  const { token } = await signedIn(service, ali);
  const nobody = (await signedIn(service, toCode(2))).token;
  for (const [id, ...paths] of [
    ['getInsuranceRecords', path, `${path}?limit=1`, `${path}?workshop=1111111111`, `${path}?fromYear=1404`],
    ['getInsuranceRecordSummary', `${path}/summary`],
    ['getInsuranceRecordFigures', `${path}/figures`],
    ['getInsuranceRecordYear', `${path}/years/1404`, `${path}/years/1402`, `${path}/years/1390`],
  ] as const) {
    for (const each of paths) {
      for (const reader of [token, nobody]) {
        const answer = await service.get(each, { token: reader });
        t.same(contract.faultsOf(contract.operation(id), answer), [], each);
      }
    }
  }
});

t.test('a year is opened by its number, and one without months says so', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ year: 1400, month: 1, rows: [work(ali, 31)] }));
  const { token } = await signedIn(service, ali);
  const { status, body } = await service.get(`${path}/years/1401`, { token });
  t.equal(status, 200);
  t.match(body, {
    year: 1401,
    days: { raw: 0, capped: 0 },
    notice: { code: 'no-months-in-year', text: { fa: /سال/ } },
  });
  t.equal(body.months.length, 12);
  t.equal((await service.get(`${path}/years/1400`, { token })).body.days.raw, 31);
  for (const year of ['0', '1', '99', '1600', 'abc', '1404x', '-1404']) {
    t.match(
      await service.get(`${path}/years/${year}`, { token }),
      { status: 400, body: { code: 'invalid-input' } },
      year,
    );
  }
  t.equal((await service.get(`${path}/years/1400`)).status, 401);
});

t.test('a year with a current tag is 304', async (t) => {
  const service = await startTestService(t);
  const { token } = await signedIn(service, ali);
  const etag = (await service.get(`${path}/years/1404`, { token })).headers.get('etag') ?? '';
  const again = await service.get(`${path}/years/1404`, { token, headers: { 'if-none-match': etag } });
  t.equal(again.status, 304);
});

t.test('as CSV the record opens in a spreadsheet, and nothing in it is a formula', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  const name = '=HYPERLINK("http://example.test","x")';
  await register.ingest(list({ workshop: '0000000017', name, year: 1403, month: 12, rows: [work(ali, 30)] }));
  await register.ingest(
    list({ workshop: '1111111111', name: 'کارگاه «الف», ب', month: 2, rows: [work(ali, 12)] }),
  );
  const { token } = await signedIn(service, ali);
  const answer = await fetch(`${service.origin}${path}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/csv', 'accept-language': 'en' },
  });
  t.equal(answer.status, 200);
  t.match(answer.headers.get('content-type'), /^text\/csv; charset=utf-8/);
  t.match(answer.headers.get('content-disposition'), /attachment; filename="insurance-records\.csv"/);
  t.equal(answer.headers.get('cache-control'), 'no-store');
  t.match(answer.headers.get('vary'), /accept/);
  const bytes = Buffer.from(await answer.arrayBuffer());
  t.strictSame([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'a spreadsheet takes it for UTF-8');
  const lines = bytes.subarray(3).toString('utf8').split('\r\n');
  t.equal(lines.length, 4);
  t.match(lines[0], /^"Year","Month","Month name"/);
  t.equal(
    lines[1],
    `1403,12,"Esfand",2025-02-19,"\u200E0000000017","'=HYPERLINK(""http://example.test"",""x"")","Employer list","کارمند دفتری","\u200E01","\u200E001",1,30,5000000,150000000,0,150000000,10500000,,,"l1r1"`,
  );
  t.match(lines[2], '1404,2,"Ordibehesht",2025-04-21,"\u200E1111111111","کارگاه «الف», ب"');

  const persian = await service.get(`${path}?fromYear=1404`, { token, headers: { accept: 'text/csv' } });
  t.match(persian.text, /"سال","ماه"/);
  t.equal(persian.text.trim().split('\r\n').length, 2, 'conditions hold for it too');
});

t.test('in a CSV no cell is a formula, whatever separates the cells', async (t) => {
  const entry: MonthEntry = {
    month: { year: 1404, month: 1 },
    workshopCode: '0987654321',
    historyType: 1,
    listId: 7,
    rowNumber: 1,
    days: 31,
    dailyWage: 1,
    monthlyWage: 31,
    benefits: 0,
    insurableWage: 31,
    premium: 2,
  };
  const csvOf = (name: string, number = '01', jobTitle = '') =>
    recordsAsCsv(
      {
        entries: [entry],
        names: { workshops: new Map([['0987654321', name]]), historyTypes: new Map() },
        lists: new Map([[7, { id: 7, number, contractRow: '2', receivedAt: new Date(0) }]]),
        jobTitles: new Map([['l7r1', jobTitle]]),
        months: [],
      },
      'en',
    );
  const formula = /^[\s"']*?(?<!')[=+\-@|%＝＋－＠﹢﹣﹦﹫−]/;
  for (const sign of '=+-@|%＝＋－＠﹢﹣﹦﹫−') {
    for (const before of [
      '',
      ' ',
      'x;',
      'x,',
      'x\t',
      'x|',
      'x\n',
      'x"',
      ';"',
      '\u00a0',
      '\u200e',
      'الف؛ ',
      "'",
    ]) {
      const line = csvOf(`${before}${sign}1+1`).split('\r\n')[1] ?? '';
      for (const separator of [',', ';', '\t', '|', ' ', '"', '؛', '\n']) {
        for (const cell of line.split(separator)) {
          t.notMatch(
            cell.replaceAll('\u200e', ''),
            formula,
            `${JSON.stringify(before + sign)} by ${separator}`,
          );
        }
      }
    }
  }
  t.match(csvOf('شرکت الف-ب'), '"شرکت الف-ب"', 'a hyphen inside a word is none');
  t.match(csvOf('الف', '=1'), `"'=1"`, 'numbers of lists are text as well');
  t.match(csvOf('الف', '01', '@کارگر'), `"'@کارگر"`, 'and job titles');
  t.match(csvOf('الف'), '"\u200E01","\u200E2"');
});

t.test('a CSV has a tag of its own', async (t) => {
  const service = await startTestService(t);
  const { token } = await signedIn(service, ali);
  const csv = { accept: 'text/csv' };
  const json = (await service.get(path, { token })).headers.get('etag') ?? '';
  const table = (await service.get(path, { token, headers: csv })).headers.get('etag') ?? '';
  t.not(json, table);
  const ask = async (headers: Record<string, string>) => (await service.get(path, { token, headers })).status;
  t.equal(await ask({ ...csv, 'if-none-match': json }), 200);
  t.equal(await ask({ ...csv, 'if-none-match': table }), 304);
  t.equal(await ask({ 'if-none-match': table }), 200);

  const english = await service.get(path, { token, headers: { ...csv, 'accept-language': 'en' } });
  const inEnglish = english.headers.get('etag') ?? '';
  t.match(english.headers.get('vary'), /accept-language/);
  t.not(inEnglish, table, 'one for each language');
  t.equal(await ask({ ...csv, 'accept-language': 'en', 'if-none-match': table }), 200);
  t.equal(await ask({ ...csv, 'accept-language': 'en', 'if-none-match': `${table}, ${inEnglish}` }), 304);
});

t.test('what a client accepts is read as RFC 9110 says', async (t) => {
  for (const [header, csv] of [
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['text/csv', true],
    ['TEXT/CSV;charset=utf-8', true],
    ['text/csv, application/json', true],
    ['application/json, text/csv', false],
    ['text/csv, application/json;q=0.5', true],
    ['text/csv;q=0.2, */*;q=0.1', true],
    ['text/csv;q=0', false],
    ['text/html, text/csv', true],
    ['text/csvx', false],
  ] as const) {
    const request = { headers: header === undefined ? {} : { accept: header } };
    const type = preferredType(request, ['application/json', 'text/csv']);
    t.equal(type === 'text/csv', csv, `Accept: ${header}`);
  }
  for (const [header, gzip] of [
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['br, gzip;q=0.5', true],
    ['gzip;q=0', false],
    ['gzip;q=0.0, br', false],
    ['x-gzip', true],
    ['br', false],
    ['notgzip', false],
    ['identity, GZIP', true],
  ] as const) {
    const request = { headers: header === undefined ? {} : { 'accept-encoding': header } };
    t.equal(acceptsGzip(request), gzip, `Accept-Encoding: ${header}`);
  }
});

t.test('a month says the job, the list, and what tells two entries of it apart, in every form', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  const first = await register.ingest(
    list({ month: 1, rows: [work(ali, 20, 5_000_000, { DSW_OCP: 'جوشکار' })] }),
  );
  const second = await register.ingest(
    list({ month: 1, contractRow: '002', rows: [work(ali, 11, 5_000_000, { DSW_OCP: '' })] }),
  );
  await register.ingest(
    list({ workshop: '1111111111', month: 2, rows: [work(ali, 10, 5_000_000, { DSW_OCP: 'نگهبان' })] }),
  );
  await register.ingest(list({ workshop: '2222222222', month: 2, rows: [work(ali, 10)] }));
  const { token } = await signedIn(service, ali);
  const whole = (await service.get(path, { token })).body;
  t.match(whole.years[0], { concurrentMonths: [2], repeatedMonths: [1] });
  const [twice] = whole.years[0].workshops;
  t.match(twice.months, [
    {
      month: 1,
      days: 20,
      key: `l${first.listId}r1`,
      jobTitle: 'جوشکار',
      list: { number: '01', contractRow: '001' },
    },
    {
      month: 1,
      days: 11,
      key: `l${second.listId}r1`,
      jobTitle: null,
      list: { number: '01', contractRow: '002' },
    },
  ]);
  const year = (await service.get(`${path}/years/1404`, { token })).body;
  t.match(year.months[0], { concurrent: false, repeated: true });
  t.match(year.months[1], { concurrent: true, repeated: false });
  t.same(
    year.months.flatMap(({ sources }: { sources: { key: string }[] }) => sources.map(({ key }) => key)),
    whole.years[0].workshops.flatMap(({ months }: { months: { key: string }[] }) =>
      months.map(({ key }) => key),
    ),
    'the same keys in every answer',
  );
  t.match(year.months[0].sources, [{ jobTitle: 'جوشکار' }, { jobTitle: null }]);
  const one = (await service.get(`${path}?workshop=1111111111`, { token })).body;
  t.match(one.years[0], { concurrentMonths: [2], workshops: [{ months: [{ jobTitle: 'نگهبان' }] }] });
  t.equal(one.years[0].workshops.length, 1, 'what was not asked for is not shown, and still counts');
  const headers = { accept: 'text/csv', 'accept-language': 'en' };
  const lines = (await service.get(path, { token, headers })).text.trimEnd().split('\r\n');
  t.match(lines[0], /"Type","Job title","List number","Contract row"/);
  t.match(lines[1], new RegExp(`"جوشکار",.*,,"yes","l${first.listId}r1"$`));
  t.match(lines[2], new RegExp(`"",.*,,"yes","l${second.listId}r1"$`));
  t.match(lines[3], /"نگهبان",.*,"yes",,"l\d+r1"$/);
});

t.test('a corrected job title is in the next answer', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  const titles = async () => {
    const { body } = await service.get(path, { token });
    return body.years[0].workshops[0].months.map(({ jobTitle }: { jobTitle: string }) => jobTitle);
  };
  await register.ingest(list({ rows: [work(ali, 20, 5_000_000, { DSW_OCP: 'جوشکار' })] }));
  const { token } = await signedIn(service, ali);
  t.same(await titles(), ['جوشکار']);
  await register.ingest(list({ rows: [work(ali, 20, 5_000_000, { DSW_OCP: 'استادکار' })] }));
  t.same(await titles(), ['استادکار']);
});
