import type { Secret } from '../../kernel/secret.ts';
import { asInteger, asOneOf, asSecretText, asServiceUrl } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

/** Who can be asked whether a mobile is that person's; `development` exists for trying the service out. */
export const ownershipRegisters = ['development', 'zohal', 'zibal'] as const;
export type OwnershipRegister = (typeof ownershipRegisters)[number];

export type MobileOwnershipSettings = Readonly<{
  mobileOwnership: OwnershipRegister;
  ownershipInquiry: Readonly<{ url: string; token: Secret<string> | null }>;
  /** How long its word holds. */
  ownershipDays: number;
}>;

export function readMobileOwnershipSettings(
  reader: SettingsReader,
  production: boolean,
): MobileOwnershipSettings {
  return {
    mobileOwnership: reader.read<OwnershipRegister>({
      name: 'MOBILE_OWNERSHIP',
      describe: 'who answers whether a mobile is that person’s: `zohal`, `zibal`',
      parse: asOneOf(...ownershipRegisters),
      fallback: production ? undefined : 'development',
    }),
    ownershipInquiry: {
      url: reader.read({
        name: 'MOBILE_OWNERSHIP_URL',
        describe: 'base URL of that inquiry; https in production',
        parse: asServiceUrl(production),
        fallback: '',
      }),
      token: reader.read<Secret<string> | null>({
        name: 'MOBILE_OWNERSHIP_TOKEN',
        describe: 'bearer token of that inquiry',
        parse: asSecretText,
        fallback: null,
      }),
    },
    ownershipDays: reader.read({
      name: 'MOBILE_OWNERSHIP_DAYS',
      describe: 'days after which it is asked again before a code or a link leaves to an account’s mobile',
      parse: asInteger(1, 365),
      fallback: 30,
    }),
  };
}

export function mobileOwnershipInconsistencies(
  { mobileOwnership, ownershipInquiry }: MobileOwnershipSettings,
  production: boolean,
): string[] {
  // Missing is a fault of its own.
  if (mobileOwnership === undefined) return [];
  if (mobileOwnership === 'development') {
    return production ? ['MOBILE_OWNERSHIP must not be development in production'] : [];
  }
  const missing = Object.entries({
    MOBILE_OWNERSHIP_URL: ownershipInquiry.url,
    MOBILE_OWNERSHIP_TOKEN: ownershipInquiry.token,
  }).filter(([, value]) => !value);
  return missing.map(([name]) => `${name} is missing (MOBILE_OWNERSHIP is an inquiry)`);
}
