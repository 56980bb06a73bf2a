import { parseInsuranceNumber } from '../../kernel/insurance-number.ts';
import { parseNationalCode } from '../../kernel/national-code.ts';
import type { PersonId } from '../../kernel/person-id.ts';

/** Who a body with `identityFields` speaks of, which `oneIdentity` has let through. */
export function toPersonId(body: {
  nationalCode?: string | undefined;
  insuranceNumber?: string | undefined;
}): PersonId {
  const nationalCode = parseNationalCode(body.nationalCode ?? '');
  if (nationalCode) return { kind: 'national-code', value: nationalCode };
  const insuranceNumber = parseInsuranceNumber(body.insuranceNumber ?? '');
  if (insuranceNumber) return { kind: 'insurance-number', value: insuranceNumber };
  throw new Error('a body without an identity was let through');
}
