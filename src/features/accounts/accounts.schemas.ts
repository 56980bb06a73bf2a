import { Type } from 'typebox';
import { Instant, Nullable, StringEnum } from '../../http/fields.ts';
import { passwordSchema } from '../passwords/index.ts';
import { kinds } from './kinds.ts';

export const KindField = StringEnum([...kinds], {
  title: 'AccountKind',
  description: 'A way into the account beside its password: mobile, e-mail address, or security answers.',
});

const Locale = StringEnum(['fa', 'en'], { title: 'Locale', description: 'Language of messages.' });

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
    nationalCode: Nullable(Type.String(), {
      description: 'Null for foreign nationals, who are known by their insurance number.',
      examples: ['0499370899'],
    }),
    firstName: Type.String(),
    lastName: Type.String(),
    insuranceNumber: Nullable(Type.String()),
    mobile: Nullable(Type.String(), {
      description: 'Masked. Null where a branch removed it.',
      examples: ['0912•••0899'],
    }),
    email: Nullable(Type.String(), {
      description: 'Masked; proved by a code.',
      examples: ['a•••@e•••.ir'],
    }),
    barredKinds: Type.Array(KindField, {
      description:
        'Neither recover the account nor are told of anything, until a change of them has been trusted.',
    }),
    locale: Locale,
    createdAt: Instant(),
    passwordChangedAt: Instant(),
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
  { title: 'PasswordChange', additionalProperties: false },
);

const Text = Type.String();
const TextOrNull = Nullable(Type.String());

const ExportedAccount = Type.Object(
  {
    id: Text,
    nationalCode: TextOrNull,
    insuranceNumber: TextOrNull,
    mobile: TextOrNull,
    email: TextOrNull,
    barredKinds: Type.Array(KindField),
    locale: Locale,
    state: Text,
    securityQuestions: Type.Array(Text, { description: 'Ids of the catalogue.' }),
    passwordChangedAt: Instant(),
    createdAt: Instant(),
  },
  { title: 'ExportedAccount' },
);
const ExportedPerson = Type.Object(
  {
    firstName: Text,
    lastName: Text,
    fatherName: TextOrNull,
    birthDate: Nullable(Type.String(), { description: 'Gregorian.' }),
    insuranceNumber: TextOrNull,
  },
  { title: 'ExportedPerson' },
);
const ExportedSession = Type.Object(
  { id: Text, userAgent: Text, network: Text, createdAt: Instant(), lastUsedAt: Instant() },
  { title: 'ExportedSession' },
);
const ExportedDevice = Type.Object(
  { createdAt: Instant(), lastUsedAt: Instant() },
  { title: 'ExportedDevice' },
);
const ExportedChange = Type.Object(
  { kind: KindField, address: TextOrNull, createdAt: Instant() },
  { title: 'ExportedChange' },
);
const ExportedMessage = Type.Object(
  { channel: Text, purpose: Text, destination: TextOrNull, state: Text, createdAt: Instant() },
  { title: 'ExportedMessage' },
);
const ExportedActivity = Type.Object(
  { kind: Text, outcome: Text, network: Text, userAgent: Text, occurredAt: Instant() },
  { title: 'ExportedActivity' },
);

export const AccountExportSchema = Type.Object(
  {
    exportedAt: Instant(),
    account: ExportedAccount,
    person: ExportedPerson,
    sessions: Type.Array(ExportedSession),
    devices: Type.Array(ExportedDevice),
    pendingChanges: Type.Array(ExportedChange),
    messages: Type.Array(ExportedMessage),
    activity: Type.Array(ExportedActivity),
  },
  { $id: 'AccountExport', title: 'AccountExport' },
);
