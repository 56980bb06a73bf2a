import { Type } from 'typebox';
import { CodeBody, identityFields } from '../flows/flow.schemas.ts';
import { passwordSchema } from '../passwords/index.ts';
import { securityAnswersSchema } from '../security-questions/index.ts';
import { recoveryMethods } from './methods.ts';

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
            description: 'What the owner will recognise, and others learn little from.',
            examples: ['09•••••••67', 'm•••@•••'],
          }),
        ),
        holdSeconds: Type.Optional(
          Type.Integer({ description: 'How long a proof by this method alone has to wait.', examples: [0] }),
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
        { description: 'The questions to be answered, all of them.' },
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
    next: Type.Enum(['set-password', 'prove-another-method', 'wait', 'visit-branch'], {
      description:
        '`set-password`: the password can be set. `prove-another-method`: one of `methods` is needed as well. ' +
        '`wait`: the same proof, in a new recovery, is enough after `heldUntil`, and one of `methods` at once. ' +
        '`visit-branch`: no method is left.',
    }),
    permissionExpiresAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Until when the password can be set.' }),
    ),
    heldUntil: Type.Optional(Type.String({ format: 'date-time' })),
    methods: Type.Optional(Methods),
  },
  { $id: 'RecoveryNextStep', title: 'RecoveryNextStep' },
);

export const NewPasswordBody = Type.Object(
  { newPassword: passwordSchema, newPasswordConfirmation: passwordSchema },
  { additionalProperties: false },
);

export const CancellationBody = Type.Object(
  { token: Type.String({ maxLength: 100, description: 'From the link of the notice, after `#recovery=`.' }) },
  { additionalProperties: false },
);
