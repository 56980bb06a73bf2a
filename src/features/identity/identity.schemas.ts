import { Type } from 'typebox';
import { exactlyOneOf } from '../../http/fields.ts';

export const NationalCodeField = Type.String({
  format: 'national-code',
  maxLength: 40,
  description: 'National code (کد ملی), ten digits with a valid check digit.',
  examples: ['0499370899'],
});

/** Who somebody says to be: one of the two, held to it by `oneIdentity`; `toPersonId` reads them. */
export const identityFields = {
  nationalCode: Type.Optional(NationalCodeField),
  insuranceNumber: Type.Optional(
    Type.String({
      format: 'insurance-number',
      maxLength: 40,
      description: 'Instead of the national code, for foreign nationals: insurance number (شماره بیمه).',
    }),
  ),
};

/** Of an object with `identityFields`. */
export const oneIdentity = exactlyOneOf(['nationalCode', 'insuranceNumber'], {
  missing: {
    fa: 'کد ملی لازم است، یا برای اتباع خارجی شمارهٔ بیمه.',
    en: 'The national code is required or, for foreign nationals, the insurance number.',
  },
  doubled: {
    fa: 'کد ملی و شمارهٔ بیمه را با هم نفرستید.',
    en: 'Send either the national code or the insurance number.',
  },
});

export const MobileField = Type.String({
  format: 'iran-mobile',
  maxLength: 40,
  description: 'Iranian mobile number in any usual spelling.',
  examples: ['09129370899'],
});
