import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Folders in which lists lie on disk while they are read. Each is removed by who made it; what a process that was killed
 * has left is removed by the next one, so a folder's name says whose it is: machine, process and its start.
 */

/** Containers count their processes from 1 anew; what they have for themselves is the name. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const own = `${process.pid}-${Math.round(performance.timeOrigin)}`;
const name = new RegExp(`^savabegh-lists-${host}-((\\d+)-\\d+)-\\w{6}$`);

/** A folder that only this user reads. The caller removes it. */
export function createScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), `savabegh-lists-${host}-${own}-`));
}

/** Removes the folders of processes that run no more; those of the living, and of other machines and users, stay. */
export async function removeAbandonedScratch(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const [, process = own, pid] = name.exec(entry) ?? [];
    if (process === own || isRunning(Number(pid))) continue;
    const folder = join(tmpdir(), entry);
    if (await isOurs(folder)) await rm(folder, { recursive: true, force: true });
  }
}

/** A process of this number that started at another time than this one is another one's successor. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Anybody may put something with such a name into a folder for all: a link, or a folder that they go on changing. */
async function isOurs(path: string): Promise<boolean> {
  // Of two that clean up at the same time one finds it gone.
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}
