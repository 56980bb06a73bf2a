import { Type } from 'typebox';
import { identityFields } from '../identity/index.ts';
import { CodeBody } from '../one-time-codes/index.ts';
import { passwordSchema } from '../passwords/index.ts';
import { securityAnswersSchema } from '../security-questions/index.ts';
import { recoveryMethods } from './methods/index.ts';

const Method = Type.Enum([...recoveryMethods], {
  description: 'A code by SMS, a code by e-mail, or answers to the security questions.',
});
const Methods = Type.Array(Method);

export const RecoveryStartBody = Type.Object(identityFields, { additionalProperties: false });

export const RecoverySchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    flowToken: Type.String({
      description: 'Send it as `Authorization: Bearer …` with every later call of this flow.',
    }),
    expiresAt: Type.String({ format: 'date-time' }),
    methods: Type.Array(
      Type.Object({
        method: Method,
        destination: Type.Optional(
          Type.String({
            description: 'Masked, and to a device that the account knows only.',
            examples: ['0912•••0899', 'a•••@e•••.ir'],
          }),
        ),
      }),
    ),
  },
  { $id: 'Recovery', title: 'Recovery' },
);

export const ChallengeBody = Type.Object({ method: Method }, { additionalProperties: false });

export const ChallengeSchema = Type.Object(
  {
    method: Method,
    expiresAt: Type.String({
      format: 'date-time',
      description: 'Until when the code or the answers are taken.',
    }),
    attemptsLeft: Type.Integer({ examples: [5] }),
    resendInSeconds: Type.Optional(
      Type.Integer({ description: 'Of a code: pause before it can be sent again.', examples: [60] }),
    ),
    questions: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String({ examples: ['childhood-toy'] }),
          text: Type.String({ description: 'In the language of `Accept-Language`.' }),
        }),
        {
          description:
            'To a device that the account knows only: the questions that the person chose. Elsewhere ask which three of ' +
            '`GET /v1/security-questions` they were.',
        },
      ),
    ),
  },
  { $id: 'RecoveryChallenge', title: 'RecoveryChallenge' },
);

export const ProofBody = Type.Object(
  { code: Type.Optional(CodeBody.properties.code), answers: Type.Optional(securityAnswersSchema) },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: 'What the challenge asks for: `code` or `answers`.',
  },
);

export const NextStepSchema = Type.Object(
  {
    next: Type.Enum(['set-password', 'prove-another-method', 'visit-branch'], {
      description:
        '`set-password`: the password can be set. `prove-another-method`: one of `methods` is needed as well, and what was ' +
        'given may not have been looked at. ' +
        '`visit-branch`: no method is left.',
    }),
    permissionExpiresAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Until when the password can be set.' }),
    ),
    methods: Type.Optional(Methods),
  },
  { $id: 'RecoveryNextStep', title: 'RecoveryNextStep' },
);

export const NewPasswordBody = Type.Object(
  { newPassword: passwordSchema, newPasswordConfirmation: passwordSchema },
  { additionalProperties: false },
);
