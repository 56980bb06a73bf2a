import { readConfig } from './config.ts';
import type { Environment, ReadSetting } from './settings.ts';

/** Every provider named, so that the settings of all of them are read. */
const everyProvider: Environment = {
  SMS_PROVIDERS: 'kavenegar,smsir,melipayamak,twilio,smpp,webhook',
  EMAIL_PROVIDERS: 'smtp',
};

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

const start = '<!-- settings: written by `npm run config -- table` -->';
const end = '<!-- /settings -->';

/** `document` with the table between its markers as it should be. */
export function withSettingsTable(document: string): string {
  const [before, rest] = document.split(start, 2);
  const after = rest?.split(end, 2)[1];
  if (before === undefined || after === undefined) throw new Error(`${start} … ${end} is missing`);
  return `${before}${start}\n\n${settingsTable()}\n\n${end}${after}`;
}
