import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
} from '../../src/development/postgres/embedded-postgres.ts';

/**
 * `npm test [-- test files and options of tap]`
 *
 * Runs tap with TEST_DATABASE_URL pointing at a throw-away PostgreSQL (superuser, database `postgres`), or at
 * the server named in that variable already. Prints one line a test file, of a file that failed what failed, and of files
 * that were named what they say of themselves; the last line reads "N passed, N failed", counted over tests, not over what
 * they assert. The exit code is that of tap.
 */

/** Every test file clones databases and opens pools, several files at once. */
const maxConnections = 400;
const filesAreNamed = process.argv.slice(2).some((argument) => !argument.startsWith('-'));
const jobs = 2;
/** For one test file; above tap's 30 seconds, for the machine may be busy. */
const timeoutSeconds = 300;

const tapPackage = import.meta.resolve('tap/package.json');
const { bin } = JSON.parse(await readFile(fileURLToPath(tapPackage), 'utf8'));
const tap = fileURLToPath(new URL(bin.tap, tapPackage));

/**
 * tap has its plugins compiled in. As installed it still holds its TypeScript plugin, which breaks with
 * TypeScript 7; the run that finds this out rebuilds tap, but fails itself. So it is rebuilt before.
 */
async function buildTapOnce(): Promise<void> {
  const probe = "import t from 'tap'; console.log(t.pluginSignature)";
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', probe]);
  if (stdout.includes('@tapjs/typescript')) await promisify(execFile)(process.execPath, [tap, 'build']);
}

async function runTap(databaseUrl: string): Promise<number> {
  const options = [
    '--reporter=tap',
    `--jobs=${jobs}`,
    `--timeout=${timeoutSeconds}`,
    ...process.argv.slice(2),
  ];
  const child = spawn(process.execPath, [tap, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TEST_DATABASE_URL: databaseUrl },
    // A process group of its own: tap does not hand a signal on to the test files that run.
    detached: true,
  });
  const exit = Promise.withResolvers<number>();
  let running = true;
  child.once('error', exit.reject);
  child.once('close', (code) => {
    running = false;
    exit.resolve(code ?? 1);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => running && child.pid && process.kill(-child.pid, signal));
  }

  const counts = await report(child.stdout);
  const exitCode = await exit.promise;
  // A run that was interrupted or bailed out has failed even without a failed assertion.
  const failed = exitCode === 0 ? counts.failed : Math.max(1, counts.failed);
  console.log(`${counts.passed} passed, ${failed} failed`);
  return exitCode;
}

/**
 * Prints what matters of a TAP 14 stream (https://testanything.org/tap-version-14-specification.html), in which
 * the lines of a test file are indented and come before the file's own test point.
 */
async function report(stream: Readable): Promise<{ passed: number; failed: number }> {
  const counts = { passed: 0, failed: 0 };
  let ofFile: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    if (line.startsWith(' ')) {
      ofFile.push(line);
    } else if (/^(not )?ok \d/.test(line)) {
      const hasFailed = line.startsWith('not');
      console.log([...ofFile.filter(hasFailed ? isDetail : isShownComment), line].join('\n'));
      counts.passed += ofFile.filter((each) => /^\s+ok .* # time=/.test(each)).length;
      const failed = ofFile.filter((each) => /^\s+not ok .* # time=/.test(each)).length;
      // What fails outside of any test fails its file.
      if (hasFailed) counts.failed += Math.max(1, failed);
      ofFile = [];
    } else if (line.startsWith('Bail out!')) {
      console.log(line);
    }
  }
  return counts;
}

const ownLine = /^\s*(\d+\.\.\d+|# (Subtest|time=|\{ total: ).*)/;
const isDetail = (line: string) => !/^\s*ok \d+/.test(line) && !ownLine.test(line);
const isShownComment = (line: string) => filesAreNamed && /^\s*# /.test(line) && !ownLine.test(line);

async function main(): Promise<number> {
  const given = process.env.TEST_DATABASE_URL;
  const settings = { max_connections: String(maxConnections) };
  const [postgres] = await Promise.all([
    given ? undefined : startEmbeddedPostgres({ ephemeral: true, settings }),
    buildTapOnce(),
  ]);
  try {
    return await runTap(given ?? postgres?.url ?? '');
  } finally {
    await postgres?.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof EmbeddedPostgresError ? error.message : error);
  process.exitCode = 1;
}
