import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadConfig } from '../composition/config.ts';
import { withSettingsTable } from '../composition/settings.table.ts';
import { sampleFolderDifferences, writeSampleFolder } from '../development/sample-lists/sample-folder.ts';
import { textTable } from '../development/text-table.ts';
import { type Command, defineAction, exitCodes, UsageError } from './command.ts';

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A kind of generated files. `check`: what is not as it would be written; nothing is '' . */
type Generator = Readonly<{ what: string; write(): Promise<void>; check(): Promise<string> }>;

function generatedFile(
  what: string,
  path: string,
  textOf: (committed: string) => string | Promise<string>,
): Generator {
  const read = () => readFile(inRoot(path), 'utf8').catch(() => '');
  return {
    what,
    write: async () => writeFile(inRoot(path), await textOf(await read())),
    async check() {
      const committed = await read();
      return (await textOf(committed)) === committed ? '' : path;
    },
  };
}

/** The contract, from the routes. Needs no database: building the application connects to none. */
async function contract(): Promise<string> {
  const { buildApp } = await import('../composition/app.ts');
  const key = () => randomBytes(32).toString('base64');
  const config = loadConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    LOG_LEVEL: 'silent',
    SECRET_KEYS: `openapi:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `openapi:${key()}`,
  });
  const app = await buildApp(config, { background: false });
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}

/**
 * The contract for the types of the SDK. That members may be added is true of every answer, and in types would let any
 * misspelt one through; of open lists editors are to offer what is known.
 */
function forTypes(contract: string): string {
  return JSON.stringify(JSON.parse(contract), (key, value) => {
    if (key === 'additionalProperties' && value === true) return undefined;
    const known = value?.['x-extensible-enum'];
    return known === undefined ? value : { ...value, enum: known };
  });
}

async function generateSdk(...flags: string[]): Promise<void> {
  const workspace = inRoot('clients/typescript/');
  const main = createRequire(`${workspace}package.json`).resolve('openapi-typescript');
  const program = join(dirname(main), '../bin/cli.js');
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-contract-'));
  try {
    const contract = join(folder, 'openapi.json');
    await writeFile(contract, forTypes(await readFile(inRoot('openapi/openapi.json'), 'utf8')));
    const args = [program, contract, '--output', `${workspace}src/schema.ts`, ...flags];
    await promisify(execFile)(process.execPath, args);
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Operation = Readonly<{ parameters?: readonly object[]; 'x-counts-attempts'?: true }>;
type Contract = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: Readonly<{ parameters: Readonly<Record<string, Readonly<{ name: string }>>> }>;
}>;

/** For the SDK, which has the contract's types alone when it runs: what it may send again with the same key. */
async function keyedOperations(): Promise<string> {
  const { paths, components }: Contract = JSON.parse(await readFile(inRoot('openapi/openapi.json'), 'utf8'));
  const toName = (parameter: { $ref?: string; name?: string }) =>
    parameter.name ?? components.parameters[parameter.$ref?.split('/').at(-1) ?? '']?.name;
  const lines = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { parameters = [] }]) => parameters.some((each) => toName(each) === 'idempotency-key'))
      .map(([method, operation]) => {
        const countsAttempts = operation['x-counts-attempts'] === true;
        return `  ['${method.toUpperCase()}', '${path}', ${countsAttempts}],\n`;
      }),
  );
  return `// Made from openapi/openapi.json by "npm run generate".

type KeyedOperation = readonly [method: string, path: string, countsAttempts: boolean];

/** Operations that take an \`Idempotency-Key\`, and whether a refusal of theirs may have been counted as an attempt. */
export const keyedOperations: readonly KeyedOperation[] = [
${lines.join('')}];
`;
}

/** In an order in which each finds what it is made from. */
const generators: Readonly<Record<string, Generator>> = {
  openapi: generatedFile('openapi/openapi.json, from the routes', 'openapi/openapi.json', contract),
  sdk: {
    what: 'types of the SDK, from openapi/openapi.json',
    write: () => generateSdk(),
    check: () =>
      generateSdk('--check').then(
        () => '',
        () => 'clients/typescript/src/schema.ts',
      ),
  },
  'sdk-keys': generatedFile(
    'operations of the SDK that take a key, from openapi/openapi.json',
    'clients/typescript/src/keyed-operations.ts',
    keyedOperations,
  ),
  texts: generatedFile('docs/texts.md, every text in both languages', 'docs/texts.md', () =>
    textTable(inRoot('src')),
  ),
  settings: generatedFile('the table of settings in README.md', 'README.md', withSettingsTable),
  samples: {
    what: 'samples/, from its generator',
    write: () => writeSampleFolder(inRoot('samples')),
    check: async () =>
      (await sampleFolderDifferences(inRoot('samples')))
        .map((difference) => `samples: ${difference}`)
        .join('\n'),
  },
};

async function check(chosen: readonly Generator[]): Promise<number> {
  const differences: string[] = [];
  for (const generator of chosen) differences.push(await generator.check());
  const found = differences.filter(Boolean);
  if (found.length === 0) return exitCodes.done;
  console.error(`not as generated; run "npm run generate" and commit it:\n${found.join('\n')}`);
  return exitCodes.failed;
}

const generate = defineAction({
  summary: 'writes generated files anew: all of them, or what is named',
  operands: '[WHAT…]',
  options: {
    check: { describe: 'writes nothing, and fails when something is not as it would be written' },
    release: {
      describe: 'keeps the contract as openapi/released.json too, against which later ones are judged',
    },
  },
  async run({ operands, options }) {
    const unknown = operands.find((name) => !Object.hasOwn(generators, name));
    if (unknown !== undefined) throw new UsageError(`nothing generates ${unknown}`);
    if (options.check && options.release) throw new UsageError('--check writes nothing, --release does');
    const chosen = Object.entries(generators)
      .filter(([name]) => operands.length === 0 || operands.includes(name))
      .map(([, generator]) => generator);
    if (options.check) return check(chosen);
    for (const generator of chosen) await generator.write();
    if (options.release) await writeFile(inRoot('openapi/released.json'), await contract());
    return exitCodes.done;
  },
});

export const command: Command = {
  actions: { '': generate },
  notes: `WHAT: ${Object.entries(generators)
    .map(([name, { what }]) => `${name} (${what})`)
    .join(', ')}.`,
};
