import { Type } from 'typebox';
import { ContactChangeSchema, EmailField } from '../contacts/index.ts';
import { identityFields, MobileField } from '../identity/index.ts';
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
  { additionalProperties: false },
);

const codeSent = {
  destination: Type.String({ description: 'Masked.', examples: ['0912•••0899'] }),
  codeExpiresAt: Type.String({ format: 'date-time' }),
  resendInSeconds: Type.Integer({ description: 'Pause before the code can be sent again.', examples: [60] }),
  attemptsLeft: Type.Integer({ examples: [5] }),
};

export const RegistrationSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    flowToken: Type.String({
      description: 'Send it as `Authorization: Bearer …` with every later call of this flow.',
    }),
    expiresAt: Type.String({ format: 'date-time' }),
    ...codeSent,
  },
  { $id: 'Registration', title: 'Registration' },
);

export const CodeSentSchema = Type.Object(codeSent, { $id: 'CodeSent', title: 'CodeSent' });

export const VerifiedSchema = Type.Object(
  {
    expiresAt: Type.String({
      format: 'date-time',
      description: 'Until when the registration can be completed.',
    }),
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
  { additionalProperties: false },
);

export const CreatedSchema = Type.Object(
  {
    accountId: Type.String({ format: 'uuid' }),
    emailChange: Type.Union([ContactChangeSchema, Type.Null()], {
      description: 'Where an e-mail address was given: a code is on its way to it. Sign in and give it.',
    }),
  },
  { $id: 'AccountCreated', title: 'AccountCreated' },
);
