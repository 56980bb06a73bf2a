import { realpath, rm, rmdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findDataFolder } from '../development/data-folder.ts';
import { ServerRunsError, startEmbeddedPostgres } from '../development/postgres/embedded-postgres.ts';
import { type Command, CommandError, confirmer, defineAction, yesOption } from './command.ts';

/** What the service makes in its data folder; whatever else is there is not ours. */
const ours = ['postgres', 'secrets.json', 'service.json', 'compile-cache'];

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @throws {CommandError} while a process uses the database; a damaged one is no reason to keep it */
async function assertUnused(dataDirectory: string): Promise<void> {
  try {
    const server = await startEmbeddedPostgres({ dataDirectory });
    await server.stop();
  } catch (error) {
    if (error instanceof ServerRunsError) throw new CommandError(`${error.message}: stop it first`);
  }
}

const reset = defineAction({
  summary: 'removes the embedded database and its secrets: the next start is the first one again',
  options: { ...yesOption, 'dry-run': { describe: 'says what would be removed, and leaves it' } },
  async run({ options, environment }) {
    const dryRun = options['dry-run'];
    const confirm = dryRun ? null : confirmer(options.yes);
    const requested = environment.DATA_DIRECTORY || '.data';
    const here = await realpath(requested).catch(() => resolve(requested));
    const folders = new Set([here, (await findDataFolder(requested)) ?? here]);
    const paths: string[] = [];
    for (const path of [...folders].flatMap((folder) => ours.map((name) => join(folder, name)))) {
      if (await isThere(path)) paths.push(path);
    }
    if (paths.length === 0) return console.log('there is nothing to remove');
    console.log(
      `${dryRun ? 'would be removed' : 'to be removed'}:\n${paths.map((path) => `  ${path}`).join('\n')}`,
    );
    if (!confirm) return;
    if (paths.some((path) => path.endsWith('postgres'))) await assertUnused(requested);
    await confirm('Everything that was tried out here will be lost.');
    for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 3 });
    // Only when nothing of anybody else's is in it.
    for (const folder of folders) await rmdir(folder).catch(() => undefined);
    console.log('removed');
  },
});

export const command: Command = {
  actions: { '': reset },
  notes: 'The database that DATABASE_URL names is not touched.',
};
