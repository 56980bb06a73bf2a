import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { cleanUpSubmissions } from '../../src/features/employer-lists/index.ts';
import type { Answer, Call } from '../support/app.ts';
import { startTestService } from '../support/app.ts';
import { machineClient, sendList, type TestClient } from '../support/clients.ts';
import { workshopLayout } from '../support/employer-lists.ts';
import { type Files, list, openRegister, type Register, toCode, work } from '../support/register.ts';

const [ali, reza, sara] = [toCode(1), toCode(2), toCode(3)];
const workshop = '0987654321';
const nobody = '0197a000-0000-7000-8000-000000000000';

type Sender = Readonly<{
  client: TestClient;
  send(files: Files, query?: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
  withdraw(id: string, query?: string, call?: Call): Promise<Answer>;
}>;

/** A whole service, the register beside it, and employers who may send for the workshop. */
async function startService(t: Test) {
  const register = await openRegister(t);
  const service = await startTestService(t, { database: { url: register.url, drop: async () => {} } });
  const sender = async (workshopCodes: readonly string[] | null = [workshop]): Promise<Sender> => {
    const scopes = ['employer-lists:write', 'employer-lists:read'] as const;
    const client = await machineClient(service, scopes, { workshopCodes });
    const token = await client.token();
    return {
      client,
      get: (path) => service.get(path, { token }),
      withdraw: (id, query = '', call = {}) =>
        service.call('POST', `/v1/employer-lists/${id}/withdrawal${query}`, { token, ...call }),
      send: (files, query = '') => sendList(service, token, files, query),
    };
  };
  return { register, service, sender };
}

const daysOf = async ({ record }: Register, code: string) => (await record(code)).map(({ days }) => days);
const birthOf = async ({ pool }: Register, code: string) => {
  const { rows } = await pool.query(
    'select birth_date::text as birth from insured_person where national_code = $1',
    [code],
  );
  return rows[0]?.birth;
};
const counts = { counts: true, reason: null, replacedBy: null, withdrawnAt: null };

t.test('a sender sees its own lists, newest first, and which of them count', async (t) => {
  const { sender } = await startService(t);
  const [mine, other] = [await sender(), await sender()];
  const first = (await mine.send(list({ rows: [work(ali, 30)] }))).body;
  const again = (await mine.send(list({ rows: [work(ali, 30)] }))).body;
  const refused = (await mine.send(list({ rows: [work(ali, 31)] }))).body;
  const second = (await mine.send(list({ rows: [work(ali, 29)] }))).body;
  const before = (await mine.send(list({ month: 7, rows: [work(ali, 28)] }))).body;
  await other.send(list({ month: 6, rows: [work(ali, 27)] }));

  const { status, headers, body } = await mine.get('/v1/employer-lists');
  t.equal(status, 200);
  t.equal(headers.get('cache-control'), 'no-store');
  t.equal(body.nextCursor, null);
  const replaced = { counts: false, reason: 'replaced', replacedBy: second.listId, withdrawnAt: null };
  t.match(body.lists, [
    { id: before.id, state: 'accepted', listId: before.listId, standing: counts },
    { id: second.id, state: 'accepted', replaces: first.listId, standing: counts },
    { id: refused.id, state: 'refused', errorCount: 1, standing: { counts: false, reason: 'refused' } },
    { id: again.id, state: 'unchanged', listId: first.listId, standing: replaced },
    { id: first.id, state: 'accepted', listId: first.listId, standing: replaced },
  ]);
  t.equal(body.lists.length, 5, 'and nobody else’s');
  t.notOk('findings' in body.lists[2], 'what was found is in the report');
  t.match((await mine.get(`/v1/employer-lists/${first.id}`)).body, { state: 'accepted', standing: replaced });

  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const page = (await mine.get(`/v1/employer-lists?limit=2${cursor}`)).body;
    t.ok(page.lists.length <= 2);
    seen.push(...page.lists.map(({ id }: { id: string }) => id));
    if (page.nextCursor === null) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  t.strictSame(seen, [before.id, second.id, refused.id, again.id, first.id]);

  const idsBy = async (query: string) =>
    (await mine.get(`/v1/employer-lists?${query}`)).body.lists.map(({ id }: { id: string }) => id);
  t.strictSame(await idsBy('state=refused'), [refused.id]);
  t.strictSame(await idsBy('month=1404-07'), [before.id]);
  t.strictSame(await idsBy(`month=${encodeURIComponent('۱۴۰۴-۰۷')}`), [before.id], 'in any digit script');
  t.strictSame(await idsBy('month=1404-08&state=accepted'), [second.id, first.id]);
  t.strictSame(await idsBy('workshop=0987654321&month=1404-07'), [before.id]);
  t.strictSame(await idsBy('workshop=1111111111'), []);
  for (const [query, pointer] of [
    ['month=1404-13', '/query/month'],
    ['month=abc', '/query/month'],
    ['workshop=12', '/query/workshop'],
    ['state=lost', '/query/state'],
    ['limit=101', '/query/limit'],
    ['limit=0', '/query/limit'],
    ['cursor=1', '/query/cursor'],
    ['nonsense=1', '/query/nonsense'],
  ] as const) {
    const answer = await mine.get(`/v1/employer-lists?${query}`);
    t.match(answer, { status: 400, body: { code: 'invalid-input', errors: [{ pointer }] } }, query);
  }
});

t.test('a list is taken back as if it had never counted, and put back by sending it again', async (t) => {
  const { register, sender } = await startService(t);
  const mine = await sender();
  await mine.send(list({ month: 7, rows: [work(ali, 20)] }));
  const files = list({ rows: [work(ali, 30), work(reza, 30)] });
  const { id, listId } = (await mine.send(files)).body;

  const key = randomBytes(18).toString('base64url');
  const call = { headers: { 'idempotency-key': key } };
  const unconfirmed = await mine.withdraw(id, '', call);
  t.match(unconfirmed, { status: 409, body: { code: 'removals-unconfirmed', detail: /۲ نفر/ } });
  t.strictSame(await daysOf(register, ali), [20, 30], 'refused, it changes nothing');

  const withdrawn = await mine.withdraw(id, '?confirm=removals', call);
  t.equal(withdrawn.status, 200, withdrawn.text);
  t.match(withdrawn.body, {
    listId,
    restored: null,
    list: { workshopCode: workshop, month: { year: 1404, month: 8 }, rowCount: 2 },
    correction: { peopleBefore: 2, peopleRemoved: 2, peopleAdded: 0, daysBefore: 60, daysAfter: 0 },
  });
  t.strictSame(await daysOf(register, ali), [20]);
  t.strictSame(await daysOf(register, reza), []);
  t.equal(await register.verify(), 0);
  const { withdrawnAt } = withdrawn.body;
  const standing = { counts: false, reason: 'withdrawn', replacedBy: null, withdrawnAt };
  t.match((await mine.get(`/v1/employer-lists/${id}`)).body, { state: 'accepted', standing });

  const repeated = await mine.withdraw(id, '?confirm=removals', call);
  t.equal(repeated.status, 200);
  t.equal(repeated.text, withdrawn.text, 'repeated with its key, the same answer');
  const again = await mine.withdraw(id, '?confirm=removals');
  t.match(again, { status: 409, body: { code: 'list-withdrawn' } }, 'without one, what is true');
  const { rows } = await register.pool.query('select withdrawn_by as by from employer_list where id = $1', [
    listId,
  ]);
  t.equal(rows[0].by, mine.client.clientId, 'with a trace of who');

  const back = (await mine.send(files)).body;
  t.match(back, { state: 'accepted', replaces: null, correction: null, standing: counts });
  t.not(back.listId, listId);
  t.strictSame(await daysOf(register, ali), [20, 30]);
  t.match((await mine.get(`/v1/employer-lists/${id}`)).body, { standing }, 'the first one stays taken back');
  t.match(await mine.withdraw(id, '?confirm=removals'), { status: 409, body: { code: 'list-withdrawn' } });
  t.equal((await mine.withdraw(back.id, '?confirm=removals')).status, 200);
  t.equal(await register.verify(), 0);
});

t.test('a correction that is taken back lets the list count again that it had replaced', async (t) => {
  const { register, sender } = await startService(t);
  const mine = await sender();
  const born = (birth: string) => ({ DSW_BDATE: birth });
  const elsewhere = await sender(['1111111111']);
  const first = (
    await mine.send(list({ rows: [work(ali, 30, 5_000_000, born('13700101')), work(reza, 10)] }))
  ).body;
  await elsewhere.send(list({ workshop: '1111111111', rows: [work(ali, 1, 5_000_000, born(''))] }));
  const wrong = list({
    rows: [work(ali, 29, 5_000_000, born('13600101')), work(reza, 10), work(sara, 5)],
    changes: { workshop: { DSK_NAME: 'شرکت دیگر' } },
  });
  const second = (await mine.send(wrong)).body;
  t.match(second.correction, { peopleAdded: 1, peopleChanged: 1, daysBefore: 40, daysAfter: 44 });
  t.equal(await birthOf(register, ali), '1981-03-21');

  const early = await mine.withdraw(first.id, '?confirm=removals');
  t.match(
    early,
    { status: 409, body: { code: 'list-replaced' } },
    'what does not count cannot be taken back',
  );

  const { status, body } = await mine.withdraw(second.id);
  t.equal(status, 200, 'few people go, so nothing has to be confirmed');
  t.match(body, {
    listId: second.listId,
    restored: first.listId,
    correction: { peopleBefore: 3, peopleRemoved: 1, peopleAdded: 0, peopleChanged: 1, daysAfter: 40 },
  });
  t.strictSame((await daysOf(register, ali)).sort(), [1, 30]);
  t.strictSame(await daysOf(register, sara), []);
  t.equal(await birthOf(register, ali), '1991-03-21', 'the register follows');
  const { rows } = await register.pool.query('select name from workshop where code = $1', [workshop]);
  t.equal(rows[0].name, 'شرکت نمونه');
  t.match((await mine.get(`/v1/employer-lists/${first.id}`)).body, { standing: counts });
  t.equal(await register.verify(), 0);

  const third = (await mine.send(wrong)).body;
  t.match(third, { state: 'accepted', replaces: first.listId }, 'the mistake may be sent again');
  t.equal((await mine.withdraw(third.id)).status, 200);
  t.equal((await mine.withdraw(first.id, '?confirm=removals')).status, 200);
  t.strictSame(await daysOf(register, ali), [1]);
  t.equal(await register.verify(), 0);
});

t.test('only who has sent a list, and may send for its workshop, takes it back', async (t) => {
  const { register, service, sender } = await startService(t);
  const [mine, colleague, stranger] = [await sender(), await sender(), await sender(['1111111111'])];
  const files = list({ rows: [work(ali, 30)] });
  const { id } = (await mine.send(files)).body;
  const refused = (await mine.send(list({ rows: [work(ali, 31)] }))).body;
  const before = await register.everything();
  for (const who of [colleague, stranger]) {
    t.match(await who.withdraw(id, '?confirm=removals'), { status: 404, body: { code: 'list-not-found' } });
  }
  t.match(await mine.withdraw(nobody), { status: 404, body: { code: 'list-not-found' } });
  t.match(await mine.withdraw('x'), { status: 400, body: { code: 'invalid-input' } });
  t.match(await mine.withdraw(id, '?confirm=all'), { status: 400, body: { code: 'invalid-input' } });
  t.match(await mine.withdraw(refused.id), { status: 409, body: { code: 'list-not-accepted' } });
  const reader = await machineClient(service, ['employer-lists:read'], { workshopCodes: [workshop] });
  const token = await reader.token();
  t.equal((await mine.withdraw(id, '?confirm=removals', { token })).status, 403, 'reading is not enough');
  t.equal((await service.post(`/v1/employer-lists/${id}/withdrawal`)).status, 401);
  t.equal(await register.everything(), before);

  await service.db
    .updateTable('machine_client')
    .set({ workshop_codes: ['1111111111'] })
    .where('id', '=', mine.client.clientId)
    .execute();
  t.match(await mine.withdraw(id, '?confirm=removals'), { status: 404 }, 'nor who may not send any more');
  t.equal((await mine.get(`/v1/employer-lists/${id}`)).status, 404);
  t.match((await mine.get('/v1/employer-lists')).body, { lists: [] });

  const taken = (await colleague.send(files)).body;
  t.match(taken, { state: 'unchanged' }, 'who takes over sends it again first');
  t.equal((await colleague.withdraw(taken.id, '?confirm=removals')).status, 200);
  t.strictSame(await daysOf(register, ali), []);
});

t.test('at once, one withdrawal counts; beside a correction, whichever came first', async (t) => {
  const { register, sender } = await startService(t);
  const mine = await sender();
  for (let round = 0; round < 6; round += 1) {
    const month = round + 1;
    const first = (await mine.send(list({ month, rows: [work(ali, 20), work(reza, 20)] }))).body;
    const answers = await Promise.all([
      mine.withdraw(first.id, '?confirm=removals'),
      mine.withdraw(first.id, '?confirm=removals'),
      mine.send(list({ month, rows: [work(ali, 10 + round), work(reza, 20)] })),
      mine.withdraw(first.id, '?confirm=removals'),
    ]);
    const [corrected] = answers.filter(({ status }) => status === 201);
    const withdrawals = answers.filter(({ status }) => status !== 201);
    const done = withdrawals.filter(({ status }) => status === 200);
    t.equal(corrected?.body.state, 'accepted');
    t.ok(done.length <= 1, 'taken back once at most');
    t.equal(corrected?.body.replaces, done.length === 1 ? null : first.listId);
    for (const { status, body } of withdrawals) {
      if (status === 200) continue;
      t.equal(status, 409);
      t.ok(['list-withdrawn', 'list-replaced'].includes(body.code));
    }
    t.equal((await daysOf(register, ali)).at(-1), 10 + round);
    t.equal(await register.verify(), 0);
  }
});

t.test('what is found beside the workshop’s other lists follows a withdrawal', async (t) => {
  const { sender } = await startService(t);
  const mine = await sender();
  const second = list({ number: '02', rows: [work(ali, 10)] });
  const first = (await mine.send(list({ number: '01', rows: [work(ali, 30)] }))).body;
  const codes = (answer: Answer) => answer.body.findings.map(({ code }: { code: string }) => code).sort();
  t.strictSame(codes(await mine.send(second)), ['also-in-another-list', 'days-beyond-month']);
  t.strictSame(codes(await mine.send(second)), ['also-in-another-list', 'days-beyond-month']);
  t.equal((await mine.withdraw(first.id, '?confirm=removals')).status, 200);
  t.strictSame(
    codes(await mine.send(second)),
    [],
    'the list that counts is unchanged, and nothing beside it',
  );
  t.strictSame(codes(await mine.send(second, '?dryRun=true')), []);
});

t.test('all lists of a workshop’s month, with which of them count and the sums of those', async (t) => {
  const { sender } = await startService(t);
  const [mine, colleague, stranger] = [await sender(), await sender(), await sender(['1111111111'])];
  const month = (query = '') => `/v1/workshops/${workshop}/months/1404-08${query}`;
  t.match((await mine.get(month())).body, { lists: [], totals: { lists: 0, days: 0 }, nextCursor: null });
  const first = (await mine.send(list({ rows: [work(ali, 30)] }))).body;
  const second = (await mine.send(list({ rows: [work(ali, 29), work(reza, 1)] }))).body;
  const contract = (await colleague.send(list({ contractRow: '002', rows: [work(sara, 10)] }))).body;
  const mistaken = (await mine.send(list({ number: '2', rows: [work(ali, 1)] }))).body;
  await mine.send(list({ month: 7, rows: [work(ali, 30)] }));
  await mine.withdraw(mistaken.id, '?confirm=removals');

  const { status, headers, body } = await mine.get(month());
  t.equal(status, 200);
  t.equal(headers.get('cache-control'), 'no-store');
  t.match(body, {
    workshopCode: workshop,
    month: { year: 1404, month: 8 },
    totals: { lists: 2, rowCount: 3, days: 40, monthlyWage: 200_000_000, workerPremium: 14_000_000 },
    lists: [
      {
        listId: mistaken.listId,
        listNumber: '2',
        submissionId: mistaken.id,
        standing: { reason: 'withdrawn' },
      },
      { listId: contract.listId, contractRow: '002', submissionId: null, standing: counts },
      { listId: second.listId, contractRow: '001', standing: counts, totals: { rowCount: 2, days: 30 } },
      { listId: first.listId, standing: { counts: false, reason: 'replaced', replacedBy: second.listId } },
    ],
    nextCursor: null,
  });
  const page = (await mine.get(month('?limit=3'))).body;
  t.equal(page.lists.length, 3);
  const rest = (await mine.get(month(`?limit=3&cursor=${page.nextCursor}`))).body;
  t.match(rest, { lists: [{ listId: first.listId }], totals: { lists: 2 }, nextCursor: null });

  t.match(await stranger.get(month()), { status: 403, body: { code: 'workshop-not-allowed' } });
  const foreign = await mine.get('/v1/workshops/2222222222/months/1404-08');
  t.match(
    foreign,
    { status: 403, body: { code: 'workshop-not-allowed' } },
    'nobody learns that it is unknown',
  );
  for (const path of ['12/months/1404-08', `${workshop}/months/1404-13`, `${workshop}/months/x`]) {
    t.match(await mine.get(`/v1/workshops/${path}`), { status: 400, body: { code: 'invalid-input' } }, path);
  }
  t.equal((await mine.get(month('?cursor=x'))).status, 400);
});

t.test('premiums that a layout has no column for are none, not 0, in report and month', async (t) => {
  const { sender } = await startService(t);
  const mine = await sender();
  const columns = workshopLayout.filter(([name]) => name !== 'DSK_TKOSO' && name !== 'DSK_BIC');
  const older = list({ rows: [work(ali, 30)], changes: { workshopFile: { columns } } });
  const none = { workerPremium: 10_500_000, employerPremium: null, unemploymentPremium: null };
  const { body } = await mine.send(older);
  t.match(body, { state: 'accepted', list: { totals: none } });
  t.match((await mine.send(older)).body, { state: 'unchanged', list: { totals: none } });
  const month = `/v1/workshops/${workshop}/months/1404-08`;
  t.match((await mine.get(month)).body, { totals: none, lists: [{ totals: none }] });
  t.match(
    (await mine.get(`/v1/employer-lists/${body.id}/report`)).text,
    /<dt>سهم کارفرما<\/dt><dd><bdi>—<\/bdi>/,
  );
  await mine.send(list({ number: '2', rows: [work(reza, 30)] }));
  t.match((await mine.get(month)).body.totals, {
    lists: 2,
    employerPremium: 38_000_000,
    unemploymentPremium: 5_700_000,
  });
});

t.test('a list that waits is told apart from one that counts, and cannot be taken back yet', async (t) => {
  const { register, sender } = await startService(t);
  const mine = await sender();
  const { id } = (await mine.send(list({ rows: [work(ali, 30)] }))).body;
  await register.pool.query(
    `update employer_list_submission set state = 'received', report = null, employer_list_id = null`,
  );
  const standing = { counts: false, reason: 'received' };
  t.match((await mine.get('/v1/employer-lists?state=received')).body, {
    lists: [{ id, state: 'received', list: null, standing }],
  });
  t.match(await mine.withdraw(id), { status: 409, body: { code: 'list-not-accepted' } });
});

t.test(
  'reports are kept for 90 days, and those of lists that were imported as long as the lists',
  async (t) => {
    const { register, sender } = await startService(t);
    const mine = await sender();
    const accepted = (await mine.send(list({ rows: [work(ali, 30)] }))).body;
    const refused = (await mine.send(list({ rows: [work(ali, 31)] }))).body;
    const age = (days: number) =>
      register.pool.query(
        'update employer_list_submission set received_at = now() - make_interval(days => $1)',
        [days],
      );
    await age(89);
    t.equal(await cleanUpSubmissions(register.db), 0);
    await age(91);
    t.equal(await cleanUpSubmissions(register.db), 1);
    t.equal((await mine.get(`/v1/employer-lists/${refused.id}`)).status, 404);
    t.match((await mine.get('/v1/employer-lists')).body, { lists: [{ id: accepted.id }] });
    t.equal(
      (await mine.withdraw(accepted.id, '?confirm=removals')).status,
      200,
      'and may be taken back then',
    );
  },
);
