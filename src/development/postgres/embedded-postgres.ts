import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDataFolder } from '../data-folder.ts';
import {
  draftInto,
  EmbeddedPostgresError,
  installPostgres,
  type PostgresInstallation,
} from './postgres-binaries.ts';
import { serverEnvironment, startPostgresServer } from './postgres-server.ts';
import { ServerRunsError } from './server-owner.ts';

export { EmbeddedPostgresError, ServerRunsError };

const initdbTimeoutMs = 60_000;

export type EmbeddedPostgresOptions = {
  /** Told before what takes seconds, once for each installation and data directory. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Receives the server's log, line by line. */
  readonly log?: (line: string) => void;
  /** Settings of postgresql.conf, above the defaults chosen here. */
  readonly settings?: Readonly<Record<string, string>>;
} & (
  | {
      /** Made when missing. */
      readonly dataDirectory: string;
      readonly ephemeral?: false;
      /**
       * For somebody who needs it briefly: the server of another process will do, where one runs on that directory
       * for as long as it likes. One's own is then for nobody else, who would lose it at any moment.
       */
      readonly mayJoin?: boolean;
    }
  | { /** A cluster for tests: fast, without durability, gone after stop(). */ readonly ephemeral: true }
);

export type EmbeddedPostgres = {
  /** Of the superuser and the maintenance database `postgres`, with the password; TCP on 127.0.0.1. */
  readonly url: string;
  /** Where the data are: `dataDirectory`, or as root a folder outside the checkout. */
  readonly directory: string;
  /** Ends the sessions and the server, within 20 seconds, unless it is another's. May be called again. */
  stop(): Promise<void>;
};

/**
 * A PostgreSQL server of one's own, for development and tests, on a free port.
 *
 * It ends with this process, however that ends; stop() gives it time for a clean shutdown. A data directory
 * belongs to one process at a time, and others may join its server.
 *
 * @throws {EmbeddedPostgresError} not installed; folder not writable; in use by another process; start failed
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const installation = await trying('install', 'PostgreSQL', () => installPostgres(options.progress));
  const directory = options.ephemeral
    ? await temporaryFolder(installation)
    : await trying('write to', options.dataDirectory, () => openDataFolder(options.dataDirectory));
  const removeTemporary = () =>
    options.ephemeral ? rm(directory, { recursive: true, force: true, maxRetries: 3 }) : undefined;
  try {
    const cluster = await ensureCluster(
      directory,
      installation,
      options.ephemeral ? ['--no-sync'] : [],
      options.progress,
    );
    const passwordFile = join(cluster, 'password');
    const password = await trying('read', passwordFile, () => readFile(passwordFile, 'utf8'));
    const server = await startPostgresServer({
      bin: installation.bin,
      account: installation.unprivileged?.account,
      dataDirectory: join(cluster, 'data'),
      settings: { ...(options.ephemeral && withoutDurability), ...options.settings },
      ...(options.ephemeral && { removeWhenOrphaned: directory }),
      mayBeJoined: !options.ephemeral && !options.mayJoin,
      log,
    }).catch((error: unknown) => {
      if (error instanceof ServerRunsError && error.port !== null && !options.ephemeral && options.mayJoin) {
        return { port: error.port, stop: async () => {} };
      }
      throw error;
    });
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`,
      directory,
      async stop() {
        await server.stop();
        await removeTemporary();
      },
    };
  } catch (error) {
    await removeTemporary();
    throw error;
  }
}

const withoutDurability = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** As root below /tmp itself: the temporary folder of root may be closed to the user who runs PostgreSQL. */
async function temporaryFolder({ unprivileged }: PostgresInstallation): Promise<string> {
  const parent = unprivileged ? '/tmp' : tmpdir();
  return trying('write to', parent, async () => {
    const folder = await realpath(await mkdtemp(join(parent, 'savabegh-postgres-')));
    if (unprivileged) await chown(folder, unprivileged.account.uid, unprivileged.account.gid);
    return folder;
  });
}

/**
 * The cluster and the password of its superuser, made together or not at all, so that an interrupted
 * initdb leaves nothing that looks like a cluster.
 *
 * The password is what keeps the other users of the machine out, hence random and readable by the owner only.
 */
async function ensureCluster(
  directory: string,
  { bin, unprivileged }: PostgresInstallation,
  flags: readonly string[],
  progress?: (text: string) => void,
): Promise<string> {
  const cluster = join(directory, 'postgres');
  await trying('write to', directory, () =>
    draftInto(cluster, unprivileged?.account, async (draft) => {
      progress?.('making a new database');
      const passwordFile = join(draft, 'password');
      await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
      if (unprivileged) await chown(passwordFile, unprivileged.account.uid, unprivileged.account.gid);
      const settings = [
        `--pgdata=${join(draft, 'data')}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ];
      await promisify(execFile)(join(bin, 'initdb'), [...settings, ...flags], {
        cwd: '/',
        env: serverEnvironment(),
        timeout: initdbTimeoutMs,
        ...unprivileged?.account,
      }).catch((cause) => {
        throw new EmbeddedPostgresError(`initdb failed: ${lastLine(cause)}`, { cause });
      });
    }),
  );
  return cluster;
}

function lastLine(failure: { stderr?: string; message: string; killed?: boolean }): string {
  if (failure.killed) return `not done within ${initdbTimeoutMs / 1000} s`;
  const lines = (failure.stderr || failure.message).trim().split('\n');
  return lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? '';
}

/** Turns a failure of the system into one line: "cannot write to /srv/data: EACCES". */
async function trying<T>(
  action: 'install' | 'read' | 'write to',
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (cause instanceof EmbeddedPostgresError || !code) throw cause;
    throw new EmbeddedPostgresError(`cannot ${action} ${what}: ${code}`, { cause });
  }
}
