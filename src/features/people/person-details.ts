/** What the register says of a person. */
export type PersonDetails = Readonly<{
  nationalCode: string | null;
  insuranceNumber: string | null;
  firstName: string;
  lastName: string;
  fatherName: string | null;
  /** Gregorian, `YYYY-MM-DD`. */
  birthDate: string | null;
}>;

/** Of a person at the desk: the newest claims of lists, and the newest changes. */
export const maxClaimsShown = 50;
export const maxChangesShown = 50;

/** What tells one person from another, and opens a sign-up: changed by two, and after a wait. */
const identifying = ['nationalCode', 'insuranceNumber', 'birthDate'] as const;

export function isIdentifying(details: Partial<PersonDetails>): boolean {
  return identifying.some((field) => field in details);
}

/** Of what is to hold, that which does not hold already. */
export function pickDiffering(details: Partial<PersonDetails>, known: PersonDetails): Partial<PersonDetails> {
  return Object.fromEntries(
    Object.entries(details).filter(([field, value]) => known[field as keyof PersonDetails] !== value),
  );
}

/** What stood in these fields before. */
export function pickKnown(details: Partial<PersonDetails>, known: PersonDetails): Partial<PersonDetails> {
  const fields = Object.keys(details) as (keyof PersonDetails)[];
  return Object.fromEntries(fields.map((field) => [field, known[field]]));
}
