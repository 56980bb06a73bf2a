import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import t from 'tap';
import { verifyRecords } from '../../src/features/records/operator.repository.ts';
import { answerFormat } from '../../src/features/records/records.repository.ts';
import { startTestService } from '../support/app.ts';
import { list, toCode, work } from '../support/register.ts';
import { registerOf, signedIn } from '../support/signed-in.ts';

const path = '/v1/me/insurance-records';
const [ali, reza] = [toCode(1), toCode(2)];

t.test('a person sees every month, by year and workshop', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ year: 1403, month: 12, rows: [work(ali, 30), work(reza, 30)] }));
  await register.ingest(list({ year: 1404, month: 1, rows: [work(ali, 31)] }));
  await register.ingest(list({ year: 1404, month: 2, rows: [work(ali, 20)] }));
  await register.ingest(
    list({
      workshop: '1111111111',
      name: 'کارگاه دوم',
      year: 1404,
      month: 2,
      rows: [work(ali, 25, 4_000_000)],
    }),
  );
  const { token } = await signedIn(service, ali);
  const { status, body, headers } = await service.get(path, { token });

  t.equal(status, 200);
  t.equal(headers.get('cache-control'), 'no-store');
  t.match(headers.get('content-type'), /^application\/json/);
  t.equal(body.asOf, null);
  t.equal(body.notice, null);
  t.equal(body.nextCursor, null);
  t.strictSame([body.monthNames.fa[0], body.monthNames.en[0]], ['فروردین', 'Farvardin']);
  t.strictSame(
    body.years.map(({ year, days }: { year: number; days: object }) => ({ year, days })),
    [
      { year: 1404, days: { raw: 76, capped: 62 } },
      { year: 1403, days: { raw: 30, capped: 30 } },
    ],
    'newest first, raw and capped days',
  );
  const [newest, oldest] = body.years;
  t.strictSame(newest.gregorian, { from: '2025-03-21', to: '2026-03-20' });
  t.equal(oldest.length, 366);
  t.strictSame(
    newest.workshops.map(({ workshop, days }: { workshop: object; days: number }) => ({ ...workshop, days })),
    [
      { code: '0987654321', name: 'شرکت نمونه', days: 51 },
      { code: '1111111111', name: 'کارگاه دوم', days: 25 },
    ],
  );
  t.strictSame(newest.workshops[1].historyType, {
    code: 1,
    name: { fa: 'کارکرد عادی لیست', en: 'Employer list' },
  });
  t.strictSame(newest.workshops[1].months, [
    {
      key: newest.workshops[1].months[0].key,
      month: 2,
      startsOn: '2025-04-21',
      jobTitle: 'کارمند دفتری',
      list: { number: '01', contractRow: '001' },
      days: 25,
      dailyWage: 4_000_000,
      monthlyWage: 100_000_000,
      benefits: 0,
      insurableWage: 100_000_000,
      premium: 7_000_000,
    },
  ]);
});

t.test('nobody sees another person’s months', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ rows: [work(ali, 30), work(reza, 7)] }));
  const [one, other] = [await signedIn(service, ali), await signedIn(service, reza)];
  const daysOf = (answer: { body: { years: { days: { raw: number } }[] } }) => answer.body.years[0]?.days.raw;

  t.equal(daysOf(await service.get(path, { token: one.token })), 30);
  t.equal(daysOf(await service.get(path, { token: other.token })), 7);
  for (const query of [
    `?insuredPersonId=${one.insuredPersonId}`,
    `?nationalCode=${ali}`,
    `?accountId=${one.accountId}`,
  ]) {
    t.equal(
      (await service.get(`${path}${query}`, { token: other.token })).status,
      400,
      'no parameter names a person',
    );
  }
  const mixed = service.app.accessTokens.people.sign({
    accountId: one.accountId,
    sessionId: other.sessionId,
  });
  t.equal(
    (await service.get(path, { token: mixed })).status,
    401,
    'a session speaks for its own account only',
  );

  const tag = (await service.get(path, { token: one.token })).headers.get('etag') ?? '';
  const crossed = await service.get(path, { token: other.token, headers: { 'if-none-match': tag } });
  t.equal(crossed.status, 200, 'a copy that somebody else left behind is never confirmed');
  t.equal(daysOf(crossed), 7);
});

t.test('an ended session, a disabled account or no token is refused', async (t) => {
  const service = await startTestService(t);
  const { token, sessionId } = await signedIn(service, ali);
  const disabled = await signedIn(service, reza);
  for (const route of [path, `${path}?limit=5`, `${path}/summary`, `${path}/figures`]) {
    t.equal((await service.get(route)).status, 401);
    t.equal((await service.get(route, { token })).status, 200);
    t.equal((await service.get(route, { token: disabled.token })).status, 200);
  }
  await service.db.deleteFrom('session').where('id', '=', sessionId).execute();
  await service.db
    .updateTable('account')
    .set({ disabled_at: new Date() })
    .where('id', '=', disabled.accountId)
    .execute();
  for (const route of [path, `${path}?limit=5`, `${path}/summary`, `${path}/figures`]) {
    t.match(await service.get(route, { token }), { status: 401, body: { code: 'not-authenticated' } });
    t.equal((await service.get(route, { token: disabled.token })).status, 401);
  }
});

t.test('records are read while they are verified, and lists wait for the end of it', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ rows: [work(ali, 30)] }));
  const { token } = await signedIn(service, ali);
  const intake = await service.db.transaction().execute(async (trx) => {
    t.equal(await verifyRecords(trx, { repair: false }), 0);
    t.equal((await service.get(path, { token })).status, 200);
    const record = trx.selectFrom('insurance_record').select('document');
    t.ok((await record.executeTakeFirstOrThrow()).document, 'and kept as they were rendered');
    const underWay = register.ingest(list({ month: 9, rows: [work(ali, 29)] }));
    const waiting = sql`select from pg_locks where relation = 'employer_list'::regclass and not granted`;
    let isWaiting = false;
    for (let look = 0; look < 200 && !isWaiting; look += 1) {
      await setTimeout(20);
      isWaiting = (await waiting.execute(trx)).rows.length > 0;
    }
    t.ok(isWaiting, 'a list waits');
    return { underWay };
  });
  t.match(await intake.underWay, { state: 'accepted' });
  t.equal(await service.db.transaction().execute((trx) => verifyRecords(trx, { repair: false })), 0);
});

t.test('a tag is good for the form that answers have now', async (t) => {
  const service = await startTestService(t);
  const { token } = await signedIn(service, ali);
  for (const route of [path, `${path}?limit=5`, `${path}/summary`, `${path}/figures`, `${path}/years/1404`]) {
    const tag = (await service.get(route, { token })).headers.get('etag')?.slice(3, -1) ?? '';
    const [revision, version, , owner] = tag.split('.');
    const ask = async (tag: string) =>
      (await service.get(route, { token, headers: { 'if-none-match': `W/"${tag}"` } })).status;
    t.equal(await ask(`${revision}.${version}.${answerFormat}.${owner}`), 304);
    t.equal(await ask(`${revision}.${version}.${answerFormat - 1}.${owner}`), 200);
    t.equal(await ask(`${revision}.${version}.${owner}`), 200, 'of a release that did not say the form');
  }
});

t.test(
  'a tag that is still current is answered with 304, and with the new state after a change',
  async (t) => {
    const service = await startTestService(t);
    const register = registerOf(t, service);
    const { token } = await signedIn(service, ali);
    const ask = (route: string, tag: string) =>
      service.get(route, { token, headers: { 'if-none-match': tag } });
    for (const route of [path, `${path}?fromYear=1404`, `${path}/summary`, `${path}/figures`]) {
      const tag = (await service.get(route, { token })).headers.get('etag') ?? '';
      t.match(tag, /^W\/"[\w.-]+"$/);
      const same = await ask(route, tag);
      t.equal(same.status, 304);
      t.equal(same.text, '');
      t.equal(same.headers.get('etag'), tag);
      t.equal((await ask(route, `"other", ${tag.slice(2)}`)).status, 304, 'one of several, compared weakly');
      t.equal((await ask(route, '"other"')).status, 200);
    }
    const before = (await service.get(path, { token })).headers.get('etag') ?? '';
    await register.ingest(list({ rows: [work(ali, 30)] }));
    const changed = await ask(path, before);
    t.equal(changed.status, 200);
    t.equal(changed.body.years[0].days.raw, 30);
    const tag = changed.headers.get('etag') ?? '';
    await register.ingest(list({ rows: [work(reza, 30)], month: 9 }));
    t.equal((await ask(path, tag)).status, 304, 'a list about others changes nothing');
  },
);

t.test('the record kept rendered is never older than the lists', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  const { token, insuredPersonId } = await signedIn(service, ali);
  const totalDays = async () => {
    const { body } = await service.get(path, { token });
    return body.years.reduce((total: number, year: { days: { raw: number } }) => total + year.days.raw, 0);
  };
  const readers = Array.from({ length: 4 }, async () => {
    let last = 0;
    for (let round = 0; round < 15; round += 1) {
      const days = await totalDays();
      t.ok(days >= last, 'never goes back');
      last = days;
    }
  });
  for (let month = 1; month <= 12; month += 1) {
    await register.ingest(list({ month, rows: [work(ali, 10)] }));
    t.equal(await totalDays(), month * 10, 'what has been taken in is seen at once');
  }
  await Promise.all(readers);
  t.equal(await totalDays(), 120);
  const { document } = await service.db
    .selectFrom('insurance_record')
    .where('insured_person_id', '=', insuredPersonId)
    .select('document')
    .executeTakeFirstOrThrow();
  t.type(document, 'string', 'and it is kept');
});

t.test('a new name of a type or a closed month reaches records that were kept rendered', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ rows: [work(ali, 30)] }));
  const { token } = await signedIn(service, ali);
  t.equal((await service.get(path, { token })).body.asOf, null);
  await service.db
    .updateTable('record_basis')
    .set({ closed_month: 1404 * 12 + 8, revision: 2 })
    .execute();
  t.strictSame((await service.get(path, { token })).body.asOf, { year: 1404, month: 9 });
});

t.test('conditions choose years, a workshop or a type; pages lose no year', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  for (let year = 1390; year <= 1403; year += 1) {
    await register.ingest(list({ year, month: 1, rows: [work(ali, 10)] }));
    if (year >= 1400)
      await register.ingest(list({ workshop: '1111111111', year, month: 1, rows: [work(ali, 5)] }));
  }
  const { token } = await signedIn(service, ali);
  const years = async (query: string) =>
    (await service.get(`${path}${query}`, { token })).body.years.map(
      ({ year, days }: { year: number; days: { raw: number } }) => `${year}:${days.raw}`,
    );
  t.strictSame(await years('?fromYear=1398&toYear=1401'), ['1401:15', '1400:15', '1399:10', '1398:10']);
  t.strictSame(await years('?workshop=1111111111'), ['1403:5', '1402:5', '1401:5', '1400:5']);
  t.strictSame(await years(`?workshop=${encodeURIComponent('۱۱۱۱۱۱۱۱۱۱')}&fromYear=1403`), ['1403:5']);
  t.equal((await years('?historyType=1')).length, 14);

  const pages: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await service.get(`${path}?limit=3${cursor && `&cursor=${cursor}`}`, { token });
    t.ok(body.years.length <= 3);
    pages.push(...body.years.map(({ year }: { year: number }) => year));
    cursor = body.nextCursor;
  }
  t.strictSame(
    pages,
    Array.from({ length: 14 }, (_, index) => 1403 - index),
    'each once, in order, past the tenth',
  );

  const nothing = await service.get(`${path}?historyType=2`, { token });
  t.strictSame(nothing.body.years, []);
  t.equal(nothing.body.notice.code, 'nothing-matches');
  for (const query of [
    '?fromYear=abc',
    '?workshop=12',
    '?limit=0',
    '?limit=101',
    '?cursor=x',
    '?fromYear=99999',
    '?unknown=1',
  ]) {
    t.match(
      await service.get(`${path}${query}`, { token }),
      { status: 400, body: { code: 'invalid-input' } },
      query,
    );
  }
});

t.test('a person without any month gets an empty, explained answer', async (t) => {
  const service = await startTestService(t);
  const { token } = await signedIn(service, ali);
  const { status, body } = await service.get(path, { token });
  t.equal(status, 200);
  t.strictSame(body.years, []);
  t.equal(body.notice.code, 'no-records');
  t.match(body.notice.text, { fa: /سابقه/, en: /record/ });
  const summary = (await service.get(`${path}/summary`, { token })).body;
  t.match(summary, {
    days: { raw: 0, capped: 0 },
    firstMonth: null,
    years: [],
    notice: { code: 'no-records' },
  });
});

t.test('months of a scheme stand without a workshop', async (t) => {
  const service = await startTestService(t);
  const { token, insuredPersonId } = await signedIn(service, ali);
  await service.db
    .insertInto('insurance_record')
    .values({
      insured_person_id: insuredPersonId,
      version: 1,
      recent: `[${1404 * 12},null,2,null,null,31,0,0,0,90000000,6300000],`,
      document: null,
      document_tag: null,
    })
    .execute();
  const { body } = await service.get(path, { token });
  t.match(body.years[0].workshops, [
    {
      workshop: null,
      historyType: { code: 2, name: { en: 'Voluntary insurance' } },
      days: 31,
      months: [{ days: 31 }],
    },
  ]);
});

t.test('the record comes compressed or plain, as the client can take it, and says the same', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  for (let month = 1; month <= 12; month += 1) await register.ingest(list({ month, rows: [work(ali, 20)] }));
  const { token } = await signedIn(service, ali);
  for (const route of [path, `${path}?fromYear=1400`]) {
    const gzip = await service.get(route, { token, headers: { 'accept-encoding': 'br;q=0.5, gzip' } });
    const plain = await service.get(route, { token, headers: { 'accept-encoding': 'identity' } });
    const refused = await service.get(route, { token, headers: { 'accept-encoding': 'gzip;q=0, br' } });
    t.equal(gzip.headers.get('content-encoding'), 'gzip', route);
    t.equal(plain.headers.get('content-encoding'), null);
    t.equal(refused.headers.get('content-encoding'), null);
    t.equal(gzip.headers.get('vary'), 'accept, accept-encoding');
    t.strictSame(gzip.body, plain.body);
  }
});

t.test('the summary counts days, gaps, overlaps and wages', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  const months: [number, number, number][] = [
    [1402, 11, 30],
    [1402, 12, 29],
    [1404, 1, 31],
    [1404, 2, 31],
  ];
  for (const [year, month, days] of months)
    await register.ingest(list({ year, month, rows: [work(ali, days)] }));
  await register.ingest(
    list({ workshop: '1111111111', year: 1404, month: 2, rows: [work(ali, 10, 3_500_000)] }),
  );
  await service.db
    .updateTable('record_basis')
    .set({ closed_month: 1404 * 12 + 3, revision: 2 })
    .execute();
  const { token } = await signedIn(service, ali);
  const { body } = await service.get(`${path}/summary`, { token });
  t.match(body, {
    asOf: { year: 1404, month: 4 },
    days: { raw: 131, capped: 121 },
    firstMonth: { year: 1402, month: 11 },
    lastMonth: { year: 1404, month: 2 },
    monthsWithDays: 4,
    yearsWithDays: 2,
    career: {
      basis: 'capped',
      calendar: { years: 0, months: 4, days: 1, label: { en: /30 days/ } },
      decimal: { years: 0.33, label: { en: /365 days/ } },
    },
    gaps: {
      years: 1,
      months: 14,
      monthsBetweenWork: 12,
      list: [
        { from: { year: 1403, month: 1 }, to: { year: 1403, month: 12 }, months: 12, open: false },
        { from: { year: 1404, month: 3 }, to: { year: 1404, month: 4 }, months: 2, open: true },
      ],
    },
    overlaps: {
      months: [{ year: 1404, month: 2, concurrent: true, repeated: false }],
      days: 10,
    },
    wages: {
      last: { month: { year: 1404, month: 2 }, insurableWage: 190_000_000, dailyWage: 5_000_000 },
      last3Months: { months: 3, insurableWage: 163_333_333 },
      last12Months: { months: 4, insurableWage: 160_000_000 },
    },
    daysInLast60Months: { raw: 131, capped: 121 },
    notice: null,
  });
  const { body: figures } = await service.get(`${path}/figures`, { token });
  t.same(
    Object.keys(figures).sort(),
    ['asOf', 'days', 'daysInLast60Months', 'labels', 'notice', 'wages'],
    'the figures, and no workshop, no name',
  );
  for (const name of ['asOf', 'wages', 'days', 'daysInLast60Months', 'notice']) {
    t.same(figures[name], body[name], `${name} is what the summary says`);
  }
  for (const { fa, en } of Object.values<{ fa: string; en: string }>(figures.labels)) {
    t.match(fa, /^[\u0600-\u06ff\s]+$/u);
    t.match(en, /^[\w ]+$/);
  }
  t.match(body.years, [
    { year: 1402, length: 365, days: { raw: 59, capped: 59 }, sources: [{ days: 59 }] },
    {
      year: 1404,
      days: { raw: 72, capped: 62 },
      monthsWithDays: 2,
      concurrentMonths: 1,
      sources: [
        { workshop: { code: '0987654321' }, days: 62 },
        { workshop: { code: '1111111111' }, days: 10 },
      ],
    },
  ]);
});
