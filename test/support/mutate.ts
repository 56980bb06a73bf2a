import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../src/development/postgres/embedded-postgres.ts';

/** `node test/support/mutate.ts [options of Stryker]`: mutation tests of recovery's rules and services, on a PostgreSQL of their own. */
const stryker = fileURLToPath(
  new URL('../../node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url),
);
const postgres = await startEmbeddedPostgres({ ephemeral: true, settings: { max_connections: '400' } });
try {
  const child = spawn(process.execPath, [stryker, 'run', ...process.argv.slice(2)], {
    stdio: 'inherit',
    // Seconds for a test file: instrumented, and several at once.
    env: { ...process.env, TEST_DATABASE_URL: postgres.url, TAP_TIMEOUT: '300' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await postgres.stop();
}
