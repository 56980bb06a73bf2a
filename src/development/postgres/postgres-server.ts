import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, EmbeddedPostgresError } from './postgres-binaries.ts';
import { endServer, ownerMark, vacate } from './server-owner.ts';

const startTimeoutMs = 60_000;
const pauseMs = 50;

export type ServerOptions = {
  readonly bin: string;
  readonly account: Account | undefined;
  /** Absolute, without symbolic links: it is how a server left behind is recognised. */
  readonly dataDirectory: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Set for throw-away clusters: what to remove should this process die without stopping the server. */
  readonly removeWhenOrphaned?: string;
  /** Whether it lasts, so that others may use it as well. */
  readonly mayBeJoined: boolean;
  readonly log: (line: string) => void;
};

export type PostgresServer = {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
};

/**
 * The server must not outlive this process, not even after SIGKILL, and must not be hit by the terminal's Ctrl-C,
 * so that the service can drain first. It therefore leads a session of its own, with a watcher beside it that
 * blocks on file descriptor 3, a pipe from this process: however this process ends, the kernel closes the pipe
 * and the watcher shuts the server down.
 */
const launchScript = `
signal=$1 remove=$2
shift 2
( {
  read -r _ <&3
  kill -s "$signal" $$ && [ -n "$remove" ] && sleep 1 && rm -rf "$remove"
} & ) >/dev/null 2>&1
exec "$@" 3<&-`;

/** Failures that another port, or the end of another server, cures. */
const passing =
  /could not create any TCP|lock file "postmaster.pid" (already exists|is empty)|shared memory .* still in use/;

/**
 * Starts the server on a free port and resolves once it accepts connections.
 *
 * One data directory has one server, and a server has one owner. PostgreSQL's own lock file decides which of
 * two starters wins; the loser fails with "… is in use by process …". A server whose owner is dead is shut down
 * and started anew, which, unlike adopting it, leaves no sessions and settings of the dead process behind.
 */
export async function startPostgresServer(options: ServerOptions): Promise<PostgresServer> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const stalePid = await vacate(options.dataDirectory, options.log);
    const port = await freePort();
    const started = await launch(options, port, stalePid);
    if (started.child) return { port, stop: stopper(started.child, options.log) };
    if (!passing.test(started.reason) || Date.now() > deadline) {
      throw new EmbeddedPostgresError(`PostgreSQL did not start: ${started.reason}`);
    }
    await sleep(pauseMs);
  }
}

type Launched = { child: ChildProcess } | { child?: undefined; reason: string };

async function launch(options: ServerOptions, port: number, stalePid?: number): Promise<Launched> {
  const child = spawnServer(options, port, stalePid);
  const lifeline = child.stdio[3] as Socket;
  const stderr = child.stderr as unknown as Socket;
  const lines: string[] = [];
  const outcome = Promise.withResolvers<string>();

  const timer = setTimeout(
    () => outcome.resolve(`not ready within ${startTimeoutMs / 1000} s`),
    startTimeoutMs,
  );
  const reader = createInterface({ input: stderr });
  const note = (line: string) => {
    lines.push(line);
    if (line.includes('ready to accept connections')) outcome.resolve('ready');
  };
  reader.on('line', options.log).on('line', note);
  // When the server ends so must its watcher, before the number of the process is given to another one.
  child.once('exit', () => lifeline.destroy());
  child.once('error', (error) => outcome.resolve(error.message));
  child.once('close', () => outcome.resolve(failure(lines)));

  const result = await outcome.promise;
  clearTimeout(timer);
  reader.off('line', note);
  if (result !== 'ready') {
    await endChild(child);
    return { reason: result };
  }
  // Nothing of the server keeps a process alive that has come to its end.
  for (const handle of [child, stderr, lifeline]) handle.unref();
  return { child };
}

function spawnServer(options: ServerOptions, port: number, stalePid?: number): ChildProcess {
  const settings = {
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors of statements reach the client; only what happens to the server itself is for the log.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_line_prefix: '',
    ...options.settings,
    // No socket file, whose path would have to stay below 108 bytes; the password keeps other users out.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    cluster_name: ownerMark(process.pid, options.mayBeJoined),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = [join(options.bin, 'postgres'), '-D', options.dataDirectory, ...flags];
  const onOrphaned = options.removeWhenOrphaned ? ['QUIT', options.removeWhenOrphaned] : ['INT', ''];
  return spawn('/bin/sh', ['-c', launchScript, 'sh', ...onOrphaned, ...server], {
    cwd: '/',
    env: serverEnvironment(stalePid),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    ...options.account,
  });
}

/**
 * Without the caller's PG… and LC_… variables, which would change the server.
 *
 * A stale postmaster.pid whose number another process of the same user has been given keeps PostgreSQL from
 * starting. Removing the file could remove that of a server started meanwhile; but PostgreSQL takes the number
 * in PG_GRANDPARENT_PID (made for pg_ctl) for no server, and goes on with its check of the shared memory.
 */
export function serverEnvironment(stalePid?: number): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }),
  };
}

function failure(lines: readonly string[]): string {
  const fatal = lines.find((line) => /^(FATAL|PANIC):/.test(line));
  return (fatal ?? lines.at(-1) ?? 'it ended without a message').replace(/^\w+: +/, '');
}

function stopper(child: ChildProcess, log: ServerOptions['log']): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  child.once('exit', (code, signal) => {
    if (!stopping) log(`PostgreSQL ended by itself: ${signal ?? `exit code ${code}`}`);
  });
  return () => {
    stopping ??= endChild(child);
    return stopping;
  };
}

const endChild = (child: ChildProcess) =>
  endServer(
    (signal) => child.kill(signal),
    () => child.exitCode !== null || child.signalCode !== null,
  );

/** Another program may take the port before the server does; then the start is tried again with another one. */
async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}
