import pg from 'pg';
import t from 'tap';
import {
  awaitListReport,
  createSavabegh,
  ListWaitingError,
  ProblemError,
  sendList,
} from '../../clients/typescript/src/index.ts';
import { lockMonth } from '../../src/features/employer-lists/employer-lists.repository.ts';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { type Files, list, toCode, work } from '../support/register.ts';
import { buildZip } from '../support/zip.ts';
import { lossyNetwork, watchedClient } from './support.ts';

const service = await startTestService(t);
const { clientId, secret: clientSecret } = await machineClient(service, [
  'employer-lists:read',
  'employer-lists:write',
]);
const toBlob = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
const toFiles = ({ workshop, workers }: Files) => ({ workshop: toBlob(workshop), workers: toBlob(workers) });
const submissions = async () =>
  (await service.db.selectFrom('employer_list_submission').select('state').execute()).length;

t.test('two files, or one zip with both, become a typed report', async (t) => {
  const { machine } = watchedClient({ baseUrl: service.origin });
  const api = machine({ clientId, clientSecret });
  const files = list({ workshop: '1000000001', rows: [work(toCode(1), 30)] });
  const tried = await sendList(api, toFiles(files), { dryRun: true });
  t.match(tried, { dryRun: true, state: 'accepted', id: undefined, errorCount: 0 });
  t.equal(await submissions(), 0, 'nothing is kept of it');
  const sent = await sendList(api, toFiles(files));
  t.match(sent, { dryRun: false, state: 'accepted', list: { workshopCode: '1000000001', rowCount: 1 } });
  const zip = toBlob(
    buildZip([
      { name: 'DSKKAR00.DBF', bytes: files.workshop },
      { name: 'DSKWOR00.DBF', bytes: files.workers },
    ]),
  );
  t.match(await sendList(api, { zip }), { state: 'unchanged' });
  t.same(await awaitListReport(api, sent.id ?? ''), { ...sent, standing: sent.standing });
});

t.test('a list that takes most people off needs to be meant', async (t) => {
  const api = createSavabegh({ baseUrl: service.origin }).machine({ clientId, clientSecret });
  const of = (...people: number[]) =>
    toFiles(list({ workshop: '1000000002', rows: people.map((n) => work(toCode(n), 30)) }));
  await sendList(api, of(1, 2, 3, 4, 5, 6));
  const refused = await sendList(api, of(1));
  t.equal(refused.state, 'refused');
  t.match(await sendList(api, of(1), { confirmRemovals: true }), { correction: { peopleRemoved: 5 } });
});

t.test('what is wrong with the request is said at once, and not tried again', async (t) => {
  const { machine, sent } = watchedClient({ baseUrl: service.origin });
  const api = machine({ clientId, clientSecret });
  const refused = await sendList(api, { zip: new Blob(['no zip']) }).catch((error) => error);
  t.ok(refused instanceof ProblemError);
  t.equal(refused.code, 'zip-unreadable');
  t.equal(sent.filter((line) => line.startsWith('POST /v1/employer-lists')).length, 1);
});

t.test('a list whose answer is lost is sent again, and is one list', async (t) => {
  const network = lossyNetwork();
  const api = createSavabegh({ baseUrl: service.origin, fetch: network.fetch }).machine({
    clientId,
    clientSecret,
    scopes: ['employer-lists:write'],
  });
  const files = toFiles(list({ workshop: '1000000003', rows: [work(toCode(1), 30)] }));
  await sendList(api, files, { dryRun: true });
  network.losses = 2;
  t.match(await sendList(api, files), { state: 'unchanged' }, 'the first try did it');
  const lists = await service.db
    .selectFrom('employer_list')
    .where('workshop_code', '=', '1000000003')
    .select('id')
    .execute();
  t.equal(lists.length, 1);
  t.ok(network.keys.every((key) => key === null));
});

t.test('the report of a list that waits is asked for as often as the service says', async (t) => {
  const busy = await service.replica({ answerListsWithinMs: 0 });
  const looks: number[] = [];
  const { machine } = createSavabegh({
    baseUrl: busy.origin,
    fetch: (request) => {
      if (request.method === 'GET') looks.push(Date.now());
      return fetch(request);
    },
  });
  const api = machine({ clientId, clientSecret });
  const workshopCode = '1000000004';
  const files = toFiles(list({ workshop: workshopCode, rows: [work(toCode(1), 30)] }));
  const other = new pg.Client({ connectionString: service.databaseUrl });
  await other.connect();
  t.teardown(() => other.end());
  await other.query('begin');
  const month = { year: 1404, month: 8 };
  await lockMonth(other, { workshopCode, month, contractRow: '', listNumber: '' });

  const ids: string[] = [];
  const onReceived = (id: string) => {
    ids.push(id);
    throw new Error('the disk is full');
  };
  const shown = t.capture(console, 'error', () => {});
  const impatient = await sendList(api, files, { onReceived, patienceSeconds: 1 }).catch((error) => error);
  t.ok(impatient instanceof ListWaitingError);
  t.same(ids, [impatient.id], 'who keeps the id can ask later');
  t.equal(shown().length, 1, 'that it failed is told, and breaks nothing');
  const asked = await api.GET('/v1/employer-lists/{id}', { params: { path: { id: impatient.id } } });
  t.equal(asked.data?.state, 'received');
  t.equal(asked.response.headers.get('retry-after'), '5');
  const abort = new AbortController();
  const given = awaitListReport(api, impatient.id, { signal: abort.signal });
  setTimeout(() => abort.abort(new Error('the program ends')), 100);
  await t.rejects(given, { message: 'the program ends' });

  looks.length = 0;
  const report = awaitListReport(api, impatient.id);
  await other.query('rollback');
  t.match(await report, { id: impatient.id, state: 'accepted', list: { workshopCode } });
  const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? at));
  t.ok(
    pauses.every((ms) => ms >= 4_900),
    `looked after ${pauses} ms`,
  );
});
