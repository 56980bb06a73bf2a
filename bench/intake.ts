import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { connect } from '../src/database/connection.ts';
import { defaultListRules } from '../src/features/employer-lists/checks.ts';
import type { EmployerListRow } from '../src/features/employer-lists/employer-list.ts';
import { createEmployerListService, importFolder } from '../src/features/employer-lists/index.ts';
import { readEmployerList } from '../src/features/employer-lists/read-employer-list.ts';
import { recordWriter } from '../src/features/records/index.ts';
import { forkServer } from './support/fork-server.ts';
import { getList, type ListFiles } from './support/lists.ts';
import type { ListsServerInput, ListsServerReady } from './support/lists-server.ts';
import { type Bench, type BenchContext, compare, type Measurement } from './support/measure.ts';

/** A month of a few large employers, taken in as `import-lists` does: several workshops at once. */
const workshops = ['1000000001', '1000000002', '1000000003', '1000000004'];
const peopleOfWorkshop = 5_000;
const people = workshops.length * peopleOfWorkshop;
const rounds = 7;

/** What a competent person would write: the same rows, read already, into one plain table. */
async function copyRows(client: pg.PoolClient, rows: readonly EmployerListRow[]): Promise<void> {
  const stream = client.query(copyFrom('copy plain_row from stdin'));
  for (let start = 0; start < rows.length; start += 1000) {
    const lines = rows
      .slice(start, start + 1000)
      .map((row) => `${Object.values(row).map(plainText).join('\t')}\n`);
    stream.write(lines.join(''));
  }
  stream.end();
  await finished(stream);
}

function plainText(value: EmployerListRow[keyof EmployerListRow]): string {
  if (value === null) return '\\N';
  if (typeof value === 'object') return `${value.year}-${value.month}-${value.day}`;
  return typeof value === 'number' ? String(value) : value.replaceAll('\\', '\\\\');
}

const plainTable = `create table plain_row (
  row integer, insurance_number text, national_code text, first_name text, last_name text, father_name text,
  birth_certificate_number text, birth_certificate_place text, birth_certificate_date text, birth_date text,
  sex text, nationality text, job_title text, job_code text, start_date text, end_date text, days integer,
  daily_wage bigint, daily_seniority_pay bigint, monthly_wage bigint, benefits bigint, insurable_wage bigint,
  total_pay bigint, worker_premium bigint, spouse_pay bigint, commission_rate numeric)`;

async function writeList(folder: string, { workshop, workers }: ListFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'DSKKAR00.DBF'), workshop);
  await writeFile(join(folder, 'DSKWOR00.DBF'), workers);
}

async function read(files: ListFiles): Promise<EmployerListRow[]> {
  const rows: EmployerListRow[] = [];
  await readEmployerList(files, defaultListRules, (taken) => {
    rows.push(...taken);
  });
  return rows;
}

export const bench: Bench = async (context) => [await benchRate(context), await benchBurst(context)];

async function benchRate({ createDatabase, progress }: BenchContext): Promise<Measurement> {
  const url = await createDatabase('intake');
  const { pool, close } = connect({ url, poolSize: 4 });
  const service = createEmployerListService({ pool, records: recordWriter, centuryPivot: 50 });
  await pool.query(plainTable);
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-bench-lists-'));
  let month = 0;
  const ingest = async () => {
    month += 1;
    const ofMonth = join(folder, String(month));
    for (const [index, workshop] of workshops.entries()) {
      await writeList(
        join(ofMonth, workshop),
        getList({ people: peopleOfWorkshop, month, workshop, from: index * peopleOfWorkshop }),
      );
    }
    const started = performance.now();
    const { rows } = await importFolder(service, [ofMonth]);
    if (rows !== people) throw new Error(`${rows} rows taken in`);
    return people / ((performance.now() - started) / 1000);
  };
  progress('the first month brings everybody into the register');
  await ingest();
  const rows = await read(getList({ people, month: 1 }));
  const client = await pool.connect();
  const measurement = await compare({
    measure: 'list intake',
    unit: 'rows/s',
    rounds,
    target: 0.35,
    subject: ingest,
    async baseline() {
      const started = performance.now();
      await copyRows(client, rows);
      return people / ((performance.now() - started) / 1000);
    },
  });
  client.release();
  await close();
  await rm(folder, { recursive: true });
  return measurement;
}

/** The last evening of a month: so many employers press the button in one moment. */
const burst = { lists: 32, people: 250 };
const burstRounds = 5;
const askEveryMs = 50;

/** All of them are imported, and none refused; against the same lists one after the other. */
async function benchBurst({ createDatabase, progress }: BenchContext): Promise<Measurement> {
  const input: ListsServerInput = { url: await createDatabase('burst') };
  const server = await forkServer<ListsServerReady>(
    new URL('support/lists-server.ts', import.meta.url),
    input,
  );
  const send = await createSender(server.ready);
  let month = 0;
  const nextLists = () => {
    month += 1;
    return Array.from({ length: burst.lists }, (_, n) =>
      getList({
        people: burst.people,
        from: n * burst.people,
        month,
        workshop: String(2_000_000_000 + n),
      }),
    );
  };
  const timed = async (work: (lists: readonly ListFiles[]) => Promise<unknown>) => {
    const lists = nextLists();
    const started = performance.now();
    await work(lists);
    return (performance.now() - started) / 1000;
  };
  const atOnce = (lists: readonly ListFiles[]) => Promise.all(lists.map(send));
  const inTurn = async (lists: readonly ListFiles[]) => {
    for (const list of lists) await send(list);
  };
  progress(`${burst.lists} lists at one instant, and one after the other`);
  await timed(inTurn);
  const measurement = await compare({
    measure: `${burst.lists} lists at one instant until every report is there, against one after the other`,
    unit: 's',
    rounds: burstRounds,
    target: 1,
    bound: 'at most',
    subject: () => timed(atOnce),
    baseline: () => timed(inTurn),
  });
  await server.stop();
  return measurement;
}

/** Sends a list and waits for its report. @throws where it is anything but imported */
async function createSender({ origin, credentials }: ListsServerReady) {
  const answer = await fetch(`${origin}/v1/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}` };
  const read = async (response: Response) => {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as { id: string; state: string };
  };
  return async ({ workshop, workers }: ListFiles): Promise<void> => {
    const body = new FormData();
    body.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
    body.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
    let { id, state } = await read(
      await fetch(`${origin}/v1/employer-lists`, { method: 'POST', headers, body }),
    );
    while (state === 'received') {
      await sleep(askEveryMs);
      ({ state } = await read(await fetch(`${origin}/v1/employer-lists/${id}`, { headers })));
    }
    if (!state.startsWith('accepted')) throw new Error(`a list is ${state}`);
  };
}
