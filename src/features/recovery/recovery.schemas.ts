import { Type } from 'typebox';
import { Instant, Int32, StringEnum, Uuid } from '../../http/fields.ts';
import { identityFields, oneIdentity } from '../identity/index.ts';
import { passwordSchema } from '../passwords/index.ts';
import { proofBody } from '../security-questions/index.ts';
import { getChannel, getMethodName, type RecoveryMethod, recoveryMethods } from './methods/index.ts';

const proofs = new Intl.ListFormat('en', { type: 'disjunction' });
const toProof = (method: RecoveryMethod) =>
  `${getChannel(method) === null ? 'answers to the' : 'a code by'} ${getMethodName(method).en}`;

export const MethodField = StringEnum([...recoveryMethods], {
  title: 'RecoveryMethod',
  description: `What proves whose account it is: ${proofs.format(recoveryMethods.map(toProof))}.`,
});
const Methods = Type.Array(MethodField);

export const RecoveryStartBody = Type.Object(identityFields, {
  title: 'RecoveryStart',
  ...oneIdentity,
  additionalProperties: false,
});

const OfferedMethod = Type.Object(
  {
    method: MethodField,
    destination: Type.Optional(
      Type.String({
        description: 'Masked, and to a device that the account knows only.',
        examples: ['0912•••0899', 'a•••@e•••.ir'],
      }),
    ),
  },
  { title: 'OfferedMethod' },
);

export const RecoverySchema = Type.Object(
  {
    id: Uuid(),
    flowToken: Type.String({
      description: 'Send it as `Authorization: Bearer …` with every later call of this flow.',
    }),
    expiresAt: Instant(),
    methods: Type.Array(OfferedMethod),
  },
  { $id: 'Recovery', title: 'Recovery' },
);

export const ChallengeBody = Type.Object(
  { method: MethodField },
  { title: 'ChallengeChoice', additionalProperties: false },
);

export const ChallengeSchema = Type.Object(
  {
    method: MethodField,
    expiresAt: Instant('Until when the code or the answers are taken.'),
    attemptsLeft: Int32({ examples: [5] }),
    resendInSeconds: Type.Optional(
      Int32({ description: 'Of a code: pause before it can be sent again.', examples: [60] }),
    ),
    questions: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String({ examples: ['childhood-toy'] }),
            text: Type.String({ description: 'In the language of `Accept-Language`.' }),
          },
          { title: 'ChosenQuestion' },
        ),
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

/** What a challenge asks for. */
export const ProofBody = proofBody('RecoveryProof');

export const NextStepSchema = Type.Object(
  {
    next: StringEnum(['set-password', 'prove-another-method', 'visit-branch'], {
      description:
        '`set-password`: the password can be set. `prove-another-method`: one of `methods` is needed as well, and what was ' +
        'given may not have been looked at. ' +
        '`visit-branch`: no method is left.',
    }),
    permissionExpiresAt: Type.Optional(Instant('Until when the password can be set.')),
    methods: Type.Optional(Methods),
  },
  { $id: 'RecoveryNextStep', title: 'RecoveryNextStep' },
);

export const NewPasswordBody = Type.Object(
  { newPassword: passwordSchema, newPasswordConfirmation: passwordSchema },
  { title: 'NewPassword', additionalProperties: false },
);
