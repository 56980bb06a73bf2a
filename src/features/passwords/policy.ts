/**
 * Kinds of characters, named as in Apple's password rules. `special` are the printable ASCII characters that
 * are neither letters nor digits, the space among them; `unicode` is every other character that people can see.
 */
export const characterClasses = ['upper', 'lower', 'digit', 'special', 'unicode'] as const;
export type CharacterClass = (typeof characterClasses)[number];

/** What an operator may choose. The other rules hold in every profile. */
export type PasswordPolicy = Readonly<{
  profile: string;
  /** In code points after NFC, as SP 800-63B-4 counts. */
  minLength: number;
  maxLength: number;
  allowed: readonly CharacterClass[];
  /** At least one character of each. */
  required: readonly CharacterClass[];
  /** Least score of guessability.ts: 2 takes a million guesses, 3 a hundred million, 4 ten thousand million. */
  minScore: number;
}>;

export const profiles = {
  /** The organisation's published rule: Latin letters of both cases and digits, nothing else. */
  tamin: {
    profile: 'tamin',
    minLength: 8,
    maxLength: 64,
    allowed: ['upper', 'lower', 'digit'],
    required: ['upper', 'lower', 'digit'],
    minScore: 2,
  },
  /** NIST SP 800-63B-4 §3.1.1.2 for a password that is the only factor: 15 characters, no composition rule. */
  'nist-63b-4': {
    profile: 'nist-63b-4',
    minLength: 15,
    maxLength: 128,
    allowed: characterClasses,
    required: [],
    minScore: 3,
  },
} as const satisfies Readonly<Record<string, PasswordPolicy>>;

export type ProfileName = keyof typeof profiles;

const customKeys = ['profile', 'minLength', 'maxLength', 'allowed', 'required', 'minScore'];

function isProfileName(value: unknown): value is ProfileName {
  return typeof value === 'string' && Object.hasOwn(profiles, value);
}

function readInteger(value: unknown, name: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`needs a ${name} from ${min} to ${max}`);
}

function readClasses(value: unknown, name: string): readonly CharacterClass[] {
  const known: readonly unknown[] = characterClasses;
  if (Array.isArray(value) && value.every((item) => known.includes(item))) {
    return characterClasses.filter((item) => value.includes(item));
  }
  throw new Error(`needs ${name} as a list of ${characterClasses.join(', ')}`);
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, together with JSON of another kind.
  }
  throw new Error(
    `must be ${Object.keys(profiles).join(', ')}, or JSON such as {"profile":"tamin","minLength":12}`,
  );
}

/**
 * Reads a setting: the name of a profile, or a JSON object that names one and changes some of it. The bounds are
 * those below which no profile may go: 8 characters (SP 800-63B-4, ASVS 6.2.1), at least 64 permitted (ASVS
 * 6.2.9), a score of 2.
 * @throws {Error} whose message continues "PASSWORD_POLICY …"
 */
export function parsePasswordPolicy(text: string): PasswordPolicy {
  if (isProfileName(text)) return profiles[text];
  const custom = readJson(text);
  const { profile } = custom;
  if (!isProfileName(profile))
    throw new Error(`needs a profile to start from: ${Object.keys(profiles).join(', ')}`);
  const unknown = Object.keys(custom).filter((key) => !customKeys.includes(key));
  if (unknown.length > 0) throw new Error(`has unknown keys: ${unknown.join(', ')}`);
  const values = { ...profiles[profile], ...custom };
  const policy = {
    profile: `custom (${profile})`,
    minLength: readInteger(values.minLength, 'minLength', 8, 64),
    maxLength: readInteger(values.maxLength, 'maxLength', 64, 128),
    allowed: readClasses(values.allowed, 'allowed'),
    required: readClasses(values.required, 'required'),
    minScore: readInteger(values.minScore, 'minScore', 2, 4),
  };
  const impossible = policy.required.filter((item) => !policy.allowed.includes(item));
  if (impossible.length > 0) throw new Error(`requires what it does not allow: ${impossible.join(', ')}`);
  if (policy.allowed.length === 0) throw new Error('allows no character');
  return policy;
}
