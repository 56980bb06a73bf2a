import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { NamedKey } from '../../kernel/secret.ts';
import type { HashPool } from './hash-pool.ts';

export type Verdict = Readonly<{
  matches: boolean;
  /** Only together with `matches`: the stored string is of an older cost or pepper, so hash again and replace it. */
  needsRehash: boolean;
}>;

/** A slow, keyed, one-way function of something a person knows. Every call may take a second: never in a transaction. */
export type SlowHasher = Readonly<{
  /** @throws {Problem} `busy`; {RangeError} for what `isHashable` refuses */
  hash(secret: string): Promise<string>;
  /** `stored: null` (there is no such account) costs the same and never matches. @throws {Problem} `busy` */
  verify(secret: string, stored: string | null): Promise<Verdict>;
  /** Whether one of the newest `rememberedPasswords` strings, newest first, is of this secret. @throws {Problem} `busy` */
  isReused(secret: string, stored: readonly string[]): Promise<boolean>;
}>;

export type SlowHasherOptions = Readonly<{
  pool: HashPool;
  /** Newest first: the first one hashes, all of them verify. */
  peppers: readonly NamedKey[];
  /** bcrypt's: the binary logarithm of its rounds. */
  cost: number;
  /** Separates the kinds of secret: a hash of one kind never verifies as another. */
  purpose: 'password' | 'security-answers';
  /** What of a secret counts; without it, its NFC. */
  asMeant?: (secret: string) => string;
}>;

/** How many hashes of an account are remembered so that a password is not used again, the current one included. */
export const rememberedPasswords = 5;

/** In UTF-16 units. Longer is never hashed, so that length costs nothing; the policy's own limit is far below. */
export const longestSecret = 1024;

/** Strings with unpaired surrogates have no UTF-8 form: two different ones would become the same bytes. */
export function isHashable(secret: string): boolean {
  return secret.length <= longestSecret && secret.isWellFormed();
}

const format = /^v1\$([a-z0-9-]{1,16})\$(\$2b\$([0-9]{2})\$[./A-Za-z0-9]{53})$/;

type Stored = Readonly<{ pepperId: string; bcryptString: string; cost: number }>;

function parseStored(text: string): Stored | null {
  const [, pepperId, bcryptString, cost] = format.exec(text) ?? [];
  return pepperId && bcryptString && cost ? { pepperId, bcryptString, cost: Number(cost) } : null;
}

/** A bcrypt string of random salt and digest: comparing with it costs what every other one costs, and fails. */
function bcryptDummy(cost: number): string {
  const alphabetSafe = randomBytes(64).toString('base64').replace(/[+=]/g, '.');
  return `$2b$${String(cost).padStart(2, '0')}$${alphabetSafe.slice(0, 53)}`;
}

/**
 * bcrypt over base64(HMAC-SHA-384(pepper, secret as meant)). The 64 characters of the inner value fit bcrypt's 72
 * bytes and hold no NUL, so every character of the secret counts; the pepper makes a stolen table useless.
 * The stored string is `v1$<pepper id>$<bcrypt string>`.
 */
export function createSlowHasher(options: SlowHasherOptions): SlowHasher {
  const { pool, peppers, cost, purpose, asMeant = (secret: string) => secret.normalize('NFC') } = options;
  const keys = new Map(
    peppers.map(({ id, key }) => [
      id,
      Buffer.from(hkdfSync('sha384', key.expose(), '', `savabegh/${purpose}`, 48)),
    ]),
  );
  const newest = peppers[0]?.id;
  if (newest === undefined) throw new Error('a hasher needs at least one pepper');

  /** What bcrypt gets to see. Of what cannot be hashed it is as good as any other wrong guess. */
  function bcryptInput(secret: string, pepperId: string): string {
    const key = keys.get(pepperId) ?? keys.get(newest as string) ?? '';
    const text = isHashable(secret) ? asMeant(secret) : '';
    return createHmac('sha384', key).update(text, 'utf8').digest('base64');
  }

  /**
   * Comparisons that together cost one hash of today's cost. A hash of a lower cost c is followed by idle ones of
   * c, c+1 … cost−1, for 2^c + (2^c + … + 2^(cost−1)) = 2^cost: otherwise the time of a wrong guess would tell
   * accounts that have not signed in since the cost was raised from accounts that do not exist.
   */
  function comparisons(secret: string, stored: Stored | null): [string, string][] {
    const input = bcryptInput(secret, stored?.pepperId ?? (newest as string));
    const pairs: [string, string][] = [[input, stored?.bcryptString ?? bcryptDummy(cost)]];
    for (let idle = stored?.cost ?? cost; idle < cost; idle += 1) pairs.push([input, bcryptDummy(idle)]);
    return pairs;
  }

  return {
    async hash(secret) {
      if (!isHashable(secret)) throw new RangeError('not a secret that can be hashed');
      const bcryptString = await pool.run({ kind: 'hash', input: bcryptInput(secret, newest), cost });
      return `v1$${newest}$${bcryptString}`;
    },
    async verify(secret, storedText) {
      const stored = storedText === null ? null : parseStored(storedText);
      const [equal = false] = await pool.run({ kind: 'compare', pairs: comparisons(secret, stored) });
      const matches = equal && stored !== null && isHashable(secret);
      const needsRehash = matches && (stored.cost !== cost || stored.pepperId !== newest);
      return { matches, needsRehash };
    },
    async isReused(secret, storedTexts) {
      const pairs = storedTexts
        .slice(0, rememberedPasswords)
        .map(parseStored)
        .filter((stored) => stored !== null)
        .map((stored): [string, string] => [bcryptInput(secret, stored.pepperId), stored.bcryptString]);
      // One job, so that it is either done or turned away as a whole.
      return pairs.length > 0 && (await pool.run({ kind: 'compare', pairs })).includes(true);
    },
  };
}
