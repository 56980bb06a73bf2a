import type { InsuranceNumber } from '../kernel/insurance-number.ts';
import type { NationalCode } from '../kernel/national-code.ts';
import type { PersonId } from '../kernel/person-id.ts';

/** Who a row stands for: one of its two columns is set. */
export function rowToPersonId({
  nationalCode,
  insuranceNumber,
}: Readonly<{ nationalCode: string | null; insuranceNumber: string | null }>): PersonId {
  return nationalCode === null
    ? { kind: 'insurance-number', value: insuranceNumber as InsuranceNumber }
    : { kind: 'national-code', value: nationalCode as NationalCode };
}

/** Where rows keep a user name of this kind. */
export function getPersonIdColumn(kind: PersonId['kind']): 'national_code' | 'insurance_number' {
  return kind === 'national-code' ? 'national_code' : 'insurance_number';
}
