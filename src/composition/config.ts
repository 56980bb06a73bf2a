import { type DatabaseSettings, readDatabaseSettings } from '../database/database.settings.ts';
import { readActivityRetentionDays } from '../features/activity/activity.settings.ts';
import { readBranchNetworks } from '../features/branch/branch.settings.ts';
import { readCenturyPivot } from '../features/employer-lists/employer-lists.settings.ts';
import {
  type MobileOwnershipSettings,
  mobileOwnershipInconsistencies,
  readMobileOwnershipSettings,
} from '../features/mobile-ownership/mobile-ownership.settings.ts';
import type { PasswordsOptions } from '../features/passwords/index.ts';
import { readPasswordSettings } from '../features/passwords/passwords.settings.ts';
import {
  type ProofOfWorkSettings,
  readProofOfWorkSettings,
} from '../features/proof-of-work/proof-of-work.settings.ts';
import {
  type RecoverySettings,
  readRecoverySettings,
  recoveryInconsistencies,
} from '../features/recovery/recovery.settings.ts';
import {
  readSessionSettings,
  type SessionSettings,
  sessionInconsistencies,
} from '../features/sessions/sessions.settings.ts';
import { type HttpSettings, httpInconsistencies, readHttpSettings } from '../http/http.settings.ts';
import type { NamedKey, Secret } from '../kernel/secret.ts';
import { type MessagingSettings, readMessagingSettings } from '../messaging/settings.ts';
import {
  type OperationsAddress,
  readOperationsAddress,
  readTraceSettings,
  type TraceSettings,
} from '../operations/operations.settings.ts';
import { asKeys, asOneOf, toKey } from '../settings/parsers.ts';
import { type Environment, type ReadSetting, SettingsReader } from '../settings/reader.ts';

/** What the service reads from its environment, put together from what each part wants. Everything else gets it handed in. */
export type Config = HttpSettings &
  DatabaseSettings &
  SessionSettings &
  MobileOwnershipSettings &
  Readonly<{
    production: boolean;
    logLevel: string;
    secretKeys: readonly NamedKey[];
    identifierKey: Secret<Uint8Array>;
    passwords: PasswordsOptions;
    proofOfWork: ProofOfWorkSettings;
    recovery: RecoverySettings;
    messaging: MessagingSettings;
    /** Where operators look at metrics and health, apart from the public port; `null`: nowhere. */
    operations: OperationsAddress | null;
    /** `null`: nothing is traced. */
    traces: TraceSettings | null;
    branchNetworks: readonly string[];
    activityRetentionDays: number;
    centuryPivot: number;
  }>;

/** Everything that is wrong with an environment, at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** @throws {ConfigError} with every fault of the environment */
export function loadConfig(environment: Environment): Config {
  const { config, faults } = readConfig(environment);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

/** An environment read whole, faults and all: `config` is of use only without them. */
export type ReadConfig = Readonly<{
  config: Config;
  settings: readonly ReadSetting[];
  faults: readonly string[];
}>;

export function readConfig(environment: Environment): ReadConfig {
  const reader = new SettingsReader(environment);
  const production = environment.NODE_ENV === 'production';
  const config: Config = {
    production,
    ...readHttpSettings(reader, production),
    ...readDatabaseSettings(reader, production),
    logLevel: reader.read({
      name: 'LOG_LEVEL',
      describe: 'least severe level that is logged',
      parse: asOneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
      fallback: 'info',
    }),
    operations: readOperationsAddress(reader),
    traces: readTraceSettings(reader, production),
    secretKeys: reader.read({
      name: 'SECRET_KEYS',
      describe: 'keys of codes and tokens, `id:base64,…`, newest first',
      parse: asKeys,
      fallback: undefined,
      otherwise: 'made at the first start',
    }),
    identifierKey: reader.read({
      name: 'IDENTIFIER_KEY',
      describe: 'key of quotas; never changed',
      parse: toKey,
      fallback: undefined,
      otherwise: 'made at the first start',
    }),
    passwords: readPasswordSettings(reader, production),
    ...readSessionSettings(reader),
    proofOfWork: readProofOfWorkSettings(reader),
    recovery: readRecoverySettings(reader),
    messaging: readMessagingSettings(reader, production),
    ...readMobileOwnershipSettings(reader, production),
    branchNetworks: readBranchNetworks(reader),
    activityRetentionDays: readActivityRetentionDays(reader),
    centuryPivot: readCenturyPivot(reader),
  };
  const alone = new Set(reader.faults.map(nameIn));
  const together = inconsistencies(config).filter((fault) => !alone.has(nameIn(fault)));
  return { config, settings: reader.settings, faults: [...reader.faults, ...together] };
}

/** The setting that a fault begins with. */
const nameIn = (fault: string) => fault.split(' ', 1)[0];

/** Faults that only several settings together show. */
const inconsistencies = (config: Config): string[] => [
  ...recoveryInconsistencies(config.recovery),
  ...mobileOwnershipInconsistencies(config, config.production),
  ...sessionInconsistencies(config),
  ...httpInconsistencies(config, config.production),
];
