import { chmod, chown, rename, stat, writeFile } from 'node:fs/promises';
import { hasPreparedKey, prepareKey, rotateKeys } from '../kernel/key-rotation.ts';
import { deriveSigningKey } from '../kernel/signing-key.ts';
import { asKeys } from '../settings/parsers.ts';
import type { Environment } from '../settings/reader.ts';
import { type Command, CommandError, defineAction, type Given, UsageError } from './command.ts';
import { readNamedFile } from './environment.ts';

const ownerOnly = 0o600;
const maxKeys = 10;
const defaultKeys = '3';

const which = {
  peppers: { describe: 'PASSWORD_PEPPERS instead of SECRET_KEYS' },
  development: { describe: 'those that the first start made in DATA_DIRECTORY' },
} as const;
const changing = {
  ...which,
  'dry-run': { describe: 'shows the ids that would be, and writes nothing' },
} as const;

type Name = 'SECRET_KEYS' | 'PASSWORD_PEPPERS';
type Which = Given<typeof which>;

const nameOf = ({ options }: Which): Name => (options.peppers ? 'PASSWORD_PEPPERS' : 'SECRET_KEYS');

/** Where the list is kept, and how a new one gets there. */
type Store = Readonly<{ list: string; save(list: string): Promise<void> }>;

/** Only what was named is read and written: a file, a variable, or with `--development` the data folder. */
async function openStore(given: Which): Promise<Store> {
  const { options, environment } = given;
  const name = nameOf(given);
  if (options.development) return openDevelopmentStore(environment, name);
  const [list, file] = [environment[name], environment[`${name}_FILE`]];
  if (list && file) throw new CommandError(`${name} is given twice, also as ${name}_FILE`);
  if (list) return { list, save: async (changed) => console.log(changed) };
  if (file) return openFile(file);
  throw new CommandError(
    `neither ${name}_FILE nor ${name} is set; --development means the keys of a first start here`,
  );
}

async function openFile(file: string): Promise<Store> {
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

async function openDevelopmentStore(environment: Environment, name: Name): Promise<Store> {
  if (environment.NODE_ENV === 'production') throw new CommandError('NODE_ENV is production');
  const { findDevelopmentSecrets } = await import('../development/secrets.ts');
  const folder = environment.DATA_DIRECTORY || '.data';
  const found = await findDevelopmentSecrets(folder);
  if (!found) throw new CommandError(`there are none in ${folder}: the first start makes them`);
  return {
    list: found.secrets[name],
    async save(list) {
      found.replace(name, list);
      console.log(`${found.file} has been rewritten; restart the service.`);
    },
  };
}

function parseList(name: Name, list: string) {
  try {
    return asKeys(list);
  } catch (error) {
    throw new CommandError(`${name} ${(error as Error).message}`);
  }
}

const idsOf = (name: Name, list: string) => parseList(name, list).map(({ id }) => id);

async function change(given: Given<typeof changing>, work: (list: string) => string): Promise<void> {
  const name = nameOf(given);
  const store = await openStore(given);
  const before = idsOf(name, store.list);
  const list = work(store.list);
  const after = idsOf(name, list);
  const dropped = before.filter((id) => !after.includes(id));
  // Beside the list, which may be all of standard output that somebody keeps.
  if (dropped.length > 0) console.error(`dropped: ${dropped.join(', ')}; what they issued ends`);
  if (given.options['dry-run']) console.log(`would be: ${after.join(', ')}`);
  else await store.save(list);
}

const prepare = defineAction({
  summary: 'adds a new key that verifies and does not issue yet. Restart every replica.',
  options: changing,
  run: (given) => change(given, (list) => prepareKey(list, new Date())),
});

const rotate = defineAction({
  summary:
    'lets the prepared key issue, or a new one where none is prepared; what the others issued stays good. Restart every replica.',
  options: {
    ...changing,
    keep: {
      value: 'N',
      describe: `keys to keep (${defaultKeys}); rotate no more than N-1 times in the life time of a session, and nobody is signed out. Every pepper is kept: accounts hashes says when an old one may go`,
    },
  },
  async run(given) {
    const { keep: text, peppers } = given.options;
    if (peppers && text !== undefined) throw new UsageError('every pepper is kept');
    const keep = Number(text ?? defaultKeys);
    if (!Number.isInteger(keep) || keep < 2 || keep > maxKeys) {
      throw new UsageError(`--keep must be from 2 to ${maxKeys}: what was issued before is to stay good`);
    }
    await change(given, (list) => {
      if (!hasPreparedKey(list)) {
        console.error(
          'no key was prepared: until the last replica has been restarted, those that do not know the new one refuse what it issues',
        );
      }
      return rotateKeys(list, { now: new Date(), keep: peppers ? Number.POSITIVE_INFINITY : keep });
    });
  },
});

const list = defineAction({
  summary: 'ids of the keys, the one that issues first, and of their public keys',
  options: which,
  async run(given) {
    const name = nameOf(given);
    const store = await openStore(given);
    for (const key of parseList(name, store.list)) {
      const publicId = name === 'SECRET_KEYS' ? deriveSigningKey(key).kid : '';
      console.log(`${key.id.padEnd(16)}  ${publicId}`.trimEnd());
    }
  },
});

export const command: Command = {
  actions: { prepare, rotate, list },
  notes: `With several replicas prepare first: one that does not know a key yet refuses what it issued, and one that
does not know a pepper refuses right passwords. With SECRET_KEYS_FILE (PASSWORD_PEPPERS_FILE) that file is
rewritten; with SECRET_KEYS the new list is printed, for your secret store.`,
};
