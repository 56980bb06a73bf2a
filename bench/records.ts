import { connect } from '../src/database/connection.ts';
import type { Principal } from '../src/kernel/caller.ts';
import { seedCareers, signInPeople } from './support/careers.ts';
import { openCpuMeter } from './support/cpu.ts';
import { type ForkedServer, forkServer } from './support/fork-server.ts';
import { toCode } from './support/lists.ts';
import { get, type Load, load } from './support/load.ts';
import { type Bench, type BenchContext, compare, type Measurement } from './support/measure.ts';
import type { RecordsServerInput, RecordsServerReady } from './support/records-server.ts';

const path = '/v1/me/insurance-records';
/** Whole careers of 20 years at two workshops at once: 480 months each. */
const careers = { people: 1_000, months: 240, workshops: ['1000000001', '1000000002'] };
const rounds = 11;
const seconds = 2;
const connections = 32;

/** The same content as one row a month, as it arrives. */
const plainDesign = `
create table plain_row (id integer primary key, name text, code text, opened_on date);
insert into plain_row select n, 'شرکت نمونه', lpad(n::text, 10, '0'), '2020-03-20' from generate_series(1, 1000) n;
create table plain_month (
  national_code text, year integer, month integer, workshop_code text references workshop, days integer,
  daily_wage bigint, monthly_wage bigint, benefits bigint, insurable_wage bigint, premium bigint,
  primary key (national_code, year, month, workshop_code)
);
insert into plain_month
select r.national_code, 1385 + n / 24, n / 2 % 12 + 1, '100000000' || n % 2 + 1, r.days, r.daily_wage,
  r.monthly_wage, r.benefits, r.insurable_wage, r.worker_premium
from employer_list_row r, lateral (select ((r.employer_list_id - 1000000) / 37411)::integer as n) as list
order by r.employer_list_id, r.row_number;
vacuum analyze plain_row;
vacuum analyze plain_month;`;

export const bench: Bench = async (context) => [...(await benchReads(context)), await benchGrowth(context)];

type Started = Readonly<{ server: ForkedServer<RecordsServerReady>; read: Load['request']; origin: string }>;

async function startServer(url: string, principals: readonly Principal[]): Promise<Started> {
  const input: RecordsServerInput = { url, principals };
  const file = new URL('support/records-server.ts', import.meta.url);
  const server = await forkServer<RecordsServerReady>(file, input);
  const { service, tokens } = server.ready;
  const read = (n: number) => get(path, headersOf(tokens, n));
  // Everybody reads, until the code is compiled and the checkpoint of the seeding is over.
  await load({ origin: service, connections, seconds: 5 * seconds, request: read });
  return { server, read, origin: service };
}

const headersOf = (tokens: readonly string[], n: number) => ({
  authorization: `Bearer ${tokens[n % tokens.length]}`,
  'accept-encoding': 'gzip',
});

/** The same careers of the same people, among few others and among many. */
async function benchGrowth({ createDatabase, progress }: BenchContext): Promise<Measurement> {
  const started: Started[] = [];
  for (const register of [10_000, 1_000_000]) {
    progress(`a register of ${register} people`);
    const url = await createDatabase(`growth_${register}`);
    const { pool, close } = connect({ url, poolSize: 2 });
    await seedCareers(pool, { ...careers, register });
    const principals = await signInPeople(pool, careers.people);
    await close();
    started.push(await startServer(url, principals));
  }
  const [few, many] = started as [Started, Started];
  const milliseconds = async ({ origin, read }: Started) =>
    1000 / (await load({ origin, connections, seconds, request: read })).perSecond;
  const measurement = await compare({
    measure: 'growth: the read at 1 million people against 10 thousand',
    unit: 'ms a read',
    rounds,
    target: 1.2,
    bound: 'at most',
    subject: () => milliseconds(many),
    baseline: () => milliseconds(few),
  });
  for (const { server } of started) await server.stop();
  return measurement;
}

async function benchReads({ createDatabase, progress }: BenchContext): Promise<Measurement[]> {
  const url = await createDatabase('records');
  const { pool, close } = connect({ url, poolSize: 2 });
  progress(`${careers.people} people get 20 years, month by month`);
  await seedCareers(pool, careers);
  const client = await pool.connect();
  await client.query('set statement_timeout = 0');
  for (const statement of plainDesign.split(/;\n/)) await client.query(statement);
  client.release(true);
  const principals = await signInPeople(pool, careers.people);
  await close();

  const { server, read: record } = await startServer(url, principals);
  const { service, plain } = server.ready;
  const oneRow = (n: number) => get(`/one-row/${1 + (n % 1000)}`);
  const plainRecord = (n: number) => get(`/record/${toCode(n % careers.people)}`);
  const rate = (origin: string, request: Load['request']) =>
    load({ origin, connections, seconds, request }).then(({ perSecond }) => perSecond);
  const common = { unit: 'requests/s', rounds };
  const measurements = [
    await compare({
      ...common,
      measure: 'record read against one row by primary key, no sign-in',
      target: 0.55,
      subject: () => rate(service, record),
      baseline: () => rate(plain, oneRow),
    }),
    await compare({
      ...common,
      measure: 'record read against the plain design',
      target: 5,
      subject: () => rate(service, record),
      baseline: () => rate(plain, plainRecord),
    }),
    await benchEtag(url, { server, read: record, origin: service }),
  ];
  await server.stop();
  return measurements;
}

/** In what it costs: sending the kept answer takes so little that a rate would say nothing. */
async function benchEtag(url: string, { server, read, origin }: Started): Promise<Measurement> {
  const { tokens } = server.ready;
  const tags = await getTags(origin, tokens);
  const known = (n: number) =>
    get(path, { ...headersOf(tokens, n), 'if-none-match': tags[n % tags.length] ?? '' });
  const cpu = await openCpuMeter(server.pid, url);
  const costOf = async (request: Load['request'], statuses: readonly number[]) => {
    const before = await cpu.readMs();
    const { requests } = await load({ origin, connections, seconds, request, statuses });
    return ((await cpu.readMs()) - before) / requests;
  };
  const measurement = await compare({
    measure: 'CPU of service and database: record read with ETag against the same without',
    unit: 'ms a read',
    rounds,
    target: 0.8,
    bound: 'at most',
    subject: () => costOf(known, [304]),
    baseline: () => costOf(read, [200]),
  });
  await cpu.close();
  return measurement;
}

async function getTags(origin: string, tokens: readonly string[]): Promise<string[]> {
  const tags: string[] = [];
  for (const token of tokens) {
    const answer = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    tags.push(answer.headers.get('etag') ?? '');
  }
  return tags;
}
