#!/usr/bin/env node
// Plain JavaScript that old versions of Node.js understand too, to say what is missing in one sentence.
import { existsSync, mkdirSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const oldest = 24;
const [major] = process.versions.node.split('.').map(Number);
const root = new URL('../', import.meta.url);

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!existsSync(new URL('node_modules/fastify/package.json', root))) {
  fail(`The dependencies are not installed: run "npm ci" in ${fileURLToPath(root)} first.`);
}
if (major < oldest) {
  fail(
    `Savabegh needs Node.js ${oldest} or newer, and this is ${process.version}: use npm start or npx savabegh, which take the one that "npm ci" installed.`,
  );
}

// What is compiled is kept beside the data: in the environment too, for the threads that hash.
const data = process.env.DATA_DIRECTORY || '.data';
const startsService = ['serve', 'demo'].includes(process.argv[2]) && process.argv.length === 3;
if (
  !process.env.NODE_COMPILE_CACHE &&
  process.env.NODE_ENV !== 'production' &&
  (startsService || existsSync(data))
) {
  // Secrets will lie here: nobody else's to look into.
  mkdirSync(data, { recursive: true, mode: 0o700 });
  process.env.NODE_COMPILE_CACHE = `${data}/compile-cache`;
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

const { runSavabegh } = await import('../src/cli/savabegh.ts');
process.exitCode = await runSavabegh(process.argv.slice(2), process.env);
