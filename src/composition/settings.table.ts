import { channels } from '../messaging/index.ts';
import type { Environment, ReadSetting } from '../settings/reader.ts';
import { readConfig } from './config.ts';

/** Every provider named, so that the settings of all of them are read. */
const everyProvider: Environment = Object.fromEntries(
  Object.values(channels).map(({ providers: { setting, names } }) => [setting, names.join()]),
);

/** Every setting there is, as a Markdown table, from the rows that read them. */
export function settingsTable(): string {
  const nowhere = new Set(readConfig({}).settings.map(({ name }) => name));
  const inProduction = readConfig({ NODE_ENV: 'production' }).settings;
  const required = new Set(inProduction.filter((setting) => setting.required).map(({ name }) => name));
  const rows = readConfig(everyProvider).settings.map((setting) => {
    const { name, describe, secret } = setting;
    const meaning = secret ? `${describe} (secret)` : describe;
    const otherwise = withoutIt(setting, required.has(name), !nowhere.has(name));
    return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} | ${otherwise} |`;
  });
  return ['| setting | meaning | without it |', '|---|---|---|', ...rows].join('\n');
}

function withoutIt(
  { otherwise, required }: ReadSetting,
  inProduction: boolean,
  withProvider: boolean,
): string {
  if (withProvider && required) return '**needed** with its provider';
  if (!inProduction) return otherwise || '–';
  return otherwise ? `**needed** in production; else ${otherwise}` : '**needed** in production';
}

const start = '<!-- settings: written by `npm run generate` -->';
const end = '<!-- /settings -->';

/** `document` with the table between its markers as it should be. */
export function withSettingsTable(document: string): string {
  const [before, rest] = document.split(start, 2);
  const after = rest?.split(end, 2)[1];
  if (before === undefined || after === undefined) throw new Error(`${start} … ${end} is missing`);
  return `${before}${start}\n\n${settingsTable()}\n\n${end}${after}`;
}

/** Changes of a letter (insert, drop, replace, swap) between two names, as far as `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const costs = [(row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same];
      next.push(Math.min(...costs, swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? limit + 1;
}

/** Shorter names are a letter away from what others call theirs. */
const shortestLikelyName = 8;
const likelyDistance = 2;

/** A line for every variable that is no setting and nearly has the name of one. */
export function mistypedSettings(environment: Environment): string[] {
  const names = readConfig(everyProvider).settings.map(({ name }) => name);
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(environment).flatMap((name) => {
    if (known.has(name) || name.length < shortestLikelyName) return [];
    const meant = [...known]
      .map((each) => ({ each, away: distance(name, each, likelyDistance) }))
      .sort((a, b) => a.away - b.away)[0];
    if (!meant || meant.away > likelyDistance) return [];
    return [`${name} is no setting; is ${meant.each} meant?`];
  });
}
