import { availableParallelism } from 'node:os';
import { asInteger, asKeys, asServiceUrl } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import type { PasswordsOptions } from './index.ts';
import { parsePasswordPolicy, profiles } from './policy.ts';

const minProductionCost = 12;

export function readPasswordSettings(reader: SettingsReader, production: boolean): PasswordsOptions {
  return {
    peppers: reader.read({
      name: 'PASSWORD_PEPPERS',
      describe: 'keys under the password hashes, `id:base64,…`, newest first',
      parse: asKeys,
      fallback: undefined,
      otherwise: 'made at the first start',
    }),
    cost: reader.read({
      name: 'PASSWORD_COST',
      describe: 'bcrypt cost; at least 12 in production',
      parse: asInteger(production ? minProductionCost : 4, 16),
      fallback: minProductionCost,
    }),
    concurrency: reader.read({
      name: 'PASSWORD_CONCURRENCY',
      describe: 'hashes computed at once',
      parse: asInteger(1, 64),
      fallback: availableParallelism(),
      otherwise: 'one for each processor core',
    }),
    queueLimit: reader.read({
      name: 'PASSWORD_QUEUE_LIMIT',
      describe: 'hashes that may wait; beyond it callers get 503',
      parse: asInteger(1, 10_000),
      fallback: 64,
    }),
    maxWaitSeconds: reader.read({
      name: 'PASSWORD_QUEUE_SECONDS',
      describe: 'how long a hash may wait; who would wait longer gets 503 at once',
      parse: asInteger(1, 60),
      fallback: 5,
    }),
    policy: reader.read({
      name: 'PASSWORD_POLICY',
      describe: 'tamin, nist-63b-4, or JSON that starts from one of them',
      parse: parsePasswordPolicy,
      fallback: profiles.tamin,
      otherwise: 'tamin',
    }),
    breachLookupUrl: reader.read({
      name: 'BREACH_LOOKUP_URL',
      describe: 'base URL of a breach list that is asked by range; https in production',
      parse: asServiceUrl(production),
      fallback: '',
    }),
  };
}
