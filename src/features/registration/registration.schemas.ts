import { Type } from 'typebox';
import { Instant, Int32, Nullable, Uuid } from '../../http/fields.ts';
import { ContactChangeSchema, EmailField } from '../contacts/index.ts';
import { identityFields, MobileField, oneIdentity } from '../identity/index.ts';
import { passwordSchema } from '../passwords/index.ts';
import { securityAnswersSchema } from '../security-questions/index.ts';

export const RegistrationStartBody = Type.Object(
  {
    ...identityFields,
    birthDate: Type.String({
      format: 'jalali-date',
      maxLength: 40,
      description: 'Jalali date of birth.',
      examples: ['1362-05-14'],
    }),
    mobile: MobileField,
  },
  { title: 'RegistrationStart', ...oneIdentity, additionalProperties: false },
);

const codeSent = {
  destination: Type.String({ description: 'Masked.', examples: ['0912•••0899'] }),
  codeExpiresAt: Instant(),
  resendInSeconds: Int32({ description: 'Pause before the code can be sent again.', examples: [60] }),
  attemptsLeft: Int32({ examples: [5] }),
};

export const RegistrationSchema = Type.Object(
  {
    id: Uuid(),
    flowToken: Type.String({
      description: 'Send it as `Authorization: Bearer …` with every later call of this flow.',
    }),
    expiresAt: Instant(),
    ...codeSent,
  },
  { $id: 'Registration', title: 'Registration' },
);

export const CodeSentSchema = Type.Object(codeSent, { $id: 'CodeSent', title: 'CodeSent' });

export const VerifiedSchema = Type.Object(
  {
    expiresAt: Instant('Until when the registration can be completed.'),
  },
  { $id: 'RegistrationVerified', title: 'RegistrationVerified' },
);

export const CompletionBody = Type.Object(
  {
    password: passwordSchema,
    passwordConfirmation: passwordSchema,
    email: Type.Optional(EmailField),
    securityAnswers: securityAnswersSchema,
  },
  { title: 'RegistrationCompletion', additionalProperties: false },
);

export const CreatedSchema = Type.Object(
  {
    accountId: Uuid(),
    emailChange: Nullable(ContactChangeSchema, {
      description: 'Where an e-mail address was given: a code is on its way to it. Sign in and give it.',
    }),
  },
  { $id: 'AccountCreated', title: 'AccountCreated' },
);
