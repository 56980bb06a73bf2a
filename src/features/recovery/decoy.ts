import type { Mac } from '../../kernel/keyring.ts';
import type { Mobile } from '../../kernel/mobile.ts';

/**
 * Share of each operator prefix among mobiles, in tenths of a percent: MCI, Irancell, Rightel and the
 * smaller ones. A decoy is to look like the numbers that real people have.
 */
const prefixShares: readonly (readonly [prefix: string, share: number])[] = [
  ['912', 170],
  ['911', 40],
  ['913', 55],
  ['914', 50],
  ['915', 55],
  ['916', 45],
  ['917', 45],
  ['918', 40],
  ['919', 60],
  ['910', 60],
  ['990', 25],
  ['991', 20],
  ['992', 5],
  ['935', 60],
  ['936', 50],
  ['937', 50],
  ['938', 40],
  ['939', 45],
  ['930', 25],
  ['933', 20],
  ['901', 10],
  ['902', 8],
  ['903', 8],
  ['905', 2],
  ['920', 4],
  ['921', 4],
  ['922', 4],
];
const allShares = prefixShares.reduce((sum, [, share]) => sum + share, 0);

/**
 * The mobile that a person without an account is shown in masked form: derived from the national code, so
 * the same at every call and on every replica, and never stored.
 * @param mac keyed with the key that never changes: a new key would show who is not registered
 */
export function decoyMobile(mac: Mac, nationalCode: string): Mobile {
  const bytes = mac('mobile', nationalCode);
  let point = bytes.readUInt32BE(0) % allShares;
  let prefix = '912';
  for (const [candidate, share] of prefixShares) {
    if (point < share) {
      prefix = candidate;
      break;
    }
    point -= share;
  }
  const rest = String(bytes.readUIntBE(4, 6) % 10_000_000).padStart(7, '0');
  return `+98${prefix}${rest}` as Mobile;
}
