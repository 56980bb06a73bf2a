import { asInteger } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

/** Two-digit years below it are 14xx, the others 13xx. */
export const readCenturyPivot = (reader: SettingsReader): number =>
  reader.read({
    name: 'CENTURY_PIVOT',
    describe: 'two-digit years of lists below it are 14xx, the others 13xx',
    parse: asInteger(0, 99),
    fallback: 50,
  });
