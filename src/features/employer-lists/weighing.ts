import { foldText } from '../../kernel/text.ts';

/** What is known of a person, from whatever lists say. Absent is '' for names, `null` for the rest. */
export type PersonDetails = Readonly<{
  firstName: string;
  lastName: string;
  fatherName: string | null;
  /** Gregorian, `YYYY-MM-DD`. */
  birthDate: string | null;
  insuranceNumber: string | null;
}>;

/** A row of a list in force, and where it stands. `month` counts from year 0. */
export type Word = PersonDetails &
  Readonly<{ workshopCode: string; month: number; listId: number; row: number }>;

/** A first and a last name belong together: half of each workshop's would be nobody's. */
type Field = 'name' | 'fatherName' | 'birthDate' | 'insuranceNumber';
export const personFields: readonly Field[] = ['name', 'fatherName', 'birthDate', 'insuranceNumber'];

export type Weighed = Readonly<{
  details: PersonDetails;
  /** Whether the lists disagree, spelling aside. */
  contested: boolean;
  /** Every number that a workshop's newest word gives. */
  insuranceNumbers: readonly string[];
}>;

/** What a field says, to be compared; '' says nothing. */
function toCompared(field: Field, details: PersonDetails): string {
  if (field === 'name') return foldText(`${details.firstName} ${details.lastName}`);
  return field === 'fatherName' ? foldText(details.fatherName ?? '') : (details[field] ?? '');
}

/** Whether a word says of a person what is not known, spelling aside. */
export function disagrees(word: PersonDetails, known: PersonDetails): boolean {
  return personFields.some((field) => {
    const said = toCompared(field, word);
    return said !== '' && said !== toCompared(field, known);
  });
}

/** Whether two entries may be one person: the same name, or the same birth date and one of the names. */
export function maySamePerson(a: PersonDetails, b: PersonDetails): boolean {
  const name = toCompared('name', a);
  if (name !== '' && name === toCompared('name', b)) return true;
  if (a.birthDate === null || a.birthDate !== b.birthDate) return false;
  return foldText(a.firstName) === foldText(b.firstName) || foldText(a.lastName) === foldText(b.lastName);
}

function byAge(a: Word, b: Word): number {
  return a.month - b.month || a.listId - b.listId || b.row - a.row;
}

/** The newest word of each workshop that says something, newest first. */
function newestWords(field: Field, words: readonly Word[]): Word[] {
  const newest = new Map<string, Word>();
  for (const word of words) {
    if (toCompared(field, word) === '') continue;
    const known = newest.get(word.workshopCode);
    if (known === undefined || byAge(known, word) < 0) newest.set(word.workshopCode, word);
  }
  return [...newest.values()].sort((a, b) => byAge(b, a));
}

/**
 * What most workshops say in their newest lists; of equally many, what the newest list among them says. A
 * workshop's correction takes the place of its own word, and no list fixes anything for good. Where no list
 * says anything, `known` stays.
 */
export function weigh(words: readonly Word[], known: PersonDetails): Weighed {
  const winners: Partial<Record<Field, Word>> = {};
  let contested = false;
  for (const field of personFields) {
    const groups = [...Map.groupBy(newestWords(field, words), (word) => toCompared(field, word)).values()];
    // Groups are in the order of their newest word: a stable sort leaves that to decide between equals.
    const [winner] = groups.sort((a, b) => b.length - a.length)[0] ?? [];
    const said = new Set(words.map((word) => toCompared(field, word)).filter((value) => value !== ''));
    if (said.size > 1) contested = true;
    // Another spelling of what is known already changes nothing.
    if (winner && toCompared(field, winner) !== toCompared(field, known)) winners[field] = winner;
  }
  const { firstName, lastName } = winners.name ?? known;
  return {
    details: {
      firstName,
      lastName,
      fatherName: (winners.fatherName ?? known).fatherName,
      birthDate: (winners.birthDate ?? known).birthDate,
      insuranceNumber: (winners.insuranceNumber ?? known).insuranceNumber,
    },
    contested,
    insuranceNumbers: [
      ...new Set(
        newestWords('insuranceNumber', words).flatMap(({ insuranceNumber }) => insuranceNumber ?? []),
      ),
    ],
  };
}
