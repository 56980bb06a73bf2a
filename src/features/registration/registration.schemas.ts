import { Type } from 'typebox';
import { MobileField, NationalCodeField } from '../flows/flow.schemas.ts';
import { passwordSchema } from '../passwords/index.ts';
import { securityAnswersSchema } from '../security-questions/index.ts';

export const RegistrationStartBody = Type.Object(
  {
    nationalCode: NationalCodeField,
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
    email: Type.Optional(
      Type.String({
        format: 'email',
        maxLength: 254,
        // PostgreSQL cannot store NUL, and no address needs a control character.
        pattern: '^[^\\u0000-\\u001f\\u007f]*$',
        description: 'Not used for anything until proved by a code.',
        examples: ['maryam@example.org'],
      }),
    ),
    securityAnswers: securityAnswersSchema,
  },
  { additionalProperties: false },
);

export const CreatedSchema = Type.Object(
  { accountId: Type.String({ format: 'uuid' }) },
  { $id: 'AccountCreated', title: 'AccountCreated' },
);
