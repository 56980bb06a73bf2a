import type { InsuranceNumber } from './insurance-number.ts';
import type { NationalCode } from './national-code.ts';

/** What a person is known by, and signs in with. Foreign nationals have no national code. */
export type PersonId =
  | Readonly<{ kind: 'national-code'; value: NationalCode }>
  | Readonly<{ kind: 'insurance-number'; value: InsuranceNumber }>;

/** For keyed digests: the same ten digits as a national code and as an insurance number are two people. */
export function personIdParts({ kind, value }: PersonId): string[] {
  return kind === 'national-code' ? [value] : [kind, value];
}
