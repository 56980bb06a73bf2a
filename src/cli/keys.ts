/** Keys of codes and tokens: `npm run keys -- prepare|rotate|list` */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Environment } from '../config.ts';
import { prepareKey, rotateKeys } from '../kernel/key-rotation.ts';
import { deriveSigningKey } from '../kernel/signing-key.ts';
import { asKeys } from '../settings.ts';
import { runCommand, UsageError } from './command.ts';

const usage = `Usage: npm run keys -- prepare | rotate | list

  prepare   adds a new key to SECRET_KEYS that verifies and does not issue yet. Restart every replica.
  rotate    lets the prepared key issue, or a new one where none is prepared; what the others issued stays
            good. Restart every replica.
  list      ids of the keys, the one that issues first, and of their public keys

  --keep N  with rotate: keys to keep (3). Rotate no more than N-1 times in the life time of a session,
            and nobody is signed out.

With several replicas prepare first: one that does not know a key yet refuses what it issued.
In development the secrets file is rewritten, with SECRET_KEYS_FILE that file is; with SECRET_KEYS the new
list is printed, for your secret store.`;

const name = 'SECRET_KEYS';
const ownerOnly = 0o600;
const mostKeys = 10;

/** Where the list is kept, and how a new one gets there. */
type Store = Readonly<{ list: string; save(list: string): Promise<void> }>;

async function openStore(environment: Environment): Promise<Store> {
  const given = environment[name];
  const file = environment[`${name}_FILE`];
  if (given) return { list: given, save: async (list) => console.log(list) };
  if (file) {
    return {
      list: (await readFile(file, 'utf8')).trim(),
      async save(list) {
        // Whole or not at all: whoever starts meanwhile reads the old list or the new one.
        await writeFile(`${file}.new`, `${list}\n`, { mode: ownerOnly });
        await rename(`${file}.new`, file);
        console.log(`${file} has been rewritten; restart every replica.`);
      },
    };
  }
  if (environment.NODE_ENV === 'production') throw new UsageError(`${name} is not set`);
  const { readDevelopmentSecret, replaceDevelopmentSecret } = await import('../development/secrets.ts');
  const folder = environment.DATA_DIRECTORY || '.data';
  return {
    list: readDevelopmentSecret(folder, name),
    async save(list) {
      replaceDevelopmentSecret(folder, name, list);
      console.log(`The secrets in ${folder} have been rewritten; restart the service.`);
    },
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'string', default: '3' }, help: { type: 'boolean', default: false } },
  });
  const [command = 'help'] = values.help ? [] : positionals;
  if (command === 'help') return console.log(usage);
  const keep = Number(values.keep);
  if (!Number.isInteger(keep) || keep < 2 || keep > mostKeys) {
    throw new UsageError(`--keep must be from 2 to ${mostKeys}: what was issued before is to stay good`);
  }
  if (!['prepare', 'rotate', 'list'].includes(command))
    throw new UsageError(`there is no command ${command}`);
  const store = await openStore(process.env);
  const keys = asKeys(store.list);
  if (command === 'list') {
    for (const key of keys) console.log(`${key.id.padEnd(16)}  ${deriveSigningKey(key).kid}`);
    return;
  }
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const list = command === 'prepare' ? prepareKey(store.list, day) : rotateKeys(store.list, { day, keep });
  asKeys(list);
  await store.save(list);
}

await runCommand(usage, main);
