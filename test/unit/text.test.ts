import fc from 'fast-check';
import t from 'tap';
import { compactNumber, foldText, splitWords, toAsciiDigits } from '../../src/kernel/text.ts';

t.test('digits of the three scripts are the same digits', async (t) => {
  t.equal(toAsciiDigits('۰۱۲۳۴۵۶۷۸۹'), '0123456789');
  t.equal(toAsciiDigits('٠١٢٣٤٥٦٧٨٩'), '0123456789');
  t.equal(toAsciiDigits('کد ۱2٣'), 'کد 123');
});

t.test('a pasted number loses everything that shows nothing', async (t) => {
  t.equal(compactNumber(' ۰۴۹\u200C۹۳\u00A0۷\u200F۰\u2066۸۹۹\uFEFF\n'), '0499370899');
  t.equal(compactNumber('12\u00AD34\u115F5\uFE0F6'), '123456');
  t.equal(compactNumber('12-34'), '12-34');
});

t.test('a hostile length is no number, and costs nothing', async (t) => {
  t.equal(compactNumber('1'.repeat(65)), '');
  t.equal(compactNumber('1'.repeat(64)), '1'.repeat(64));
});

t.test('names that people write differently fold to one', async (t) => {
  const pairs = [
    ['علي', 'علی'],
    ['كريمي', 'کریمی'],
    ['فاطمة', 'فاطمه'],
    ['خانۀ', 'خانه'],
    ['خانه\u0654', 'خانه'],
    ['أحمد', 'احمد'],
    ['إبراهيم', 'ابراهیم'],
    ['آزاد', 'ازاد'],
    ['ا\u0653زاد', 'ازاد'],
    ['می\u200Cرود', 'می رود'],
    ['  سید \t مهدی\u00A0', 'سید مهدی'],
    ['پلاک ۱۲', 'پلاک 12'],
    ['ﻋﻠﻲ', 'علی'],
    ['TEHRAN', 'tehran'],
    ['STRASSE', 'straße'],
    ['\u200Fتهران\u200E', 'تهران'],
    // Answers as they are typed at one keyboard and at another.
    ['می\u200Cخانه', 'میخانه'],
    ['می خانه', 'می\u200Cخانه'],
    ['علی رضا', 'علیرضا'],
    ['مـــریم', 'مریم'],
    ['مُحَمَّد', 'محمد'],
    ['حتماً', 'حتما'],
    ['مسئله', 'مسیله'],
    ['رضائي', 'رضایی'],
    ['مؤمن', 'مومن'],
    ['ٱلله', 'الله'],
    ['موسى', 'موسی'],
    ['زهراء', 'زهرا'],
    ['مدرسهٔ ما', 'مدرسه ما'],
    ['مدرسه\u200Cی ما', 'مدرسهٔ ما'],
    ['مدرسه ی ما', 'مدرسۀ ما'],
    ['ہمدان', 'همدان'],
    ['ھمدان', 'همدان'],
    ['Ｔｅｈｒａｎ １２', 'tehran 12'],
    ['José', 'jose'],
    ['jose\u0301', 'JOSÉ'],
    ['12/05/1370', '۱۲-۰۵-۱۳۷۰'],
    ['خرس، قهوه‌ای!', 'خرس قهوه ای'],
    ["O'Brien", 'O’Brien'],
    ['«گربه»', 'گربه'],
    ['پيراهن\u00A0آبي\n', 'پیراهن آبی'],
    ['ΣΟΦΟΣ', 'σοφ ος'],
  ] as const;
  for (const [one, other] of pairs) t.equal(foldText(one), foldText(other), one);
  t.equal(foldText('كريمي ۱۲'), 'کریمی12');
});

t.test('different names stay different', async (t) => {
  t.not(foldText('علی'), foldText('علا'));
  t.not(foldText('مهدی'), foldText('مهدوی'));
  t.not(foldText('خانه'), foldText('خانی'));
  t.not(foldText('خانه یزد'), foldText('خانه زد'), 'a word that begins with ی is no ending');
  t.not(foldText('کی'), foldText('के'));
  t.not(foldText('कि'), foldText('के'), 'vowels of other scripts are no accents');
});

t.test('folding twice is folding once', async () => {
  const persian = fc.string({
    unit: fc.constantFrom(...'اآأإٱهۀةھہيیىئكکؤوءـ \u200C\u200D\u0653\u0654\u0655\u064E۱1٣AßẞİéΣςВᲀ\u0301.-'),
  });
  fc.assert(
    fc.property(fc.oneof(persian, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
      const folded = foldText(text);
      return foldText(folded) === folded;
    }),
    { numRuns: 5000 },
  );
});

t.test('words are what white space, ZWNJ and punctuation set apart', async (t) => {
  t.same(splitWords(' ابراهیمی\u200Cنژاد، سیّد  مهدی '), ['ابراهیمی', 'نژاد', 'سیّد', 'مهدی']);
  t.same(splitWords(' \u200C.'), []);
});

t.test('folding a hostile length takes a moment, not a minute', async (t) => {
  const started = performance.now();
  foldText(`${'ا'}${'\u0653'.repeat(100_000)}${' \u200C'.repeat(100_000)}ه${' '.repeat(100_000)}`);
  t.ok(performance.now() - started < 2000);
});
