import type { Mac } from '../../kernel/keyring.ts';
import type { Mobile } from '../../kernel/mobile.ts';
import { decoyQuestions } from '../security-questions/index.ts';

type Shares = readonly (readonly [value: string, share: number])[];

/**
 * Share of each operator prefix among mobiles, in tenths of a percent: MCI, Irancell, Rightel and the
 * smaller ones. A decoy is to look like the numbers that real people have.
 */
const prefixShares: Shares = [
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

/** What a mask shows of an address: first letters, as names have them here, and the usual providers. */
const initialShares: Shares = [
  ...([
    ['m', 170],
    ['a', 150],
    ['s', 115],
    ['h', 85],
    ['r', 75],
    ['f', 60],
    ['n', 50],
    ['k', 40],
    ['e', 40],
    ['p', 35],
    ['z', 35],
    ['b', 30],
    ['g', 20],
    ['j', 20],
  ] as const),
  ...[...'dtlovyciqw'].map((letter) => [letter, 7] as const),
];
const providerShares: Shares = [
  ['gmail.com', 800],
  ['yahoo.com', 110],
  ['outlook.com', 20],
  ['hotmail.com', 15],
  ['icloud.com', 10],
  ['chmail.ir', 15],
  ['mailfa.com', 5],
  ['ut.ac.ir', 5],
  ['iran.ir', 20],
];

/** Picks by share with 32 uniform bits. */
function pick(shares: Shares, bits: number): string {
  let point = bits % shares.reduce((sum, [, share]) => sum + share, 0);
  for (const [value, share] of shares) {
    if (point < share) return value;
    point -= share;
  }
  throw new Error('shares do not add up');
}

export type Decoy = Readonly<{ mobile: Mobile; email: string | null; questions: readonly string[] }>;

/**
 * What a person without an account is shown: derived from the national code, so the same at every call and on
 * every replica, never stored, and distributed like what real people have, also in which methods there are.
 * @param mac keyed with the key that never changes: a new key would show who is not registered
 * @param subject keyed digest of the national code
 * @param emailPercent of a hundred people, those with a proved e-mail address
 */
export function decoyOf(mac: Mac, subject: Uint8Array, emailPercent: number): Decoy {
  const bits = mac('decoy', subject);
  const rest = String(bits.readUIntBE(4, 6) % 10_000_000).padStart(7, '0');
  return {
    mobile: `+98${pick(prefixShares, bits.readUInt32BE(0))}${rest}` as Mobile,
    email:
      bits.readUInt32BE(10) % 100 < emailPercent
        ? `${pick(initialShares, bits.readUInt32BE(14))}@${pick(providerShares, bits.readUInt32BE(18))}`
        : null,
    get questions() {
      return decoyQuestions(mac('questions', subject));
    },
  };
}
