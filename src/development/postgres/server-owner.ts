import { execFile } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './postgres-binaries.ts';

const vacateTimeoutMs = 60_000;
const fastShutdownTimeoutMs = 10_000;
const immediateShutdownTimeoutMs = 7_000;
const killTimeoutMs = 3_000;
const pollMs = 10;
/** PostgreSQL writes postmaster.pid right after creating it: an unreadable one older than this is a remnant. */
const unreadableLockFileMs = 2_000;

/** A server whose owner lives runs on the data directory: nobody else may start one there. */
export class ServerRunsError extends EmbeddedPostgresError {
  /** Where it may be joined; `null`: nowhere. */
  readonly port: number | null;
  constructor(dataDirectory: string, ownerPid: number, port: number | null) {
    super(`${dataDirectory} is in use by process ${ownerPid}`);
    this.port = port;
  }
}

/** Fast shutdown, which ends the sessions; then immediate, which the next start recovers from; then SIGKILL. */
export async function endServer(
  send: (signal: NodeJS.Signals) => void,
  ended: () => boolean | Promise<boolean>,
): Promise<void> {
  const steps = [
    ['SIGINT', fastShutdownTimeoutMs],
    ['SIGQUIT', immediateShutdownTimeoutMs],
    ['SIGKILL', killTimeoutMs],
  ] as const;
  for (const [signal, timeoutMs] of steps) {
    if (await ended()) return;
    send(signal);
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(pollMs)) {
      if (await ended()) return;
    }
  }
  throw new EmbeddedPostgresError('PostgreSQL did not end, even after SIGKILL');
}

/**
 * Sees to it that no server runs on the data directory. Fails when one does and its owner lives.
 * @returns the process number in a stale lock file, if there is one
 */
export async function vacate(
  dataDirectory: string,
  log: (line: string) => void,
): Promise<number | undefined> {
  const deadline = Date.now() + vacateTimeoutMs;
  for (;;) {
    const lock = await readLockFile(dataDirectory);
    if (!lock) return undefined;
    const owner = await findOwner(lock.pid, dataDirectory);
    if (!owner) return lock.pid;
    if (!owner.alive) {
      log(`ending the PostgreSQL server ${lock.pid} that process ${owner.pid} left behind`);
      await endServer(
        (signal) => signalIfAlive(lock.pid, signal),
        async () => (await findOwner(lock.pid, dataDirectory)) === undefined,
      );
    } else if (!lock.stopping || Date.now() > deadline) {
      throw new ServerRunsError(dataDirectory, owner.pid, owner.mayBeJoined ? lock.port : null);
    }
    await sleep(pollMs);
  }
}

/** Format: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h */
async function readLockFile(
  dataDirectory: string,
): Promise<{ pid: number; port: number; stopping: boolean } | undefined> {
  const path = join(dataDirectory, 'postmaster.pid');
  const lines = (await readFile(path, 'utf8').catch(() => undefined))?.split('\n');
  if (!lines) return undefined;
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (pid > 0) return { pid, port: Number(lines[3]), stopping: lines[7]?.trim() === 'stopping' };
  // Empty after a power failure; PostgreSQL would leave it to the administrator to remove.
  const written = await stat(path).catch(() => undefined);
  if (written && Date.now() - written.mtimeMs > unreadableLockFileMs) await rm(path, { force: true });
  return undefined;
}

/** Says in a server's command line whose it is. */
export const ownerMark = (pid: number, mayBeJoined: boolean) =>
  `savabegh-${pid}${mayBeJoined ? '' : '-alone'}`;

/**
 * Who started the server with this process number, or undefined when it is no server of this data directory:
 * numbers are given again, above all after a reboot.
 *
 * The kernel gives the children of a dead process another parent, hence the owner is alive exactly
 * when the server is still its child.
 */
async function findOwner(
  pid: number,
  dataDirectory: string,
): Promise<{ pid: number; alive: boolean; mayBeJoined: boolean } | undefined> {
  const found = await inspectProcess(pid);
  const { uid } = await stat(dataDirectory);
  if (found?.uid !== uid || !found.command.includes(`postgres -D ${dataDirectory} -c `)) return undefined;
  const [, pidOfOwner, alone] = found.command.match(/cluster_name=savabegh-(\d+)(-alone)?/) ?? [];
  const owner = Number(pidOfOwner);
  return { pid: owner, alive: found.parent === owner, mayBeJoined: alone === undefined };
}

type ProcessFacts = { parent: number; uid: number; command: string };

async function inspectProcess(pid: number): Promise<ProcessFacts | undefined> {
  try {
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      const field = (name: string) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))?.[1]);
      return { parent: field('PPid'), uid: field('Uid'), command };
    }
    const { stdout } = await promisify(execFile)('ps', [
      '-ww',
      '-o',
      'ppid=,uid=,command=',
      '-p',
      String(pid),
    ]);
    const [, parent, uid, command = ''] = stdout.match(/^\s*(\d+)\s+(\d+)\s+(.*)/) ?? [];
    return { parent: Number(parent), uid: Number(uid), command };
  } catch {
    return undefined;
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
