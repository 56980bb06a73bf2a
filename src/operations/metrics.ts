import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PasswordMetrics } from '../features/passwords/index.ts';
import type { ServedRequest } from '../http/request-log.ts';
import { type Channel, channelNames, type DispatchEvent, type DispatchHealth } from '../messaging/index.ts';
import type { Readiness } from './readiness.ts';

export type MetricsSources = Readonly<{
  version: string;
  readiness: Readiness;
  pool: pg.Pool;
  /** `null` where no passwords are hashed. */
  hashing: (() => PasswordMetrics) | null;
}>;

/** What a process counts, in the text format of Prometheus. Labels are closed sets: routes, codes, providers. */
export type Metrics = Readonly<{
  countRequest(request: ServedRequest): void;
  countDispatch(event: DispatchEvent): void;
  contentType: string;
  text(): Promise<string>;
}>;

const requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const dispatchBounds = [0.05, 0.1, 0.5, 1, 5, 30, 120, 600];

export function createMetrics({ version, readiness, pool, hashing }: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const read = createReader(registry);

  const requests = new Histogram({
    name: 'savabegh_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: requestBounds,
    registers,
  });
  const problems = new Counter({
    name: 'savabegh_problems_total',
    help: 'Requests answered with a problem, by its code: refused sign-ins, quotas used up, limits reached …',
    labelNames: ['code'] as const,
    registers,
  });
  const attempts = new Counter({
    name: 'savabegh_message_attempts_total',
    help: 'Attempts of this process to dispatch a message, by what became of them',
    labelNames: ['channel', 'provider', 'outcome'] as const,
    registers,
  });
  const dispatched = new Histogram({
    name: 'savabegh_message_dispatch_seconds',
    help: 'Time from the cause of a message to the yes of its provider',
    labelNames: ['channel'] as const,
    buckets: dispatchBounds,
    registers,
  });

  read(Gauge, 'savabegh_info', 'What is running', ['version'], () => [[{ version }, 1]]);
  read(Gauge, 'savabegh_database_pool_connections', 'Connections to the database', ['state'], () => [
    [{ state: 'total' }, pool.totalCount],
    [{ state: 'idle' }, pool.idleCount],
  ]);
  read(Gauge, 'savabegh_database_pool_size', 'Connections that may be open at once', [], () => [
    [{}, pool.options.max],
  ]);
  read(Gauge, 'savabegh_database_pool_waiting', 'Requests waiting for a connection', [], () => [
    [{}, pool.waitingCount],
  ]);
  if (hashing) readHashing(read, hashing);
  readReadiness(read, readiness);

  return {
    countRequest({ method, route, status, problem, milliseconds }) {
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, milliseconds / 1000);
      if (problem !== null) problems.inc({ code: problem });
    },
    countDispatch({ channel, provider, outcome, seconds }) {
      attempts.inc({ channel, provider: provider ?? 'none', outcome });
      if (seconds !== null) dispatched.observe({ channel }, seconds);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

type Values<Label extends string> = readonly (readonly [Partial<Record<Label, string>>, number])[];
type Reader = ReturnType<typeof createReader>;

/** Metrics whose values somebody else keeps: they are read when they are asked for. */
function createReader(registry: Registry) {
  return <Label extends string>(
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    labelNames: readonly Label[],
    values: () => Values<Label> | Promise<Values<Label>>,
  ): void => {
    new Kind<Label>({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const now = await values();
        this.reset();
        for (const [labels, value] of now) this.inc(labels, value);
      },
    });
  };
}

function readHashing(read: Reader, hashing: () => PasswordMetrics): void {
  read(Gauge, 'savabegh_hash_jobs_running', 'Password hashes being computed', [], () => [
    [{}, hashing().running],
  ]);
  read(Gauge, 'savabegh_hash_jobs_waiting', 'Password hashes waiting for a thread', [], () => [
    [{}, hashing().waiting],
  ]);
  read(Counter, 'savabegh_hash_jobs_completed_total', 'Password hashes computed', [], () => [
    [{}, hashing().completed],
  ]);
  read(
    Counter,
    'savabegh_hash_jobs_refused_total',
    'Password hashes turned away: the queue was full',
    [],
    () => [[{}, hashing().refused]],
  );
  read(Gauge, 'savabegh_hash_job_mean_seconds', 'Mean time of one password hash since the start', [], () => [
    [{}, hashing().meanJobSeconds],
  ]);
  read(Counter, 'savabegh_breach_lookups_unavailable_total', 'Breach list did not answer', [], () => [
    [{}, hashing().breachLookupsUnavailable],
  ]);
}

const breakerStates = ['closed', 'half-open', 'open'] as const;

function readReadiness(read: Reader, { report }: Readiness): void {
  read(Gauge, 'savabegh_ready', 'Whether the process can do its work', [], async () => [
    [{}, Number((await report()).ready)],
  ]);
  read(Gauge, 'savabegh_ready_part', 'Whether a part of readiness holds', ['part'], async () => {
    const { database, schema, outbox } = await report();
    return Object.entries({ database, schema, outbox }).map(([part, { ok }]) => [{ part }, Number(ok)]);
  });
  const backlog = async (channel: string) =>
    (await report()).outbox.due.find((due) => due.channel === channel);
  read(
    Gauge,
    'savabegh_outbox_due_messages',
    'Messages that are due, in the whole database',
    ['channel'],
    () =>
      Promise.all(
        channelNames.map(async (channel) => [{ channel }, (await backlog(channel))?.messages ?? 0] as const),
      ),
  );
  read(Gauge, 'savabegh_outbox_oldest_due_seconds', 'How long the oldest one has been due', ['channel'], () =>
    Promise.all(
      channelNames.map(
        async (channel) => [{ channel }, (await backlog(channel))?.oldestSeconds ?? 0] as const,
      ),
    ),
  );
  type Provider = Readonly<{ channel: Channel; health: DispatchHealth['providers'][Channel][number] }>;
  const providers = async (): Promise<Provider[]> => {
    const { providers } = await report();
    return channelNames.flatMap((channel) => providers[channel].map((health) => ({ channel, health })));
  };
  read(
    Gauge,
    'savabegh_provider_breaker',
    'State of the circuit breaker: 1 for the one it is in; open means left alone after failures',
    ['channel', 'provider', 'state'],
    async () =>
      (await providers()).flatMap(({ channel, health }) =>
        breakerStates.map(
          (state) => [{ channel, provider: health.name, state }, Number(health.breaker === state)] as const,
        ),
      ),
  );
  read(
    Counter,
    'savabegh_provider_answers_total',
    'Answers of providers, by kind',
    ['channel', 'provider', 'kind'],
    async () =>
      (await providers()).flatMap(({ channel, health }) =>
        Object.entries(health.answers).map(
          ([kind, count]) => [{ channel, provider: health.name, kind }, count] as const,
        ),
      ),
  );
}
