import type { MobileOwnership } from '../mobile-ownership.ts';

/** The mobile for which the development answer is *unavailable*, to try that out too. */
const unavailableEnding = '0000';

/**
 * For trying the service out: a mobile belongs to the person whose national code, or insurance number, ends in
 * the same four digits. Refused by the settings in production.
 */
export const developmentOwnership: MobileOwnership = {
  asksAbout: () => true,
  async check(person, mobile) {
    if (mobile.endsWith(unavailableEnding)) return 'unavailable';
    return mobile.slice(-4) === person.value.slice(-4) ? 'matched' : 'not-matched';
  },
};
