import type { NamedKey } from '../../kernel/secret.ts';
import { createRangeLookup } from './adapters/range-lookup.ts';
import { createHashPool } from './hash-pool.ts';
import { createSlowHasher } from './hashing.ts';
import { passwordAsMeant } from './password-as-meant.ts';
import { createPasswordService, type Passwords } from './passwords.service.ts';
import type { PasswordPolicy } from './policy.ts';

export { rememberedPasswords, type SlowHasher, type Verdict } from './hashing.ts';
export { passwordProblems } from './passwords.problems.ts';
export { passwordRoutes } from './passwords.routes.ts';
export { passwordSchema } from './passwords.schemas.ts';
export type { PasswordMetrics, Passwords } from './passwords.service.ts';

export type PasswordsOptions = Readonly<{
  peppers: readonly NamedKey[];
  cost: number;
  /** Hashes computed at once, how many may wait beside them, and how long. */
  concurrency: number;
  queueLimit: number;
  maxWaitSeconds: number;
  policy: PasswordPolicy;
  /** '' = nobody is asked. */
  breachLookupUrl: string;
}>;

export function createPasswords(options: PasswordsOptions): Passwords {
  const { peppers, cost, policy, breachLookupUrl } = options;
  const pool = createHashPool(options);
  return createPasswordService({
    pool,
    hasher: createSlowHasher({ pool, peppers, cost, purpose: 'password', asMeant: passwordAsMeant }),
    answersHasher: createSlowHasher({ pool, peppers, cost, purpose: 'security-answers' }),
    policy,
    breachLookup: breachLookupUrl === '' ? null : createRangeLookup(breachLookupUrl),
  });
}
