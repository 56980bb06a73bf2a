import t from 'tap';
import { parseInsuranceNumber } from '../../src/kernel/insurance-number.ts';
import { parseWorkshopCode } from '../../src/kernel/workshop-code.ts';

t.test('an insurance number is eight or ten digits and keeps its zeros', async (t) => {
  t.equal(parseInsuranceNumber('00123456'), '00123456');
  t.equal(parseInsuranceNumber('0012345678'), '0012345678');
  t.equal(parseInsuranceNumber(' ۰۰۱۲\u200C۳۴۵۶ '), '00123456');
  for (const text of [
    '',
    '1234567',
    '123456789',
    '12345678901',
    '1234567a',
    '-1234567',
    '1234.567',
    '00000000',
    '۰۰۰۰۰۰۰۰۰۰',
  ]) {
    t.equal(parseInsuranceNumber(text), null, text);
  }
});

t.test('a workshop code is exactly ten digits and keeps its zeros', async (t) => {
  t.equal(parseWorkshopCode('0012345678'), '0012345678');
  t.equal(parseWorkshopCode('٠٠١٢٣٤٥٦٧٨'), '0012345678');
  for (const text of ['', '123456789', '12345678901', '12345678', '123456789a']) {
    t.equal(parseWorkshopCode(text), null, text);
  }
});
