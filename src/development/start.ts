import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDataFolder, openDataFolder } from './data-folder.ts';

export { banner } from './banner.ts';
export { prepareDevelopment } from './prepare.ts';

/** The first thing that is seen, before anything that takes time. */
export const greet = (): void => console.log('Savabegh is starting · سامانهٔ سوابق راه‌اندازی می‌شود …');

export const progress = (text: string): void => console.log(`  … ${text}`);

const fileName = 'service.json';

type Running = Readonly<{ pid: number; origin: string }>;

/** Leaves word of where the service runs, for the demo; returns how to take it back. */
export async function announce(dataDirectory: string, origin: string): Promise<() => Promise<void>> {
  const file = join(await openDataFolder(dataDirectory), fileName);
  await writeFile(file, JSON.stringify({ pid: process.pid, origin } satisfies Running), { mode: 0o600 });
  return async () => {
    // Another service may have said so since.
    if ((await findRunning(dataDirectory))?.pid === process.pid) await rm(file, { force: true });
  };
}

/** Where a service on this data folder says that it runs; `null`: none does. It may have died since. */
export async function findRunning(dataDirectory: string): Promise<Running | null> {
  const folder = await findDataFolder(dataDirectory);
  if (folder === null) return null;
  return readFile(join(folder, fileName), 'utf8').then(
    (text) => JSON.parse(text) as Running,
    () => null,
  );
}
