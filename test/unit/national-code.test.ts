import fc from 'fast-check';
import t from 'tap';
import { completeNationalCode, parseNationalCode } from '../../src/kernel/national-code.ts';

const valid = [
  '0499370899',
  '0790419904',
  '0084575948',
  '0963695398',
  '0684159414',
  '0067749828',
  '0650451252',
  '1583250689',
  '4032152314',
  '1234567891',
  '0012345679',
];
const invalid = [
  '0684159415',
  '1234567890',
  '0000000000',
  '1111111111',
  '9999999999',
  '0000000018',
  '123',
  '',
  '04993708990',
  '499370899',
  '049937089a',
  '0499370899\u0000',
  '-499370899',
];

const nineDigits = fc.stringMatching(/^[0-9]{9}$/).filter((digits) => completeNationalCode(digits) !== null);

function withDigit(code: string, position: number, digit: number): string {
  return `${code.slice(0, position)}${digit}${code.slice(position + 1)}`;
}

function weightedRemainder(code: string): number {
  return [...code.slice(0, 9)].reduce((sum, digit, index) => sum + Number(digit) * (10 - index), 0) % 11;
}

t.test('valid national codes are read as they are', async (t) => {
  for (const code of valid) t.equal(parseNationalCode(code), code);
});

t.test('what breaks the rule is no national code', async (t) => {
  for (const code of invalid) t.equal(parseNationalCode(code), null, JSON.stringify(code));
});

t.test('three digit scripts, spaces and invisible characters make no difference', async (t) => {
  for (const text of [
    '۰۴۹۹۳۷۰۸۹۹',
    '٠٤٩٩٣٧٠٨٩٩',
    '۰٤9۹۳۷۰۸۹۹',
    ' 049 937 0899 ',
    '049\u200C937\u200C0899',
    '\u200F0499370899\u200E',
    '\uFEFF0499370899',
    '0499370899\u00A0',
  ]) {
    t.equal(parseNationalCode(text), '0499370899', JSON.stringify(text));
  }
});

t.test('ten equal digits are refused although the sum may pass', async (t) => {
  for (let digit = 0; digit <= 9; digit += 1) t.equal(parseNationalCode(String(digit).repeat(10)), null);
  t.equal(completeNationalCode('111111111'), null);
});

t.test('nine digits have exactly one check digit', async () => {
  fc.assert(
    fc.property(nineDigits, (digits) => {
      const accepted = [...'0123456789'].filter((digit) => parseNationalCode(digits + digit) !== null);
      return accepted.length === 1 && completeNationalCode(digits) === digits + accepted[0];
    }),
  );
});

t.test('completing takes nine ASCII digits and nothing else', async (t) => {
  t.equal(completeNationalCode('049937089'), '0499370899');
  for (const text of ['', '12345678', '1234567890', '12345678x', '۰۴۹۹۳۷۰۸۹']) {
    t.equal(completeNationalCode(text), null, text);
  }
});

t.test('one wrong digit is caught, unless the remainder goes from 1 to 10 or back', async () => {
  fc.assert(
    fc.property(nineDigits, fc.nat(9), fc.nat(9), (digits, position, digit) => {
      const code = completeNationalCode(digits) ?? '';
      const changed = withDigit(code, position, digit);
      if (changed === code || parseNationalCode(changed) === null) return true;
      // Remainders 1 and 10 share the check digit 1: the scheme's only blind spot.
      const remainders = [weightedRemainder(code), weightedRemainder(changed)].sort((a, b) => a - b);
      return code[9] === '1' && remainders.join() === '1,10';
    }),
    { numRuns: 5000 },
  );
});

t.test('the blind spot is there: two national codes that differ in one digit', async (t) => {
  t.equal(parseNationalCode('1234567881'), '1234567881');
  t.equal(parseNationalCode('1134567881'), '1134567881');
});
