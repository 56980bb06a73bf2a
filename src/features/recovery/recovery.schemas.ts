import { Type } from 'typebox';
import { NationalCodeField } from '../flows/flow.schemas.ts';
import { passwordSchema } from '../passwords/index.ts';

const Method = Type.Enum(['sms'], { description: 'How the person proves to be the owner of the account.' });

export const RecoveryStartBody = Type.Object(
  { nationalCode: NationalCodeField },
  { additionalProperties: false },
);

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
        destination: Type.String({ description: 'Masked.', examples: ['0912•••4567'] }),
      }),
    ),
  },
  { $id: 'Recovery', title: 'Recovery' },
);

export const ChallengeBody = Type.Object({ method: Method }, { additionalProperties: false });

export const ChallengeSchema = Type.Object(
  {
    method: Method,
    codeExpiresAt: Type.String({ format: 'date-time' }),
    resendInSeconds: Type.Integer({
      description: 'Pause before the code can be sent again.',
      examples: [60],
    }),
    attemptsLeft: Type.Integer({ examples: [5] }),
  },
  { $id: 'RecoveryChallenge', title: 'RecoveryChallenge' },
);

export const PermissionSchema = Type.Object(
  {
    permissionExpiresAt: Type.String({
      format: 'date-time',
      description: 'Until when the password can be set.',
    }),
  },
  { $id: 'RecoveryPermission', title: 'RecoveryPermission' },
);

export const NewPasswordBody = Type.Object(
  { newPassword: passwordSchema, newPasswordConfirmation: passwordSchema },
  { additionalProperties: false },
);
