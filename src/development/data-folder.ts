import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { rootFolders, trustedFolder } from './postgres/postgres-binaries.ts';

const asRoot = process.getuid?.() === 0;

/** Named after the requested path, so that two checkouts do not share their data. */
const nameFor = (requested: string) =>
  `data-${createHash('sha256').update(requested).digest('hex').slice(0, 16)}`;

/**
 * The folder of an installation's data, made when missing: the requested one. As root, who alone may be able to
 * enter that, a folder elsewhere, which an unprivileged user may enter.
 */
export async function openDataFolder(requested: string): Promise<string> {
  await mkdir(requested, { recursive: true, mode: 0o700 });
  const folder = await realpath(requested);
  if (!asRoot) return folder;
  const outside = join(await trustedFolder(rootFolders), nameFor(folder));
  await mkdir(outside, { recursive: true });
  await chmod(outside, 0o755);
  return outside;
}

/** The same without making anything; `null`: there is none yet. */
export async function findDataFolder(requested: string): Promise<string | null> {
  const isThere = (path: string) =>
    lstat(path).then(
      () => true,
      () => false,
    );
  const absolute = resolve(requested);
  const parent = await realpath(dirname(absolute)).catch(() => dirname(absolute));
  const folder = await realpath(absolute).catch(() => join(parent, basename(absolute)));
  const candidates = asRoot ? rootFolders.map((root) => join(root, nameFor(folder))) : [folder];
  for (const candidate of candidates) if (await isThere(candidate)) return candidate;
  return null;
}
