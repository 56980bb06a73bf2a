import { Type } from 'typebox';
import { passwordSchema } from '../passwords/index.ts';
import { kinds } from './kinds.ts';

export const KindField = Type.Enum([...kinds], {
  description: 'A way into the account beside its password: mobile, e-mail address, or security answers.',
});

export const PasswordSetSchema = Type.Object(
  {
    cancelledChanges: Type.Array(KindField, {
      description:
        'Kinds whose change was pending. A new password cancels it: begin it again if it was yours.',
    }),
  },
  { $id: 'PasswordSet', title: 'PasswordSet' },
);

export const ProfileSchema = Type.Object(
  {
    nationalCode: Type.Union([Type.String(), Type.Null()], {
      description: 'Null for foreign nationals, who are known by their insurance number.',
      examples: ['0499370899'],
    }),
    firstName: Type.String(),
    lastName: Type.String(),
    insuranceNumber: Type.Union([Type.String(), Type.Null()]),
    mobile: Type.Union([Type.String(), Type.Null()], {
      description: 'Masked. Null where a branch removed it.',
      examples: ['0912•••0899'],
    }),
    email: Type.Union([Type.String(), Type.Null()], {
      description: 'Masked; proved by a code.',
      examples: ['a•••@e•••.ir'],
    }),
    barredKinds: Type.Array(KindField, {
      description:
        'Neither recover the account nor are told of anything, until a change of them has been trusted.',
    }),
    locale: Type.Enum(['fa', 'en'], { description: 'Language of messages.' }),
    createdAt: Type.String({ format: 'date-time' }),
    passwordChangedAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'Profile', title: 'Profile' },
);

export const passwordField = { currentPassword: passwordSchema };

export const PasswordChangeBody = Type.Object(
  {
    ...passwordField,
    newPassword: passwordSchema,
    newPasswordConfirmation: passwordSchema,
  },
  { additionalProperties: false },
);

const Text = Type.String();
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const Instant = Type.String({ format: 'date-time' });
const Locale = Type.Enum(['fa', 'en'], { description: 'Language of messages.' });

export const AccountExportSchema = Type.Object(
  {
    exportedAt: Instant,
    account: Type.Object({
      id: Text,
      nationalCode: TextOrNull,
      insuranceNumber: TextOrNull,
      mobile: TextOrNull,
      email: TextOrNull,
      barredKinds: Type.Array(KindField),
      locale: Locale,
      state: Text,
      securityQuestions: Type.Array(Text, { description: 'Ids of the catalogue.' }),
      passwordChangedAt: Instant,
      createdAt: Instant,
    }),
    person: Type.Object({
      firstName: Text,
      lastName: Text,
      fatherName: TextOrNull,
      birthDate: Type.Union([Type.String(), Type.Null()], { description: 'Gregorian.' }),
      insuranceNumber: TextOrNull,
    }),
    sessions: Type.Array(
      Type.Object({ id: Text, userAgent: Text, network: Text, createdAt: Instant, lastUsedAt: Instant }),
    ),
    devices: Type.Array(Type.Object({ createdAt: Instant, lastUsedAt: Instant })),
    pendingChanges: Type.Array(Type.Object({ kind: KindField, address: TextOrNull, createdAt: Instant })),
    messages: Type.Array(
      Type.Object({ channel: Text, purpose: Text, destination: TextOrNull, state: Text, createdAt: Instant }),
    ),
    activity: Type.Array(
      Type.Object({ kind: Text, outcome: Text, network: Text, userAgent: Text, occurredAt: Instant }),
    ),
  },
  { $id: 'AccountExport', title: 'AccountExport' },
);
