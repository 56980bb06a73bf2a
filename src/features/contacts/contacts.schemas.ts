import { Type } from 'typebox';
import { passwordField } from '../accounts/index.ts';
import { MobileField } from '../flows/flow.schemas.ts';
import type { ContactChange } from './contacts.service.ts';

export const EmailField = Type.String({
  format: 'email',
  maxLength: 254,
  // PostgreSQL cannot store NUL, and no address needs a control character.
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'Not used for anything until proved by a code.',
  examples: ['maryam@example.org'],
});

export const MobileChangeBody = Type.Object(
  { ...passwordField, mobile: MobileField },
  { additionalProperties: false },
);

export const EmailChangeBody = Type.Object(
  { ...passwordField, email: EmailField },
  { additionalProperties: false },
);

export const ContactChangeSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: Type.Enum(['mobile', 'email']),
    destination: Type.String({ description: 'Masked.', examples: ['0912•••0899'] }),
    codeExpiresAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time', description: 'Until when the change can be finished.' }),
    resendInSeconds: Type.Integer({
      description: 'Pause before the code can be sent again.',
      examples: [60],
    }),
    attemptsLeft: Type.Integer({ examples: [5] }),
  },
  { $id: 'ContactChange', title: 'ContactChange' },
);

export const contactChangeAnswer = (change: ContactChange) => ({
  ...change,
  codeExpiresAt: change.codeExpiresAt.toISOString(),
  expiresAt: change.expiresAt.toISOString(),
});

export const ContactChangedSchema = Type.Object(
  {
    recoveryFrom: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'From when a recovery may go to the new address; null: from now on.',
    }),
  },
  { $id: 'ContactChanged', title: 'ContactChanged' },
);

export const ContactChangesSchema = Type.Object(
  {
    pending: Type.Array(Type.Ref('ContactChange')),
    held: Type.Array(
      Type.Object({
        kind: Type.Enum(['mobile', 'email']),
        heldUntil: Type.String({
          format: 'date-time',
          description: 'Until then the replaced address can undo the change, and recoveries go there.',
        }),
      }),
    ),
  },
  { $id: 'ContactChanges', title: 'ContactChanges' },
);

export const NoticeTokenBody = Type.Object(
  {
    token: Type.String({
      maxLength: 200,
      description: 'What follows `contact-change=` in the link of the notice.',
    }),
  },
  { additionalProperties: false },
);
