/** Keys of codes and tokens, and peppers: `npm run keys -- prepare|rotate|list` */
import { chmod, chown, rename, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Environment } from '../config.ts';
import { prepareKey, rotateKeys } from '../kernel/key-rotation.ts';
import { deriveSigningKey } from '../kernel/signing-key.ts';
import { asKeys } from '../settings.ts';
import { readNamedFile, runCommand, UsageError } from './command.ts';

const usage = `Usage: npm run keys -- prepare | rotate | list

  prepare   adds a new key to SECRET_KEYS that verifies and does not issue yet. Restart every replica.
  rotate    lets the prepared key issue, or a new one where none is prepared; what the others issued stays
            good. Restart every replica.
  list      ids of the keys, the one that issues first, and of their public keys

  --keep N   with rotate: keys to keep (3). Rotate no more than N-1 times in the life time of a session,
             and nobody is signed out.
  --peppers  the same for PASSWORD_PEPPERS, of which all are kept: npm run accounts -- hashes says when
             an old one may go

With several replicas prepare first: one that does not know a key yet refuses what it issued, and one that
does not know a pepper right passwords.
In development the secrets file is rewritten, with SECRET_KEYS_FILE (PASSWORD_PEPPERS_FILE) that
file is; with SECRET_KEYS the new list is printed, for your secret store.`;

type Name = 'SECRET_KEYS' | 'PASSWORD_PEPPERS';

const ownerOnly = 0o600;
const mostKeys = 10;
const usualKeys = '3';

/** Where the list is kept, and how a new one gets there. */
type Store = Readonly<{ list: string; save(list: string): Promise<void> }>;

async function openStore(environment: Environment, name: Name): Promise<Store> {
  const given = environment[name];
  const file = environment[`${name}_FILE`];
  if (given) return { list: given, save: async (list) => console.log(list) };
  if (file) {
    return {
      list: (await readNamedFile(file)).trim(),
      async save(list) {
        // Whole or not at all: whoever starts meanwhile reads the old list or the new one.
        await writeFile(`${file}.new`, `${list}\n`, { mode: ownerOnly });
        // Whoever could read the old one can read the new one: the user in a container is somebody else.
        const { uid, gid, mode } = await stat(file);
        if (process.getuid?.() === 0) await chown(`${file}.new`, uid, gid);
        await chmod(`${file}.new`, mode);
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

function parseList(name: Name, list: string) {
  try {
    return asKeys(list);
  } catch (error) {
    throw new UsageError(`${name} ${(error as Error).message}`);
  }
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      keep: { type: 'string' },
      peppers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'help'] = values.help ? [] : positionals;
  if (!['prepare', 'rotate', 'list', 'help'].includes(command))
    throw new UsageError(`there is no command ${command}`);
  if (values.peppers && values.keep !== undefined) throw new UsageError('every pepper is kept');
  const keep = Number(values.keep ?? usualKeys);
  if (!Number.isInteger(keep) || keep < 2 || keep > mostKeys) {
    throw new UsageError(`--keep must be from 2 to ${mostKeys}: what was issued before is to stay good`);
  }
  return values.peppers
    ? ({ command, name: 'PASSWORD_PEPPERS', keep: Number.POSITIVE_INFINITY } as const)
    : ({ command, name: 'SECRET_KEYS', keep } as const);
}

async function main(): Promise<void> {
  const { command, name, keep } = readArguments();
  if (command === 'help') return console.log(usage);
  const store = await openStore(process.env, name);
  const keys = parseList(name, store.list);
  if (command === 'list') {
    for (const key of keys) {
      const publicId = name === 'SECRET_KEYS' ? deriveSigningKey(key).kid : '';
      console.log(`${key.id.padEnd(16)}  ${publicId}`.trimEnd());
    }
    return;
  }
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const list = command === 'prepare' ? prepareKey(store.list, day) : rotateKeys(store.list, { day, keep });
  parseList(name, list);
  await store.save(list);
}

await runCommand(usage, main);
