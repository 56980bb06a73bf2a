import { Type } from 'typebox';

export const NationalCodeField = Type.String({
  format: 'national-code',
  maxLength: 40,
  description: 'National code (کد ملی), ten digits with a valid check digit.',
  examples: ['0499370899'],
});

/** Who somebody says to be: one of the two; `toPersonId` reads them. */
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

export const MobileField = Type.String({
  format: 'iran-mobile',
  maxLength: 40,
  description: 'Iranian mobile number in any usual spelling.',
  examples: ['09124370899'],
});
