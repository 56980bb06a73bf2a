import { asInteger } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

/** Days that entries of the activity log are kept. */
export const readActivityRetentionDays = (reader: SettingsReader): number =>
  reader.read({
    name: 'ACTIVITY_RETENTION_DAYS',
    describe: 'how long the activity of accounts is kept: long enough for a dispute',
    parse: asInteger(30, 3650),
    fallback: 730,
  });
