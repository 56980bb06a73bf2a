import { type Static, Type } from 'typebox';
import { type Kind, KindField, passwordField } from '../accounts/index.ts';
import { MobileField } from '../identity/index.ts';
import { CodeBody } from '../one-time-codes/index.ts';
import { questionsPerPerson, securityAnswersSchema } from '../security-questions/index.ts';
import type { SentCode } from './address-changes.ts';
import type { StartedBar } from './bars.ts';
import type { PendingChange } from './pending-changes.repository.ts';
import { maskAddress } from './pending-changes.ts';

export const EmailField = Type.String({
  format: 'email',
  maxLength: 254,
  description: 'Not used for anything until proved by a code.',
  examples: ['maryam@example.org'],
});

const ownerProof = {
  ...passwordField,
  currentAnswers: Type.Optional(
    Type.Array(securityAnswersSchema.items, {
      minItems: questionsPerPerson,
      maxItems: questionsPerPerson,
      description: 'Answers to the current questions, where no trusted address is left that could be told.',
    }),
  ),
};
const body = { additionalProperties: false };

export const MobileChangeBody = Type.Object({ ...ownerProof, mobile: MobileField }, body);
export const EmailChangeBody = Type.Object({ ...ownerProof, email: EmailField }, body);
export const EmailRemovalBody = Type.Object(ownerProof, body);
export const SecurityAnswersBody = Type.Object(
  { ...ownerProof, securityAnswers: securityAnswersSchema },
  body,
);
export const CancellationBody = Type.Object(passwordField, body);
export const BarBody = Type.Object({ ...passwordField, kind: KindField, proof: KindField }, body);
export const BarProofBody = Type.Object(
  { code: Type.Optional(CodeBody.properties.code), answers: Type.Optional(securityAnswersSchema) },
  { ...body, minProperties: 1, maxProperties: 1, description: 'What `proof` asks for: `code` or `answers`.' },
);

const codeState = {
  codeExpiresAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time', description: 'Until when it can be finished.' }),
  resendInSeconds: Type.Integer({ description: 'Pause before the code can be sent again.', examples: [60] }),
  attemptsLeft: Type.Integer({ examples: [5] }),
};

export const ContactChangeSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: Type.Enum(['mobile', 'email']),
    destination: Type.String({ description: 'Masked.', examples: ['0912•••0899'] }),
    ...codeState,
  },
  { $id: 'ContactChange', title: 'ContactChange' },
);

export const BarSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: KindField,
    proof: KindField,
    ...codeState,
  },
  { $id: 'Bar', title: 'Bar' },
);

export const ContactChangedSchema = Type.Object(
  {
    state: Type.Enum(['trusted', 'pending'], {
      description:
        '`pending`: trusted 72 hours after the trusted addresses were told, unless somebody disputes it. `trusted`: at ' +
        'once, as it was given at sign-up.',
    }),
  },
  { $id: 'ContactChanged', title: 'ContactChanged' },
);

export const PendingChangeSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: KindField,
    destination: Type.Union([Type.String(), Type.Null()], {
      description:
        'The new address, masked; null where an e-mail address is removed, or answers are replaced.',
      examples: ['a•••@e•••.ir'],
    }),
    trustedFrom: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'Null while the notice of it is on its way.',
    }),
  },
  { $id: 'PendingChange', title: 'PendingChange' },
);

export const ContactChangesSchema = Type.Object(
  {
    unproved: Type.Array(Type.Ref('ContactChange'), { description: 'They wait for the code.' }),
    pending: Type.Array(Type.Ref('PendingChange'), { description: 'They wait to be trusted.' }),
  },
  { $id: 'ContactChanges', title: 'ContactChanges' },
);

/** Instants as RFC 3339. */
export const contactChangeBody = (change: SentCode) => ({
  ...change,
  destination: change.destination ?? '',
  codeExpiresAt: change.codeExpiresAt.toISOString(),
  expiresAt: change.expiresAt.toISOString(),
});

export const barBody = (bar: StartedBar): Static<typeof BarSchema> => ({
  id: bar.id,
  kind: bar.kind as Kind,
  proof: bar.proof,
  resendInSeconds: bar.resendInSeconds,
  attemptsLeft: bar.attemptsLeft,
  codeExpiresAt: bar.codeExpiresAt.toISOString(),
  expiresAt: bar.expiresAt.toISOString(),
});

export const pendingChangeBody = ({ id, kind, address, trustedFrom }: PendingChange) => ({
  id,
  kind,
  destination: address === null ? null : maskAddress(kind, address),
  trustedFrom: trustedFrom?.toISOString() ?? null,
});
