import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Kysely } from 'kysely';
import pino from 'pino';
import type { Test } from 'tap';
import { type App, buildApp, type Overrides } from '../../src/composition/app.ts';
import { type Config, loadConfig } from '../../src/composition/config.ts';
import { connect } from '../../src/database/connection.ts';
import type { Database } from '../../src/database/schema.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export type Answer = Readonly<{
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a server sent is looked at freely in tests
  body: any;
  text: string;
}>;

export type Call = Readonly<{
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  rawBody?: string | Uint8Array<ArrayBuffer>;
  token?: string;
  headers?: Record<string, string>;
}>;

export type TestService = Readonly<{
  app: App;
  config: Config;
  origin: string;
  /** The service's database, through a pool of the test's own. */
  db: Kysely<Database>;
  databaseUrl: string;
  /** Every line the service logged. */
  logLines: string[];
  call(method: string, path: string, call?: Call): Promise<Answer>;
  get(path: string, call?: Call): Promise<Answer>;
  post(path: string, body?: unknown, call?: Call): Promise<Answer>;
  put(path: string, body?: unknown, call?: Call): Promise<Answer>;
  /** Another replica on the same database, with the same settings but for those given. */
  replica(overrides?: Overrides, environment?: Record<string, string>): Promise<TestService>;
}>;

const key = () => randomBytes(32).toString('base64');

/** Settings of a service under test: cheap hashes, no ceiling per network, secrets of its own. */
export function testEnvironment(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    PUBLIC_URL: 'http://savabegh.test',
    PASSWORD_COST: '4',
    // On a machine that is busy with other things nobody is to be refused for that.
    PASSWORD_QUEUE_SECONDS: '60',
    REQUESTS_PER_MINUTE: '1000000',
    // Little work: no test is about how long it takes. And everybody here fails at one service.
    PROOF_OF_WORK_HASHES: '1000',
    PROOF_OF_WORK_FAILURES_PER_MINUTE: '10000',
    ANSWER_FAILURES_PER_MINUTE: '10000',
    SECRET_KEYS: `test:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `test:${key()}`,
  };
}

/** A free port, and a public URL that leads there: for what people or programs follow links of. */
export async function reachableEnvironment(): Promise<Record<string, string>> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` };
}

export type TestOptions = Readonly<{
  environment?: Record<string, string>;
  overrides?: Overrides;
  /** Instead of a clone of its own. */
  database?: TestDatabase;
}>;

/** A whole service over HTTP on a database of its own, gone with the test. */
export async function startTestService(t: Test, options: TestOptions = {}): Promise<TestService> {
  const database = options.database ?? (await createTestDatabase());
  t.teardown(() => database.drop());
  const environment = { ...testEnvironment(database.url), ...options.environment };
  const { db, close } = connect({ url: database.url, poolSize: 4, applicationName: 'test' });
  t.teardown(close);
  return start(t, environment, db, database.url, options.overrides ?? {});
}

/** Calls whatever answers at the origin. */
export function createCaller(origin: string): TestService['call'] {
  return async (method, path, { body, rawBody, token, headers = {} } = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...((body !== undefined || rawBody !== undefined) && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...((body !== undefined || rawBody !== undefined) && { body: rawBody ?? JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  };
}

async function start(
  t: Test,
  environment: Record<string, string>,
  db: Kysely<Database>,
  databaseUrl: string,
  overrides: Overrides,
): Promise<TestService> {
  const config = loadConfig(environment);
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) });
  // At once: hundreds of tests sign in, recover and end, and some of their own look at the beat and at the end.
  const serverLimits = { responseQuantumMs: 0, drain: 0, ...overrides.serverLimits };
  const app = await buildApp(config, { log, ...overrides, serverLimits });
  t.teardown(() => app.close());
  await app.listen({ host: '127.0.0.1', port: config.port });
  const origin = app.listeningOrigin;

  const call = createCaller(origin);
  return {
    app,
    config,
    origin,
    db,
    databaseUrl,
    logLines,
    call,
    get: (path, more) => call('GET', path, more),
    post: (path, body, more) => call('POST', path, { body, ...more }),
    put: (path, body, more) => call('PUT', path, { body, ...more }),
    replica: (more = {}, changes = {}) => start(t, { ...environment, ...changes }, db, databaseUrl, more),
  };
}
