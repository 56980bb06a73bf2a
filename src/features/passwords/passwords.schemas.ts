import { Type } from 'typebox';
import { Int32, Int64, LocalisedText, Nullable } from '../../http/fields.ts';
import { identityFields, MobileField } from '../identity/index.ts';
import { longestSecret } from './hashing.ts';

/** A password in a body. What the policy thinks of its length is told as a violation, with all the others. */
export const passwordSchema = Type.String({
  maxLength: longestSecret,
  format: 'password',
  description:
    'Taken as typed after Unicode normalisation (NFC), but that white space and invisible marks at its ends do not ' +
    'count, and Persian and Arabic digits are the Latin ones.',
  examples: ['Sarv7Boland9'],
});

const Parameters = Type.Record(
  Type.String(),
  Type.Union([Int64({ minimum: -Number.MAX_SAFE_INTEGER }), Type.String()], { title: 'TextParameter' }),
  {
    title: 'TextParameters',
    description: 'What the text is filled with.',
  },
);

export const PasswordPolicySchema = Type.Object(
  {
    version: Type.String({ description: 'Changes with every rule and text.' }),
    profile: Type.String({ examples: ['tamin'] }),
    rules: Type.Array(
      Type.Object(
        {
          code: Type.String({ description: 'Stable code of the rule.', examples: ['min-length'] }),
          parameters: Parameters,
          text: LocalisedText(),
        },
        { title: 'PasswordRule' },
      ),
    ),
    passwordRules: Type.String({
      description: 'Value of the `passwordrules` attribute, which password managers read.',
      examples: [
        'minlength: 8; maxlength: 64; required: upper; required: lower; required: digit; allowed: upper, lower, digit;',
      ],
    }),
    standards: Type.Array(
      Type.Object(
        {
          standard: Type.String({ examples: ['NIST SP 800-63B-4'] }),
          clause: Type.String({ examples: ['3.1.1.2 (2)'] }),
          requirement: LocalisedText(),
          met: Type.Boolean(),
          rules: Type.Array(Type.String(), {
            description: 'Rules that meet the requirement, or stand against it.',
          }),
          note: Nullable(LocalisedText(), { description: 'Why a requirement is not met.' }),
        },
        { title: 'StandardClause' },
      ),
    ),
  },
  { $id: 'PasswordPolicy', title: 'PasswordPolicy' },
);

export const EvaluationBody = Type.Object(
  {
    password: passwordSchema,
    ...identityFields,
    mobile: Type.Optional(MobileField),
    email: Type.Optional(Type.String({ maxLength: 254, examples: ['maryam@example.org'] })),
  },
  { title: 'PasswordToEvaluate', additionalProperties: false },
);

export const EvaluationSchema = Type.Object(
  {
    acceptable: Type.Boolean(),
    score: Int32({
      minimum: 0,
      maximum: 4,
      description: 'How hard it is to guess: below 10³, 10⁶, 10⁸, 10¹⁰ guesses, and above.',
    }),
    violations: Type.Array(
      Type.Object(
        {
          rule: Type.String({ description: 'Code of the rule in the policy.', examples: ['min-length'] }),
          code: Type.String({
            description: 'Stable code of the violation.',
            examples: ['password-too-short'],
          }),
          detail: Type.String({ description: 'For people, in the language of `Accept-Language`.' }),
          parameters: Parameters,
        },
        { title: 'PasswordViolation' },
      ),
    ),
  },
  { $id: 'PasswordEvaluation', title: 'PasswordEvaluation' },
);
