import { Type } from 'typebox';
import { passwordSchema } from '../passwords/index.ts';

export const ProfileSchema = Type.Object(
  {
    nationalCode: Type.String({ examples: ['0499370899'] }),
    firstName: Type.String(),
    lastName: Type.String(),
    insuranceNumber: Type.Union([Type.String(), Type.Null()]),
    mobile: Type.String({ description: 'Masked.', examples: ['0912•••0899'] }),
    email: Type.Union([
      Type.Object({
        address: Type.String({ description: 'Masked.', examples: ['a•••@e•••.ir'] }),
        verified: Type.Boolean({ description: 'Proved by a code; not used for anything before.' }),
      }),
      Type.Null(),
    ]),
    locale: Type.Enum(['fa', 'en'], { description: 'Language of messages.' }),
    createdAt: Type.String({ format: 'date-time' }),
    passwordChangedAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'Profile', title: 'Profile' },
);

export const PasswordChangeBody = Type.Object(
  {
    currentPassword: passwordSchema,
    newPassword: passwordSchema,
    newPasswordConfirmation: passwordSchema,
  },
  { additionalProperties: false },
);
