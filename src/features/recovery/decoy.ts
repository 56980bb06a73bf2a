import type { Mac } from '../../kernel/keyring.ts';
import { decoyQuestions } from '../security-questions/index.ts';

/**
 * What the start of a recovery shows of a mobile number: `09•••••••67`. No operator's prefix, of which some are rare
 * and new ones appear, so that no real number can look like none of the derived ones; and two digits, which an owner
 * recognises, rather than four, by which whoever knows the number would see that the person is registered.
 */
export function shownMobile(number: string): string {
  return `09•••••••${number.slice(-2)}`;
}

/** … and of an e-mail address: `m•••@•••`, one of 27 texts. */
export function shownEmail(address: string): string {
  const initial = address.slice(0, 1).toLowerCase();
  return `${/^[a-z]$/.test(initial) ? initial : otherInitial}•••@•••`;
}

const otherInitial = '•';

/** First letters of addresses, as names have them here. */
const initialShares: readonly (readonly [initial: string, share: number])[] = [
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
  ...[...'dtlovyciqw'].map((letter) => [letter, 7] as const),
];
const rareInitials = ['x', 'u', otherInitial];
const rarePerThousand = 25;

/** Picks by share with 32 uniform bits each. */
function initialBy(bits: number, rareBits: number): string {
  const rare = rareBits % 1000;
  if (rare < rarePerThousand) return rareInitials[rare % rareInitials.length] ?? otherInitial;
  let point = bits % initialShares.reduce((sum, [, share]) => sum + share, 0);
  for (const [initial, share] of initialShares) {
    if (point < share) return initial;
    point -= share;
  }
  throw new Error('shares do not add up');
}

/** As they are shown. */
export type Decoy = Readonly<{ mobile: string; email: string | null; questions: readonly string[] }>;

/**
 * What a person without an account is shown: derived from the national code, so the same at every call and on
 * every replica, never stored, and distributed like what real people have, also in which methods there are. Which
 * bits stand for what never changes: whoever is shown something else after an upgrade is not registered.
 * @param mac keyed with the key that never changes: a new key would show who is not registered
 * @param subject keyed digest of the national code
 * @param emailPercent of a hundred people, those with a proved e-mail address
 */
export function decoyOf(mac: Mac, subject: Uint8Array, emailPercent: number): Decoy {
  const bits = mac('decoy', subject);
  return {
    mobile: shownMobile(String(bits.readUIntBE(4, 6) % 100).padStart(2, '0')),
    email:
      bits.readUInt32BE(10) % 100 < emailPercent
        ? shownEmail(initialBy(bits.readUInt32BE(14), bits.readUInt32BE(18)))
        : null,
    get questions() {
      return decoyQuestions(mac('questions', subject));
    },
  };
}
