import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { entry } from '../support/command.ts';

/** A checkout with the launcher, its package.json, and what a test puts there. */
async function checkout(t: Test): Promise<string> {
  const folder = t.testdir();
  await mkdir(join(folder, 'bin'));
  await copyFile(entry, join(folder, 'bin/savabegh.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}

const run = (file: string) => promisify(execFile)(process.execPath, [file, '--version']);

t.test('without its dependencies it says in one sentence what to do', async (t) => {
  const folder = await checkout(t);
  await t.rejects(run(join(folder, 'bin/savabegh.js')), {
    code: 1,
    stderr: `The dependencies are not installed: run "npm ci" in ${folder}/ first.\n`,
  });
});

t.test('an old Node.js is told in one sentence what to use', async (t) => {
  const folder = await checkout(t);
  await mkdir(join(folder, 'node_modules/fastify'), { recursive: true });
  await writeFile(join(folder, 'node_modules/fastify/package.json'), '{}');
  const file = join(folder, 'bin/savabegh.js');
  const text = await readFile(file, 'utf8');
  // The version that runs is older than one that nobody has.
  await writeFile(file, text.replace('const oldest = 24;', 'const oldest = 999;'));
  await t.rejects(run(file), {
    code: 1,
    stderr: /^Savabegh needs Node\.js 999 or newer, and this is v\d+\.\d+\.\d+: .*\n$/,
  });
});

t.test('the launcher is written in what old versions of Node.js understand', async (t) => {
  const text = await readFile(entry, 'utf8');
  t.match(text, /^#!\/usr\/bin\/env node\n/);
  t.match(text, /^const oldest = 24;$/m);
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  t.equal(engines.node, '>=24', 'as package.json says');
  t.notMatch(text, /^import .*\.ts'/m, 'TypeScript only after the questions');
});
