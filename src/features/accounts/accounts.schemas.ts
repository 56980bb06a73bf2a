import { Type } from 'typebox';
import { passwordSchema } from '../passwords/index.ts';
import { securityAnswersSchema } from '../security-questions/index.ts';

export const ProfileSchema = Type.Object(
  {
    nationalCode: Type.Union([Type.String(), Type.Null()], {
      description: 'Null for foreign nationals, who are known by their insurance number.',
      examples: ['0499370899'],
    }),
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

export const passwordField = { currentPassword: passwordSchema };

export const PasswordChangeBody = Type.Object(
  {
    ...passwordField,
    newPassword: passwordSchema,
    newPasswordConfirmation: passwordSchema,
  },
  { additionalProperties: false },
);

export const SecurityAnswersBody = Type.Object(
  { ...passwordField, securityAnswers: securityAnswersSchema },
  { additionalProperties: false },
);

const Text = Type.String();
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const Instant = Type.String({ format: 'date-time' });
const InstantOrNull = Type.Union([Instant, Type.Null()]);
const Locale = Type.Enum(['fa', 'en'], { description: 'Language of messages.' });

export const AccountExportSchema = Type.Object(
  {
    exportedAt: Instant,
    account: Type.Object({
      id: Text,
      nationalCode: TextOrNull,
      insuranceNumber: TextOrNull,
      mobile: Text,
      email: TextOrNull,
      emailVerifiedAt: InstantOrNull,
      locale: Locale,
      state: Text,
      securityQuestions: Type.Array(Text, { description: 'Ids of the catalogue.' }),
      previousSecurityQuestions: Type.Union([Type.Array(Text), Type.Null()], {
        description: 'What recoveries ask until `answersHeldUntil`, after a change.',
      }),
      answersHeldUntil: InstantOrNull,
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
    replacedAddresses: Type.Array(
      Type.Object({ kind: Text, previous: TextOrNull, heldUntil: Instant, createdAt: Instant }),
    ),
    messages: Type.Array(
      Type.Object({ channel: Text, purpose: Text, destination: TextOrNull, state: Text, createdAt: Instant }),
    ),
    activity: Type.Array(
      Type.Object({ kind: Text, outcome: Text, network: Text, userAgent: Text, occurredAt: Instant }),
    ),
  },
  { $id: 'AccountExport', title: 'AccountExport' },
);
