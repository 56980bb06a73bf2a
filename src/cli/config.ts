/** The settings: `npm run config [-- check | table [--check]]` */
import { readFile, writeFile } from 'node:fs/promises';
import { readConfig } from '../config.ts';
import { environmentOf, explainFailure } from '../runtime.ts';
import { withSettingsTable } from '../settings.table.ts';
import type { ReadSetting } from '../settings.ts';

const usage = `Usage: npm run config -- check | table [--check]

  check    reads the environment as the service does: everything that is wrong with it, or what holds.
           Secrets are not shown.
  table    writes the table of settings in README.md; with --check fails when it is not up to date`;

function describe({ name, given, otherwise }: ReadSetting): string {
  if (given === null) return `  ${name}: ${otherwise || 'nothing'}`;
  // In quotes: white space and the like are what goes wrong with settings.
  return `* ${name}: ${given === '(secret)' ? given : JSON.stringify(given)}`;
}

async function check(): Promise<boolean> {
  const { settings, faults } = readConfig(await environmentOf(process.env));
  if (faults.length > 0) {
    console.error(`${faults.length} ${faults.length === 1 ? 'setting is' : 'settings are'} not usable:`);
    for (const fault of faults) console.error(`  ${fault}`);
    return false;
  }
  console.log('The settings are usable (* = given):');
  for (const setting of settings) console.log(describe(setting));
  return true;
}

async function table(onlyCheck: boolean): Promise<boolean> {
  const readme = new URL('../../README.md', import.meta.url);
  const text = await readFile(readme, 'utf8');
  const expected = withSettingsTable(text);
  if (text === expected) return true;
  if (onlyCheck)
    console.error('The settings in README.md are not up to date; run `npm run config -- table`.');
  else await writeFile(readme, expected);
  return !onlyCheck;
}

const commands = new Map([
  ['check', check],
  ['table', () => table(false)],
  ['table --check', () => table(true)],
]);

const command = commands.get(process.argv.slice(2).join(' '));
try {
  if (command) process.exitCode = (await command()) ? 0 : 1;
  else {
    console.error(usage);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(explainFailure(error));
  process.exitCode = 1;
}
