import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { codeBlocks, installClient, readersModule, typeErrors } from '../support/guide.ts';
import { codeSentTo, goodPassword, otherPassword, signUp } from '../support/journey.ts';
import { list, toCode, work } from '../support/register.ts';

// Every block of code of the package's page is run as it stands, one after the other, by the package as it is built.

const service = await startTestService(t);
const text = await readFile(new URL('../../clients/typescript/README.md', import.meta.url), 'utf8');
const blocks = codeBlocks(text);

/** What the page imports of its reader's own: given by the test. */
const readersOwn = readersModule(
  `type Reader = Readonly<{
  baseUrl: string;
  ask(what: string): Promise<string>;
  show(text: string): void;
  vault: { getItem(name: string): string | null; setItem(name: string, text: string): void };
  machine: Readonly<Record<'clientId' | 'clientSecret', string>>;
  readFile(name: string): Promise<Blob>;
  phone: { getRandomBytes(length: number): Uint8Array; digest(bytes: Uint8Array): Promise<Uint8Array> };
}>;`,
  ['ask', 'baseUrl', 'machine', 'phone', 'readFile', 'show', 'vault'],
);
const program = t.testdir({ 'package.json': '{ "type": "module" }', page: { 'your-app.ts': readersOwn } });
await writeFile(join(program, 'page/page.ts'), blocks.map((block) => block.text).join('\n\n'));
await installClient(program);

t.test('every block of code is TypeScript, and has the types of the contract', async (t) => {
  t.ok(blocks.length > 5);
  t.same([...new Set(blocks.map(({ lang }) => lang))], ['ts']);
  t.equal(await typeErrors(program), '');
});

t.test('the program of the page does what the page says', async (t) => {
  const person = await signUp(service);
  const { clientId, secret } = await machineClient(service, ['employer-lists:read', 'employer-lists:write']);
  const { workshop, workers } = list({ rows: [work(toCode(1), 30)] });
  const files: Readonly<Record<string, Uint8Array>> = { 'DSKKAR00.DBF': workshop, 'DSKWOR00.DBF': workers };
  const answers: Readonly<Record<string, string>> = {
    'national code': person.nationalCode,
    password: goodPassword,
    'is this your device': 'yes',
    'new password': otherPassword,
  };
  const shown: string[] = [];
  const kept = new Map<string, string>();
  const reader = {
    baseUrl: service.origin,
    ask: async (what: string) => (what === 'code' ? codeSentTo(service, person.mobile) : answers[what]),
    show: (line: string) => void shown.push(line),
    vault: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    },
    machine: { clientId, clientSecret: secret },
    readFile: async (name: string) => new Blob([new Uint8Array(files[name] ?? [])]),
    phone: {
      getRandomBytes: randomBytes,
      digest: async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest(),
    },
  };
  Object.assign(globalThis, { reader });
  await import(join(program, 'page/page.ts'));
  t.match(shown, [
    /^\d+ questions to choose from$/,
    '0 years of work',
    /[\u0600-\u06ff]/,
    'accepted, 0 findings',
    'invalid_client',
  ]);
  t.same(Object.keys(JSON.parse(kept.get('savabegh') ?? '')), ['deviceToken']);
});
