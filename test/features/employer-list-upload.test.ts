import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { lockMonth } from '../../src/features/employer-lists/employer-lists.repository.ts';
import { createSubmissionService, employerListRoutes } from '../../src/features/employer-lists/index.ts';
import { defaultIntakeLanes } from '../../src/features/employer-lists/intake-queue.ts';
import { defaultQueueLimits } from '../../src/features/employer-lists/intake-room.ts';
import { problems } from '../../src/http/problems.ts';
import { rateLimits } from '../../src/http/rate-limits.ts';
import { createValidatorFactory } from '../../src/http/validation.ts';
import { commonProblems, Problem } from '../../src/kernel/problem.ts';
import { type Files, list, openRegister, type Register, toCode, work } from '../support/register.ts';
import { buildZip } from '../support/zip.ts';

const [ali, reza] = [toCode(1), toCode(2)];
const employer = 'employer of 0987654321';
const stranger = 'employer of 1111111111';

/** The routes behind a guard that believes a header, as the real one believes a machine client's token. */
async function startUploads(
  t: Test,
  {
    answerWithinMs = 60_000,
    queueLimits = defaultQueueLimits,
    intakeLanes = defaultIntakeLanes,
    register: given = null as Register | null,
  } = {},
): Promise<{ origin: string; register: Register; app: FastifyInstance }> {
  const register = given ?? (await openRegister(t));
  const app = Fastify({
    schemaController: { compilersFactory: { buildValidator: createValidatorFactory() } },
    bodyLimit: 64 * 1024,
  });
  await app.register(rateLimits, { requestsPerMinute: 100_000 });
  await app.register(problems, { publicUrl: 'http://savabegh.test' });
  await app.register(employerListRoutes, {
    service: createSubmissionService({
      db: register.db,
      pool: register.pool,
      lists: register.lists,
      answerWithinMs,
      queueLimits,
      intakeLanes,
    }),
    guard: (scope) =>
      scope.addHook('onRequest', async (request) => {
        if (!request.headers['x-client']) throw new Problem(commonProblems.notAuthenticated);
      }),
    senderOf: (request) => {
      const clientId = String(request.headers['x-client']);
      return { clientId, workshops: clientId === 'organisation' ? null : [clientId.slice(-10)] };
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  return { origin: app.listeningOrigin, register, app };
}

function formOf(files: Readonly<Record<string, Uint8Array>>): FormData {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files))
    form.append('list', new Blob([new Uint8Array(bytes)]), name);
  return form;
}

const pairOf = ({ workshop, workers }: Files) =>
  formOf({ 'DSKKAR00.DBF': workshop, 'dskwor00.dbf': workers });

async function send(origin: string, body: FormData, client = employer, query = '') {
  const answer = await fetch(`${origin}/v1/employer-lists${query}`, {
    method: 'POST',
    body,
    headers: { 'x-client': client },
  });
  // biome-ignore lint/suspicious/noExplicitAny: looked at freely
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

async function ask(origin: string, id: string, client = employer) {
  const answer = await fetch(`${origin}/v1/employer-lists/${id}`, { headers: { 'x-client': client } });
  // biome-ignore lint/suspicious/noExplicitAny: looked at freely
  return { status: answer.status, body: (await answer.json()) as any };
}

// A folder of this file's own: other test files leave and take theirs at the same time.
process.env.TMPDIR = t.testdir();
const temporaryFolders = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('savabegh-lists-')).sort();

t.test('an employer sends a list and is told at once what became of it', async (t) => {
  const { origin, register } = await startUploads(t);
  const rows = [work(ali, 30), work('', 30, 5_000_000, { DSW_ID1: '12345678' })];
  const { status, headers, body } = await send(origin, pairOf(list({ rows })));
  t.equal(status, 201);
  t.equal(headers.get('location'), `/v1/employer-lists/${body.id}`);
  t.match(body, {
    state: 'accepted-with-warnings',
    list: { workshopCode: '0987654321', month: { year: 1404, month: 8 }, listNumber: '01', rowCount: 2 },
    listId: /^\d+$/,
    replaces: null,
    errorCount: 0,
    warningCount: 1,
    findings: [
      {
        severity: 'warning',
        file: 'DSKWOR00',
        row: 2,
        field: 'PER_NATCOD',
        code: 'national-code-blank',
        message: { fa: /کد ملی/, en: /national code/ },
      },
    ],
  });
  t.equal((await register.record(ali)).length, 1);
  const later = await ask(origin, body.id);
  t.equal(later.status, 200);
  t.strictSame(later.body, body, 'and can ask again later');
});

t.test('a refused list names row, column and rule, and leaves only its report', async (t) => {
  const { origin, register } = await startUploads(t);
  const before = await register.everything();
  const rows = [work(ali, 30), work(reza, 31)];
  const { status, body } = await send(origin, pairOf(list({ rows })));
  t.equal(status, 201);
  t.match(body, {
    state: 'refused',
    listId: null,
    errorCount: 1,
    findings: [
      { severity: 'error', row: 2, field: 'DSW_DD', code: 'days-above-month', value: '31', expected: '30' },
    ],
  });
  t.equal(await register.everything(), before);
  t.match((await ask(origin, body.id)).body, { state: 'refused', errorCount: 1 });
});

t.test('the same list sent again is unchanged; a corrected one names what it replaces', async (t) => {
  const { origin } = await startUploads(t);
  const files = list({ rows: [work(ali, 30)] });
  const first = (await send(origin, pairOf(files))).body;
  t.match((await send(origin, pairOf(files))).body, { state: 'unchanged', listId: first.listId });
  const second = (await send(origin, pairOf(list({ rows: [work(ali, 29)] })))).body;
  t.match(second, { state: 'accepted', replaces: first.listId });
  t.match((await send(origin, pairOf(files))).body, { state: 'accepted', replaces: second.listId });
});

t.test('a dry run reports and keeps nothing, not even a submission', async (t) => {
  const { origin, register } = await startUploads(t);
  const before = await register.everything();
  const { status, body } = await send(
    origin,
    pairOf(list({ rows: [work(ali, 30)] })),
    employer,
    '?dryRun=true',
  );
  t.equal(status, 200);
  t.match(body, { dryRun: true, state: 'accepted', listId: null, errorCount: 0 });
  t.equal(body.id, undefined);
  t.equal(await register.everything(), before);
  t.equal((await register.db.selectFrom('employer_list_submission').select('id').execute()).length, 0);
});

t.test('one zip file does for the two', async (t) => {
  const { origin, register } = await startUploads(t);
  const { workshop, workers } = list({ rows: [work(ali, 30)] });
  const zip = buildZip([
    { name: '1404/08\\DSKKAR00.DBF', bytes: workshop },
    { name: 'readme.txt', bytes: Buffer.from('hello') },
    { name: '1404/08\\dskwor00.dbf', bytes: workers },
  ]);
  const { status, body } = await send(origin, formOf({ 'list.zip': zip }));
  t.equal(status, 201);
  t.equal(body.state, 'accepted');
  t.equal((await register.record(ali)).length, 1);
});

t.test('what is not the two files of one list is refused before anything is read', async (t) => {
  const { origin, register } = await startUploads(t);
  const before = await register.everything();
  const { workshop, workers } = list({ rows: [work(ali, 30)] });
  const zipOf = (...names: string[]) => buildZip(names.map((name) => ({ name, bytes: workers })));
  for (const [name, form, code] of [
    ['one file', formOf({ 'DSKKAR00.DBF': workshop }), 'list-files-missing'],
    ['no file', formOf({}), 'list-files-missing'],
    ['other names', formOf({ 'a.dbf': workshop, 'b.dbf': workers }), 'list-files-missing'],
    ['one name twice', formOf({ 'DSKKAR00.DBF': workshop, 'x/dskkar00.dbf': workers }), 'list-files-missing'],
    [
      'a zip and a file',
      formOf({ 'a.zip': zipOf('DSKWOR00.DBF'), 'DSKKAR00.DBF': workshop }),
      'list-files-missing',
    ],
    ['a zip with one', formOf({ 'a.zip': zipOf('DSKWOR00.DBF') }), 'list-files-missing'],
    [
      'a zip with two lists',
      formOf({ 'a.zip': zipOf('1/DSKWOR00.DBF', '1/DSKKAR00.DBF', '2/DSKWOR00.DBF') }),
      'list-files-missing',
    ],
    [
      'a zip with one file twice',
      formOf({
        'a.zip': buildZip([
          { name: 'DSKKAR00.DBF', bytes: workshop },
          { name: 'DSKWOR00.DBF', bytes: workers },
          { name: 'dskwor00.dbf', bytes: list({ rows: [work(ali, 29)] }).workers },
        ]),
      }),
      'list-files-missing',
    ],
    [
      'a zip whose third file nobody should unzip',
      formOf({
        'a.zip': buildZip([
          { name: '1/DSKKAR00.DBF', bytes: workshop },
          { name: '1/DSKWOR00.DBF', bytes: workers },
          { name: '2/DSKWOR00.DBF', bytes: workers, size: 10 },
        ]),
      }),
      'list-files-missing',
    ],
    [
      'a small zip of large files',
      formOf({
        'a.zip': buildZip(
          ['DSKKAR00.DBF', 'DSKWOR00.DBF'].map((name) => ({ name, bytes: Buffer.alloc(129 * 1024 * 1024) })),
        ),
      }),
      'zip-unreadable',
    ],
    ['no zip at all', formOf({ 'a.zip': Buffer.from('nonsense') }), 'zip-unreadable'],
    [
      'a zip that climbs out',
      formOf({ 'a.zip': zipOf('../../DSKWOR00.DBF', '../../DSKKAR00.DBF') }),
      'zip-unreadable',
    ],
    [
      'a zip that lies about its sizes',
      formOf({ 'a.zip': buildZip([{ name: 'DSKWOR00.DBF', bytes: Buffer.alloc(1_000_000), size: 10 }]) }),
      'zip-unreadable',
    ],
  ] as const) {
    const { status, body } = await send(origin, form);
    t.equal(status, 400, name);
    t.equal(body.code, code, name);
  }
  const json = await fetch(`${origin}/v1/employer-lists`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', 'x-client': employer },
  });
  t.equal(json.status, 415);
  t.equal(await register.everything(), before);
});

t.test('an employer neither sends nor learns of another workshop’s lists', async (t) => {
  const { origin, register } = await startUploads(t);
  const files = list({ rows: [work(ali, 30)] });
  const mine = (await send(origin, pairOf(files))).body;
  const before = await register.everything();
  for (const query of ['', '?dryRun=true']) {
    for (const foreign of [files, list({ rows: [work(ali, 1)] }), list({ rows: [work(ali, 31)] })]) {
      const { status, body } = await send(origin, pairOf(foreign), stranger, query);
      t.equal(status, 403);
      t.equal(body.code, 'workshop-not-allowed');
    }
  }
  t.equal(await register.everything(), before);
  t.equal((await register.db.selectFrom('employer_list_submission').select('id').execute()).length, 1);
  t.match(await ask(origin, mine.id, stranger), { status: 404, body: { code: 'list-not-found' } });
  t.match(await ask(origin, '0197a000-0000-7000-8000-000000000000'), {
    status: 404,
    body: { code: 'list-not-found' },
  });
  t.match(
    (await send(origin, pairOf(files), 'organisation')).body,
    { state: 'unchanged' },
    'the organisation may',
  );
  t.equal((await fetch(`${origin}/v1/employer-lists`, { method: 'POST' })).status, 401);
});

t.test('a burst of lists is taken in whole, and leaves no file behind', async (t) => {
  const { origin, register } = await startUploads(t);
  const before = await temporaryFolders();
  const lists = Array.from({ length: 48 }, (_, index) =>
    list({
      workshop: `09876543${String(index % 16).padStart(2, '0')}`,
      rows: [work(toCode((index % 16) % 7), 1 + Math.floor(index / 16))],
    }),
  );
  const answers = await Promise.all(lists.map((files) => send(origin, pairOf(files), 'organisation')));
  t.strictSame(new Set(answers.map(({ status }) => status)), new Set([201]));
  t.ok(answers.every(({ body }) => body.state === 'accepted'));
  const { rows } = await register.pool.query(
    'select count(*) as lists from employer_list where replaced_by is null',
  );
  t.equal(rows[0].lists, 16, 'of three versions of a list one stands');
  t.equal(await register.verify(), 0);
  t.strictSame(await temporaryFolders(), before);
});

/** Keeps lists of the month from being taken in until it is called. */
async function holdMonth({ pool }: Register): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('begin');
  await lockMonth(client, {
    workshopCode: '0987654321',
    month: { year: 1404, month: 8 },
    contractRow: '',
    listNumber: '',
  });
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

async function askUntil(origin: string, id: string, client = employer) {
  let answer = await ask(origin, id, client);
  for (let wait = 0; wait < 500 && answer.body.state === 'received'; wait += 1) {
    await sleep(20);
    answer = await ask(origin, id, client);
  }
  return answer;
}

t.test('what is not done in time is answered as received, and its report follows', async (t) => {
  const { origin, register } = await startUploads(t, { answerWithinMs: 50 });
  const release = await holdMonth(register);
  const files = list({ rows: [work(ali, 30)] });
  const mine = await send(origin, pairOf(files));
  t.match(mine, { status: 202, body: { state: 'received', list: null, findings: [] } });
  t.equal(mine.headers.get('location'), `/v1/employer-lists/${mine.body.id}`);
  const foreign = await send(origin, pairOf(list({ rows: [work(ali, 29)] })), stranger);
  t.match(await ask(origin, mine.body.id), { status: 200, body: { state: 'received' } });
  await release();
  t.match(await askUntil(origin, mine.body.id), {
    status: 200,
    body: { state: 'accepted', list: { rowCount: 1 } },
  });
  t.match(await register.record(ali), [{ days: 30 }]);
  t.ok([202, 403].includes(foreign.status));
  t.strictSame(await temporaryFolders(), []);
});

t.test('a sender who may not, whose files do not say it at once, reads it in the report', async (t) => {
  const { origin, register } = await startUploads(t);
  // A deleted record comes first: what a first look sees is another workshop.
  const foreign = list({ rows: [work(ali, 29)] });
  const header = foreign.workshop.readUInt16LE(8);
  const record = foreign.workshop.subarray(header, header + foreign.workshop.readUInt16LE(10));
  const deleted = Buffer.from(record);
  deleted[0] = 0x2a;
  deleted.write('1111111111', 1, 'latin1');
  const workshop = Buffer.concat([
    foreign.workshop.subarray(0, header),
    deleted,
    foreign.workshop.subarray(header),
  ]);
  workshop.writeUInt32LE(2, 4);
  const { status, body } = await send(origin, pairOf({ ...foreign, workshop }), stranger);
  if (status === 403) return t.equal(body.code, 'workshop-not-allowed');
  t.equal(status, 201);
  t.match(body, {
    state: 'refused',
    list: null,
    errorCount: 1,
    findings: [{ code: 'workshop-not-allowed' }],
  });
  t.strictSame(await register.record(ali), []);
});

t.test('a list that meets a fault is tried again', async (t) => {
  const { origin, register } = await startUploads(t, {
    answerWithinMs: 50,
    intakeLanes: { ...defaultIntakeLanes, retrySeconds: 0, lookEverySeconds: 0.1, maxAttempts: 10_000 },
  });
  await register.pool.query('alter table workshop rename to workshop_gone');
  const { body } = await send(origin, pairOf(list({ rows: [work(ali, 30)] })));
  t.match(await ask(origin, body.id), { status: 200, body: { state: 'received' } });
  await register.pool.query('alter table workshop_gone rename to workshop');
  t.match(await askUntil(origin, body.id), { body: { state: 'accepted' } });
  t.match(await register.record(ali), [{ days: 30 }]);
});

t.test('a list that meets a fault every time is to be sent again, and keeps nobody waiting', async (t) => {
  const { origin, register } = await startUploads(t, {
    intakeLanes: { ...defaultIntakeLanes, retrySeconds: 0, lookEverySeconds: 0.1, maxAttempts: 2 },
  });
  await register.pool.query('alter table workshop rename to workshop_gone');
  const { body } = await send(origin, pairOf(list({ rows: [work(ali, 30)] })));
  t.match(body, { state: 'refused', errorCount: 1, findings: [{ code: 'not-processed' }] });
  await register.pool.query('alter table workshop_gone rename to workshop');
  t.match((await send(origin, pairOf(list({ rows: [work(ali, 30)] })))).body, { state: 'accepted' });
  const { rows } = await register.pool.query('select count(*) as waiting from employer_list_upload');
  t.equal(rows[0].waiting, 0);
});

t.test('when the queue is full nothing is read; what waits outlives the process', async (t) => {
  const limits = { answerWithinMs: 50, queueLimits: { ...defaultQueueLimits, maxLists: 3 } };
  const { origin, register, app } = await startUploads(t, limits);
  const release = await holdMonth(register);
  const sent = [];
  for (const days of [28, 29, 30]) sent.push(await send(origin, pairOf(list({ rows: [work(ali, days)] }))));
  t.strictSame(
    sent.map(({ status }) => status),
    [202, 202, 202],
  );
  // A body that never comes: whoever waited for it would wait for ever.
  const request = httpRequest(`${origin}/v1/employer-lists`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'x-client': employer },
  });
  request.on('error', () => {});
  request.flushHeaders();
  const [refused] = (await once(request, 'response')) as [IncomingMessage];
  t.equal(refused.statusCode, 503);
  t.ok(refused.headers['retry-after']);
  request.destroy();
  const closing = app.close();
  await release();
  await closing;
  const states = async () => {
    const { rows } = await register.pool.query('select state from employer_list_submission order by id');
    return rows.map(({ state }) => state);
  };
  t.match((await states())[0], 'accepted', 'what is worked on is done before the process ends');
  const next = await startUploads(t, { ...limits, register });
  for (const { body } of sent) t.match(await askUntil(next.origin, body.id), { body: { state: 'accepted' } });
  t.match(await register.record(ali), [{ days: 30 }], 'first come, first served');
  t.equal(await register.verify(), 0);
  t.strictSame(await temporaryFolders(), []);
});

/** Uploads whose first bytes have arrived and whose last ones do not come until they are given up. */
async function trickle(origin: string, count: number): Promise<() => Promise<void>> {
  const before = (await temporaryFolders()).length;
  const abort = new AbortController();
  const head = '--x\r\ncontent-disposition: form-data; name="a"; filename="DSKWOR00.DBF"\r\n\r\n';
  const uploads = Array.from({ length: count }, () =>
    fetch(`${origin}/v1/employer-lists`, {
      method: 'POST',
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from(head)) }),
      duplex: 'half',
      headers: { 'content-type': 'multipart/form-data; boundary=x', 'x-client': employer },
      signal: abort.signal,
    }).catch(() => {}),
  );
  const untilFolders = async (wanted: number) => {
    for (let wait = 0; (await temporaryFolders()).length !== wanted; wait += 1) {
      if (wait === 1_500) throw new Error(`there are not ${wanted} folders of uploads`);
      await sleep(20);
    }
  };
  await untilFolders(before + count);
  return async () => {
    const others = (await temporaryFolders()).length - count;
    abort.abort();
    await Promise.all(uploads);
    await untilFolders(others);
  };
}

t.test('slow uploads keep nobody else’s list out, up to what the disk may hold', async (t) => {
  const { origin } = await startUploads(t);
  const stopSome = await trickle(origin, 7);
  t.match(await send(origin, pairOf(list({ rows: [work(ali, 30)] }))), { status: 201 });
  const stopLast = await trickle(origin, 1);
  const files = pairOf(list({ rows: [work(ali, 29)] }));
  const refused = await send(origin, files);
  t.match(refused, { status: 503, body: { code: 'busy' } });
  t.ok(refused.headers.get('retry-after'));
  await stopSome();
  t.match(await send(origin, files), { status: 201 });
  await stopLast();
});

t.test('an upload that breaks off leaves nothing', async (t) => {
  const { origin, register } = await startUploads(t);
  const [filesBefore, before] = [await temporaryFolders(), await register.everything()];
  const { workers } = list({ rows: Array.from({ length: 500 }, (_, index) => work(toCode(index), 30)) });
  const head = '--x\r\ncontent-disposition: form-data; name="a"; filename="DSKWOR00.DBF"\r\n\r\n';
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(head));
      controller.enqueue(workers.subarray(0, 50_000));
      setTimeout(() => controller.error(new Error('gone')), 100);
    },
  });
  await t.rejects(
    fetch(`${origin}/v1/employer-lists`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'multipart/form-data; boundary=x', 'x-client': employer },
    }),
  );
  for (let wait = 0; wait < 50 && (await temporaryFolders()).length > filesBefore.length; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.strictSame(await temporaryFolders(), filesBefore);
  t.equal(await register.everything(), before);
});
