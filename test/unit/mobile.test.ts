import fc from 'fast-check';
import t from 'tap';
import { maskMobile, parseMobile } from '../../src/kernel/mobile.ts';

const prefixes = ['0', '', '98', '+98', '0098', '+980'];
const persian = (text: string) => text.replace(/[0-9]/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
const arabic = (text: string) => text.replace(/[0-9]/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? '');

t.test('every way of writing a number is one number', async () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^9[0-9]{9}$/),
      fc.constantFrom(...prefixes),
      fc.constantFrom((text: string) => text, persian, arabic),
      fc.constantFrom('', ' ', '\u200C', '\u200F', '-'),
      fc.nat(10),
      (subscriber, prefix, script, separator, place) => {
        const text = script(prefix + subscriber);
        return parseMobile(text.slice(0, place) + separator + text.slice(place)) === `+98${subscriber}`;
      },
    ),
  );
});

t.test('what is not a mobile number of Iran is refused', async (t) => {
  for (const text of [
    '0912123456',
    '02112345678',
    '',
    '9',
    '091212345678',
    '+1912123456',
    '+499121234567',
    '00989',
    '+98+989121234567',
    '++989121234567',
    '09121234567x',
    '0912 123 4567 ext',
    '0'.repeat(100),
  ]) {
    t.equal(parseMobile(text), null, text);
  }
});

t.test('no operator prefix is refused', async (t) => {
  for (let prefix = 0; prefix <= 99; prefix += 1) {
    const text = `09${String(prefix).padStart(2, '0')}1234567`;
    t.equal(parseMobile(text), `+98${text.slice(1)}`);
  }
});

t.test('a masked number shows its prefix and its last four digits', async (t) => {
  const mobile = parseMobile('09121234567');
  t.equal(mobile && maskMobile(mobile), '0912•••4567');
});
