import { type FieldError, Problem } from '../../kernel/problem.ts';
import type { BreachLookup } from './breach-lookup.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import type { HashPool } from './hash-pool.ts';
import type { HashingMetrics } from './hash-queue.ts';
import { rememberedPasswords, type SlowHasher } from './hashing.ts';
import { passwordAsMeant } from './password-as-meant.ts';
import { passwordProblems } from './passwords.problems.ts';
import { fragmentDigits, type PersonalData, serviceWords } from './personal-data.ts';
import type { PasswordPolicy } from './policy.ts';
import { describePolicy, type PolicyDocument } from './policy-document.ts';
import { toRules, toViolation, type Violation } from './rules.ts';
import { createWordList } from './word-list.ts';

export type NewPasswordCheck = Readonly<{
  password: string;
  confirmation: string;
  /** JSON pointers of the two in the caller's body. */
  pointers: Readonly<{ password: string; confirmation: string }>;
  context: PersonalData;
  /** Of the account, newest first, the current one included. */
  previousHashes?: readonly string[];
}>;

export type PasswordMetrics = HashingMetrics & Readonly<{ breachLookupsUnavailable: number }>;

export type Passwords = Readonly<{
  hasher: SlowHasher;
  answersHasher: SlowHasher;
  policy: PolicyDocument;
  /** Judges a password that nobody has yet; leaves no trace. */
  evaluate(password: string, person: PersonalData): Promise<Evaluation>;
  /**
   * Throws everything that is wrong with a new password at once. Leaves no trace, so that a refused one uses
   * nothing up.
   * @throws {Problem} `password-refused`, `busy`
   */
  checkNewPassword(check: NewPasswordCheck): Promise<void>;
  metrics(): PasswordMetrics;
  /** Ends the threads that hash, once what is queued is done. */
  close(): Promise<void>;
}>;

export type PasswordsDependencies = Readonly<{
  pool: HashPool;
  hasher: SlowHasher;
  answersHasher: SlowHasher;
  policy: PasswordPolicy;
  breachLookup: BreachLookup | null;
}>;

export function createPasswordService(deps: PasswordsDependencies): Passwords {
  const { pool, hasher, answersHasher, policy, breachLookup } = deps;
  const words = createWordList();
  const rules = toRules(policy, {
    blockListEntries: words.commonPasswords,
    serviceWords,
    fragmentDigits,
    remembered: rememberedPasswords,
    breachLookup: breachLookup !== null,
  });
  const examine = createEvaluation(policy, rules, words);
  let breachLookupsUnavailable = 0;

  async function isBreached(password: string): Promise<boolean> {
    const answer = (await breachLookup?.(passwordAsMeant(password))) ?? 'not-breached';
    if (answer === 'unavailable') breachLookupsUnavailable += 1;
    return answer === 'breached';
  }

  async function evaluate(password: string, person: PersonalData): Promise<Evaluation> {
    const evaluation = examine(password, person);
    // What is refused anyway is nobody else's business.
    if (!evaluation.acceptable || !(await isBreached(password))) return evaluation;
    return { ...evaluation, acceptable: false, violations: [toViolation('breached', {})] };
  }

  return {
    hasher,
    answersHasher,
    policy: describePolicy(policy, rules),
    evaluate,
    async checkNewPassword({ password, confirmation, pointers, context, previousHashes = [] }) {
      const { violations } = await evaluate(password, context);
      const errors = violations.map((violation) => toFieldError(violation, pointers.password));
      if (passwordAsMeant(password) !== passwordAsMeant(confirmation)) {
        errors.push({ pointer: pointers.confirmation, ...mismatch });
      }
      // The one slow rule: asked only of a password that would be taken otherwise.
      if (errors.length === 0 && (await hasher.isReused(password, previousHashes))) {
        errors.push(toFieldError(toViolation('history', rules.get('history') ?? {}), pointers.password));
      }
      if (errors.length > 0) throw new Problem(passwordProblems.refused, { errors });
    },
    metrics: () => ({ ...pool.metrics(), breachLookupsUnavailable }),
    close: () => pool.close(),
  };
}

const mismatch = {
  code: 'password-mismatch',
  detail: { fa: 'دو گذرواژه یکی نیستند.', en: 'The two passwords are not the same.' },
};

function toFieldError({ code, detail, parameters }: Violation, pointer: string): FieldError {
  return { pointer, code, detail, parameters };
}
