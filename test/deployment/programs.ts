import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as openSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Programs that a deployment consists of, run for a test on free ports of 127.0.0.1 with their own binaries. */
export type Program = Readonly<{
  port: number;
  /** For SIGSTOP, SIGHUP and the like. */
  signal(signal: NodeJS.Signals): void;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Everything it has printed. */
  output(): string;
}>;

export const deployFolder = new URL('../../deploy/', import.meta.url);

const startLimitMs = 10_000;
/** System programs are not always on the path of ordinary users. */
const environment = {
  PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
  LC_ALL: 'C',
  /** What HAProxy's own refusals refer to. */
  PUBLIC_URL: 'http://savabegh.test',
};
/** PgBouncer refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Puts files where the program may read them; gone with `remove`. */
async function folderWith(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp('/tmp/savabegh-deployment-');
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    if (nobody.uid) await chown(join(folder, name), nobody.uid, nobody.gid);
  }
  if (nobody.uid) await chown(folder, nobody.uid, nobody.gid);
  await chmod(folder, 0o700);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = openSocket(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

async function start(
  command: string,
  args: readonly string[],
  port: number,
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Program & { child: ChildProcess }> {
  let output = '';
  const child = spawn(command, args, {
    cwd,
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...nobody,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(`${signal ?? code}`));
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  process.once('exit', () => child.kill('SIGKILL'));
  let failure: string | undefined;
  ended.then((reason) => {
    failure = reason;
  });
  for (const deadline = Date.now() + startLimitMs; !(await answers(port)); await sleep(20)) {
    if (failure?.includes('ENOENT')) {
      throw new Error(`${command} is not installed; on Debian: apt-get install ${packages[command]}`);
    }
    if (failure !== undefined) throw new Error(`${command} ended (${failure}): ${output}`);
    if (Date.now() > deadline) throw new Error(`${command} does not answer: ${output}`);
  }
  return {
    port,
    child,
    signal: (signal) => child.kill(signal),
    async stop(signal = 'SIGKILL') {
      child.kill('SIGCONT');
      child.kill(signal);
      await ended;
    },
    output: () => output,
  };
}

const packages: Readonly<Record<string, string>> = {
  'redis-server': 'redis-server',
  pgbouncer: 'pgbouncer',
  haproxy: 'haproxy',
};

export async function startRedis(port?: number): Promise<Program> {
  const own = port ?? (await freePort());
  const settings = ['--port', String(own), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return start('redis-server', settings, own, '/');
}

/** Whether this machine's PgBouncer knows prepared statements (1.21 and newer). */
export async function pgbouncerPrepares(): Promise<boolean> {
  const { stdout } = await promisify(execFile)('pgbouncer', ['--version'], { env: environment });
  const [, major, minor] = stdout.match(/PgBouncer (\d+)\.(\d+)/) ?? [];
  return Number(major) * 1000 + Number(minor) >= 1021;
}

/** PgBouncer with the settings of the deployment, in front of the server of a database URL. */
export async function startPgbouncer(
  databaseUrl: string,
  again?: number,
): Promise<Program & { url: string }> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(databaseUrl);
  const port = again ?? (await freePort());
  const users = `"${username}" "${decodeURIComponent(password)}"\n`;
  const { folder, remove } = await folderWith({ users });
  const deployed = await readFile(new URL('pgbouncer/pgbouncer.ini', deployFolder), 'utf8');
  const prepares = await pgbouncerPrepares();
  const changes: readonly (readonly [RegExp, string])[] = [
    [/^savabegh = host=\S+ port=\S+/m, `${pathname.slice(1)} = host=${hostname} port=${serverPort}`],
    [/^listen_addr = .*/m, 'listen_addr = 127.0.0.1'],
    [/^listen_port = .*/m, `listen_port = ${port}`],
    [/^auth_file = .*/m, `auth_file = ${join(folder, 'users')}`],
    [/^max_prepared_statements = .*/m, prepares ? '$&' : ''],
  ];
  const settings = changes.reduce((text, [line, instead]) => {
    if (!line.test(text)) throw new Error(`${line} is not in pgbouncer.ini`);
    return text.replace(line, instead);
  }, deployed);
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(file, settings, { mode: 0o644 });
  const program = await start('pgbouncer', [file], port, folder);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    ...program,
    url: url.href,
    async stop(signal) {
      await program.stop(signal);
      await remove();
    },
  };
}

/** Whether this machine's HAProxy sends our words also for what is no request yet (3.2 and newer). */
export async function haproxySaysErrorFiles(): Promise<boolean> {
  const { stdout } = await promisify(execFile)('haproxy', ['-v'], { env: environment });
  const [, major, minor] = stdout.match(/version (\d+)\.(\d+)/) ?? [];
  return Number(major) * 1000 + Number(minor) >= 3002;
}

/** HAProxy with the settings of the deployment, in front of replicas on these ports, behind `frontProxy`. */
export async function startHaproxy(replicas: readonly number[], frontProxy?: string): Promise<Program> {
  const port = await freePort();
  const deployed = await readFile(new URL('haproxy/haproxy.cfg', deployFolder), 'utf8');
  const settings = deployed
    .replace('bind :8080', `bind 127.0.0.1:${port}`)
    .replaceAll(' errors/', ' ')
    .replace(/savabegh-(\d):3000/g, (_all, number) => `127.0.0.1:${replicas[Number(number) - 1]}`);
  const errors = new URL('haproxy/errors/', deployFolder);
  const errorFiles = await Promise.all(
    (await readdir(errors)).map(
      async (name) => [name, await readFile(new URL(name, errors), 'utf8')] as const,
    ),
  );
  const { folder, remove } = await folderWith({
    'haproxy.cfg': settings,
    ...Object.fromEntries(errorFiles),
  });
  const program = await start('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], port, folder, {
    ...(frontProxy !== undefined && { FRONT_PROXY: frontProxy }),
  });
  return {
    ...program,
    async stop(signal) {
      await program.stop(signal);
      await remove();
    },
  };
}
