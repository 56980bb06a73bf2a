import { Type } from 'typebox';
import { Instant, Int32, Nullable, StringEnum, Uuid } from '../../http/fields.ts';
import { KindField, passwordField } from '../accounts/index.ts';
import { MobileField } from '../identity/index.ts';
import { proofBody, questionsPerPerson, securityAnswersSchema } from '../security-questions/index.ts';

export const EmailField = Type.String({
  format: 'idn-email',
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
const named = (title: string) => ({ title, additionalProperties: false });

export const MobileChangeBody = Type.Object({ ...ownerProof, mobile: MobileField }, named('MobileChange'));
export const EmailChangeBody = Type.Object({ ...ownerProof, email: EmailField }, named('EmailChange'));
export const EmailRemovalBody = Type.Object(ownerProof, named('EmailRemoval'));
export const SecurityAnswersBody = Type.Object(
  { ...ownerProof, securityAnswers: securityAnswersSchema },
  named('SecurityAnswersChange'),
);
export const CancellationBody = Type.Object(passwordField, named('ContactChangeCancellation'));
export const BarBody = Type.Object(
  { ...passwordField, kind: KindField, proof: KindField },
  named('BarStart'),
);
export const BarProofBody = proofBody('BarProof');

const codeState = {
  codeExpiresAt: Instant(),
  expiresAt: Instant('Until when it can be finished.'),
  resendInSeconds: Int32({ description: 'Pause before the code can be sent again.', examples: [60] }),
  attemptsLeft: Int32({ examples: [5] }),
};

export const ContactChangeSchema = Type.Object(
  {
    id: Uuid(),
    kind: StringEnum(['mobile', 'email']),
    destination: Type.String({ description: 'Masked.', examples: ['0912•••0899'] }),
    ...codeState,
  },
  { $id: 'ContactChange', title: 'ContactChange' },
);

export const BarSchema = Type.Object(
  {
    id: Uuid(),
    kind: KindField,
    proof: KindField,
    ...codeState,
  },
  { $id: 'Bar', title: 'Bar' },
);

export const ContactChangedSchema = Type.Object(
  {
    state: StringEnum(['trusted', 'pending'], {
      description:
        '`pending`: trusted 72 hours after the trusted addresses were told, unless somebody disputes it. `trusted`: at ' +
        'once, as it was given at sign-up.',
    }),
  },
  { $id: 'ContactChanged', title: 'ContactChanged' },
);

export const PendingChangeSchema = Type.Object(
  {
    id: Uuid(),
    kind: KindField,
    destination: Nullable(Type.String(), {
      description:
        'The new address, masked; null where an e-mail address is removed, or answers are replaced.',
      examples: ['a•••@e•••.ir'],
    }),
    trustedFrom: Nullable(Instant(), {
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
