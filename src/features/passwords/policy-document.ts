import { createHash } from 'node:crypto';
import { type Localised, localise, type TextParameters } from '../../kernel/locale.ts';
import type { CharacterClass, PasswordPolicy } from './policy.ts';
import { type RuleCode, rules as texts } from './rules.ts';
import { type StandardClause, standardClauses } from './standards.ts';

/** The policy as the public gets to see it. */
export type PolicyDocument = Readonly<{
  /** Changes with every rule, parameter and text. */
  version: string;
  profile: string;
  rules: readonly Readonly<{ code: RuleCode; parameters: TextParameters; text: Localised }>[];
  /** For the `passwordrules` attribute and password managers. */
  passwordRules: string;
  standards: readonly StandardClause[];
}>;

const ascii: readonly CharacterClass[] = ['upper', 'lower', 'digit', 'special'];

/** What a generator may use: of `unicode` only what every keyboard can type again, unless there is nothing else. */
function classesForGenerators(allowed: readonly CharacterClass[]): readonly string[] {
  if (ascii.every((item) => allowed.includes(item))) return ['ascii-printable'];
  const typeable = allowed.filter((item) => item !== 'unicode');
  return typeable.length > 0 ? typeable : ['unicode'];
}

/** The policy in Apple's password rules syntax. */
export function toPasswordRules({ minLength, maxLength, allowed, required }: PasswordPolicy): string {
  const properties = [
    `minlength: ${minLength}`,
    `maxlength: ${maxLength}`,
    ...required.map((item) => `required: ${item}`),
    `allowed: ${classesForGenerators(allowed).join(', ')}`,
  ];
  return properties.map((property) => `${property};`).join(' ');
}

export function describePolicy(
  policy: PasswordPolicy,
  rules: ReadonlyMap<RuleCode, TextParameters>,
): PolicyDocument {
  const content = {
    profile: policy.profile,
    rules: Array.from(rules, ([code, parameters]) => ({
      code,
      parameters,
      text: {
        fa: localise(texts[code].text, 'fa', parameters),
        en: localise(texts[code].text, 'en', parameters),
      },
    })),
    passwordRules: toPasswordRules(policy),
    standards: standardClauses(policy, new Set(rules.keys())),
  };
  const version = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
  return { version, ...content };
}
