import { Type } from 'typebox';
import {
  Instant,
  Int64,
  JalaliMonthField,
  Nullable,
  StringEnum,
  Uuid,
  WorkshopCodeText,
} from '../../http/fields.ts';
import { identityFields, oneIdentity } from '../identity/index.ts';
import { changeKinds, changeOutcomes } from './people.table.ts';
import { maxChangesShown, maxClaimsShown } from './person-details.ts';

export const SearchBody = Type.Object(identityFields, {
  title: 'PersonSearch',
  ...oneIdentity,
  additionalProperties: false,
});

export const PersonParams = Type.Object({
  id: Uuid('Id of the person in the register.'),
});
export const ChangeParams = Type.Object({
  id: Uuid('Id of the change.'),
});

const reason = Type.String({
  minLength: 3,
  maxLength: 500,
  format: 'text-with-letters',
  description:
    'What it rests on, kept with the change: the papers that were seen, the letter of the employer.',
  examples: ['Birth certificate seen at the desk'],
});
const name = (description: string) =>
  Type.String({ minLength: 1, maxLength: 60, format: 'text-with-letters', description });

export const MendBody = Type.Object(
  {
    reason,
    nationalCode: identityFields.nationalCode,
    insuranceNumber: identityFields.insuranceNumber,
    birthDate: Type.Optional(
      Type.String({
        format: 'jalali-date',
        maxLength: 40,
        description: 'Jalali date of birth.',
        examples: ['1362-05-14'],
      }),
    ),
    firstName: Type.Optional(name('First name.')),
    lastName: Type.Optional(name('Last name.')),
    fatherName: Type.Optional(name('Father’s name.')),
  },
  { title: 'PersonMending', additionalProperties: false },
);

export const MergeBody = Type.Object(
  { otherId: Uuid('The other entry of the same person.'), reason },
  { title: 'PersonMerge', additionalProperties: false },
);

export const ReversalBody = Type.Object({ reason }, { title: 'ChangeReversal', additionalProperties: false });

const details = {
  nationalCode: Nullable(Type.String()),
  insuranceNumber: Nullable(Type.String()),
  firstName: Type.String(),
  lastName: Type.String(),
  fatherName: Nullable(Type.String()),
  birthDate: Nullable(Type.String({ format: 'date', description: 'Gregorian.' })),
};

const id = Uuid();

export const RegisteredPersonSchema = Type.Object(
  { id, ...details },
  { $id: 'RegisteredPerson', title: 'RegisteredPerson' },
);

export const RegisterChangeSchema = Type.Object(
  {
    id,
    kind: StringEnum([...changeKinds], {
      description: '`mend`: other details. `merge`: two entries become one. `split`: a merge is taken apart.',
    }),
    state: StringEnum(['approval-needed', 'waiting', 'expired', ...changeOutcomes], {
      description:
        '`approval-needed`: another officer of the branch has to approve it. `waiting`: whoever it concerns has been told ' +
        'and can dispute it. `not-possible`: when its time came, something else in the register stood against it.',
    }),
    personId: id,
    otherId: Nullable(Uuid('The entry that goes, or comes back.')),
    details: Type.Partial(Type.Object(details), { title: 'PersonDetails', description: 'What is to hold.' }),
    reason: Type.String(),
    createdAt: Instant(),
    approvableUntil: Instant(),
    effectiveFrom: Nullable(
      Instant('From when it can happen; later where a notice left late. `null`: not approved.'),
    ),
    reverses: Nullable(Uuid('The change that it takes back.')),
  },
  { $id: 'RegisterChange', title: 'RegisterChange' },
);

export const PeopleFoundSchema = Type.Object(
  { people: Type.Array(Type.Ref('RegisteredPerson')) },
  { $id: 'PeopleFound', title: 'PeopleFound' },
);

const PersonClaim = Type.Object(
  {
    workshopCode: WorkshopCodeText,
    month: JalaliMonthField(),
    listId: Int64(),
    insuranceNumber: details.insuranceNumber,
    firstName: details.firstName,
    lastName: details.lastName,
    fatherName: details.fatherName,
    birthDate: details.birthDate,
  },
  { title: 'PersonClaim', description: 'What a list says of a person.' },
);

export const PersonAtDeskSchema = Type.Object(
  {
    id,
    ...details,
    contested: Type.Boolean({ description: 'Lists say different things of this person.' }),
    claims: Type.Array(PersonClaim, {
      description: `What the newest list of each workshop says, newest first, at most ${maxClaimsShown}.`,
    }),
    changes: Type.Array(Type.Ref('RegisterChange'), {
      description: `Newest first, at most ${maxChangesShown}.`,
    }),
  },
  { $id: 'PersonAtDesk', title: 'PersonAtDesk' },
);
