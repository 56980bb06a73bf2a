import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { defineAction, exitCodes, runScript, UsageError } from '../src/cli/command.ts';
import { connect } from '../src/database/connection.ts';
import { migrateToLatest } from '../src/database/migrator.ts';
import { startEmbeddedPostgres } from '../src/development/postgres/embedded-postgres.ts';
import type { Bench, BenchContext, Measurement } from './support/measure.ts';

async function benchNames(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  return files
    .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
    .map((file) => file.slice(0, -3))
    .sort();
}

async function withContext<T>(work: (context: BenchContext) => Promise<T>): Promise<T> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'savabegh-bench-'));
  // Durable, with the settings that `npm start` uses: nobody is measured on a database that forgets.
  const server = await startEmbeddedPostgres({ dataDirectory });
  try {
    return await work({
      progress: (text) => console.error(`  ${text}`),
      async createDatabase(name) {
        const client = new pg.Client({ connectionString: server.url });
        await client.connect();
        await client.query(`create database ${name}`);
        await client.end();
        const url = new URL(server.url);
        url.pathname = `/${name}`;
        const { db, pool, close } = connect({ url: url.href, poolSize: 2 });
        await migrateToLatest(db, pool);
        await close();
        return url.href;
      },
    });
  } finally {
    await server.stop();
    await rm(server.directory, { recursive: true, force: true });
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

function printTable(measurements: readonly Measurement[]): void {
  const header = ['what', 'this project', 'baseline', 'unit', 'ratio', 'number to beat', ''];
  const rows = measurements.map(({ measure, value, baseline, unit, ratio, target, bound, met }) => [
    measure,
    digits.format(value),
    digits.format(baseline),
    unit,
    ratio.toFixed(2),
    `${bound === 'at least' ? '≥' : '≤'} ${target}`,
    met ? 'met' : 'MISSED',
  ]);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [header, ...rows]) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function asJson(measurements: readonly Measurement[]): string {
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return JSON.stringify(
    measurements.map(({ measure, value, baseline, ratio, target, met }) => ({
      measure,
      value: rounded(value),
      baseline: rounded(baseline),
      ratio: rounded(ratio),
      target,
      met,
    })),
  );
}

const names = await benchNames();

const run = defineAction({
  summary: `runs all benches, or the named ones, on an embedded PostgreSQL: ${names.join(', ')}`,
  operands: '[NAME…]',
  options: { json: { describe: 'one JSON array' } },
  async run({ operands, options: { json } }) {
    const unknown = operands.filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new UsageError(`no bench ${unknown.join(', ')}`);
    const measurements: Measurement[] = [];
    for (const name of operands.length > 0 ? operands : names) {
      console.error(name);
      const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
      measurements.push(...(await withContext(bench)));
    }
    if (json) console.log(asJson(measurements));
    else printTable(measurements);
    return measurements.every(({ met }) => met) ? exitCodes.done : exitCodes.failed;
  },
});

await runScript('npm run bench --', run, process);
