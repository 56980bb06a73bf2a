import { parseInsuranceNumber } from '../../kernel/insurance-number.ts';
import { parseNationalCode } from '../../kernel/national-code.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { commonProblems, type FieldError, Problem } from '../../kernel/problem.ts';

const identityMissing: FieldError = {
  pointer: '/nationalCode',
  code: 'required',
  detail: {
    fa: 'کد ملی لازم است، یا برای اتباع خارجی شمارهٔ بیمه.',
    en: 'The national code is required or, for foreign nationals, the insurance number.',
  },
};
const identityDoubled: FieldError = {
  pointer: '/insuranceNumber',
  code: 'one-identity',
  detail: {
    fa: 'کد ملی و شمارهٔ بیمه را با هم نفرستید.',
    en: 'Send either the national code or the insurance number.',
  },
};

/** Who a body with `identityFields` speaks of. @throws {Problem} `invalid-input` unless it is exactly one of the two */
export function toPersonId(body: {
  nationalCode?: string | undefined;
  insuranceNumber?: string | undefined;
}): PersonId {
  const nationalCode = parseNationalCode(body.nationalCode ?? '');
  const insuranceNumber = parseInsuranceNumber(body.insuranceNumber ?? '');
  if (nationalCode && insuranceNumber)
    throw new Problem(commonProblems.invalidInput, { errors: [identityDoubled] });
  if (nationalCode) return { kind: 'national-code', value: nationalCode };
  if (insuranceNumber) return { kind: 'insurance-number', value: insuranceNumber };
  throw new Problem(commonProblems.invalidInput, { errors: [identityMissing] });
}
