import fc from 'fast-check';
import t from 'tap';
import { maskEmail } from '../../src/features/accounts/index.ts';
import { passwordAsMeant } from '../../src/features/passwords/password-as-meant.ts';
import { emailKey, parseEmail, readableEmail } from '../../src/kernel/email-address.ts';
import { parseInsuranceNumber } from '../../src/kernel/insurance-number.ts';
import { parseJalaliDate } from '../../src/kernel/jalali.ts';
import { parseMobile } from '../../src/kernel/mobile.ts';
import { parseNationalCode } from '../../src/kernel/national-code.ts';
import { longestCodeText, parseCode } from '../../src/kernel/one-time-code.ts';

t.test('a password is what was meant, not what a clipboard or a keyboard added', async (t) => {
  const password = 'Sarv7Boland9';
  for (const typed of [
    ' Sarv7Boland9',
    'Sarv7Boland9\n',
    'Sarv7Boland9\r\n',
    '\tSarv7Boland9\u00a0',
    '\u200fSarv7Boland9\u200e',
    '\u2066Sarv7Boland9\u2069 ',
    '\ufeffSarv7Boland9',
    'Sarv۷Boland۹',
    'Sarv٧Boland٩',
  ]) {
    t.equal(passwordAsMeant(typed), password, JSON.stringify(typed));
  }
  for (const other of [
    'Sarv7 Boland9',
    'sarv7Boland9',
    'Sarv7Bo\u200eland9',
    'Sarv7Boland9\0',
    'Sarv７Boland9',
  ])
    t.not(passwordAsMeant(other), password, JSON.stringify(other));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (typed) => {
      const meant = passwordAsMeant(typed);
      return passwordAsMeant(meant) === meant && passwordAsMeant(` ${typed}\n`) === meant;
    }),
    { numRuns: 2000 },
  );
});

t.test('a code is found however it is typed or pasted', async (t) => {
  for (const typed of [
    '123456',
    '۱۲۳۴۵۶',
    '١٢٣٤٥٦',
    '１２３４５６',
    '123-456',
    '123‑456',
    '123 456',
    ' 1 2 3 4 5 6 ',
    '12-34-56',
    '\u200e123456\u200f\n',
    'کد: 123456',
    'کد بازیابی گذرواژه: 123456\nدرخواست ساعت ۱۴:۳۲\nبه هیچ‌کس نگویید\n\n@savabegh.example #123456',
    'Your code is 123-456. It is valid for 10 minutes, until 14:32.',
    'Code 123456 for 127.0.0.1:300012 of http://localhost:8080/123457',
    'کد شما ۱۲۳۴۵۶ است. تلفن 02161234567، 0912 437 0815',
    '#123456',
    '(123456)',
    '«۱۲۳۴۵۶»',
  ]) {
    t.equal(parseCode(typed), '123456', JSON.stringify(typed));
  }
  for (const text of [
    '',
    '12345',
    '1234567',
    '12345a',
    'a123456',
    '123456 654321',
    'کد 123456 یا 654321',
    'مبلغ 1,234,567 ریال',
    '0912 437 0815',
    '09124370815',
    'http://host:123456/',
    '123.456',
    '123456.789',
    'one two three',
    `${'x'.repeat(longestCodeText)} 123456`,
  ]) {
    t.equal(parseCode(text), null, JSON.stringify(text));
  }
});

t.test(
  'an e-mail address loses what shows nothing, and a domain of any script is kept in ASCII',
  async (t) => {
    const cases: [typed: string, kept: string][] = [
      ['Maryam@Example.ORG', 'Maryam@example.org'],
      ['\u200emaryam@example.org', 'maryam@example.org'],
      [' \u202amaryam@example.org\u202c\n', 'maryam@example.org'],
      ['maryam@\u200bexample.org', 'maryam@example.org'],
      ['maryam۸۵@example.org', 'maryam85@example.org'],
      ['ｍaryam＠example．org', 'maryam@example.org'],
      ['maryam@bücher.example', 'maryam@xn--bcher-kva.example'],
      ['maryam@سرو.ایران', 'maryam@xn--wgbd8d.xn--mgba3a4f16a'],
      ['maryam@xn--bcher-kva.example', 'maryam@xn--bcher-kva.example'],
      [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
      ["o'brien+tag@mail.example.co", "o'brien+tag@mail.example.co"],
    ];
    for (const [typed, kept] of cases) {
      t.equal(parseEmail(typed), kept, JSON.stringify(typed));
      t.equal(parseEmail(kept), kept, 'what is kept is kept again');
    }
    for (const typed of [
      '',
      '@',
      'maryam',
      'maryam@',
      '@example.org',
      'maryam@localhost',
      'mary am@example.org',
      'maryam@exa mple.org',
      'maryam@example..org',
      '.maryam@example.org',
      'maryam.@example.org',
      'mar@yam@example.org',
      'مریم@example.org',
      'maryam@example.org\nBcc: other@example.org',
      'maryam\0@example.org',
      'maryam@127.0.0.1',
      'maryam@[127.0.0.1]',
      'maryam@example.org:25',
      'maryam@example.org/x',
      'maryam@-example.org',
      '"a b"@example.org',
      `${'a'.repeat(65)}@example.org`,
      `${'a'.repeat(64)}@${'b'.repeat(64)}.org`,
      `a@${'b.'.repeat(126)}org`,
    ]) {
      t.equal(parseEmail(typed), null, JSON.stringify(typed));
    }
    t.equal(readableEmail('maryam@xn--bcher-kva.example'), 'maryam@bücher.example');
    t.equal(maskEmail('maryam@xn--wgbd8d.xn--mgba3a4f16a'), 'm•••@س•••.ایران');
    t.equal(emailKey('Maryam@example.org'), 'maryam@example.org');
  },
);

t.test('numbers and dates are read as cards and people write them', async (t) => {
  for (const typed of [
    '0499370899',
    '049-937089-9',
    '۰۴۹‑۹۳۷۰۸۹‑۹',
    ' ０４９９３７０８９９ ',
    '049 937 0899\n',
  ])
    t.equal(parseNationalCode(typed), '0499370899', typed);
  for (const typed of ['00-427915', '۰۰۴۲۷۹۱۵', '0042 7915'])
    t.equal(parseInsuranceNumber(typed), '00427915', typed);
  for (const typed of ['(0912) 437-0815', '0912.437.0815', '＋98 912–437–0815', '۰۹۱۲ ۴۳۷ ۰۸۱۵\u200e'])
    t.equal(parseMobile(typed), '+989124370815', typed);
  for (const typed of [
    '1370-01-05',
    '13700105',
    '1370/1/5',
    '۱۳۷۰/۱/۵',
    '1370.01.05',
    ' 1370 / 1 / 5 ',
    '１３７０/1/5',
  ])
    t.same(parseJalaliDate(typed), { year: 1370, month: 1, day: 5 }, typed);
  for (const typed of ['1370/1-5', '137015', '1370105', '70/1/5', '1370/13/1', '1370/12/31', '1370//5'])
    t.equal(parseJalaliDate(typed), null, typed);
});
