import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { localise } from '../src/kernel/locale.ts';
import { shownNetwork } from '../src/messaging/render.ts';
import { sourceFiles } from './support/source-files.ts';

/** Words that people do not use, or that speak of the machine, each with what is said instead. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/پرونده/, 'فایل'],
  [/سرآیند/, 'هدر فایل'],
  [/رکورد/, 'ردیف'],
  [/نویسه/, 'کاراکتر'],
  [/برگزین/, 'انتخاب کنید'],
  [/پیوند/, 'لینک'],
  [/رخنه|لورفته|لو نرفته/, 'نشت اطلاعات، فاش‌شده'],
  [/نمی‌خوان/, 'مطابقت ندارد؛ یکسان نیست'],
  [/پس (ب)?گیر|پس گرفته/, 'لغو تغییر'],
  [/از آنِ شما|از نو(?![\u0600-\u06FF])/, 'مربوط به شما؛ دوباره'],
  [/مهلت آن گذشته/, 'زمان آن تمام شده'],
  [/کلمهٔ? عبور|(^|\s)رمز(\s|$|[.،؛])/, 'گذرواژه'],
  [/چند دقیقهٔ دیگر معتبر/, 'تا ۱۰ دقیقه معتبر است'],
  [/شبکهٔ \{network\}/, 'نشانی اینترنتی'],
  [/بر جاست/, 'محفوظ است'],
  [/در errors/, 'نخستین خطا در همان جمله'],
  [/این کلید شناخته/, 'این فیلد پذیرفته نمی‌شود'],
  [/نشانهٔ دسترسی|این روند/, 'زمان ورود؛ این درخواست'],
  [/اعتراض/, 'اعلام شده که کار صاحب آن نبوده'],
  [/رمزگذاری نوشته/, 'نوع حروف فایل'],
  [/(^|[^\u0600-\u06FF\u200C])در سوابق/, 'در سامانهٔ سوابق'],
  [/غیرعادی است/, 'چه چیزی: تاریخ تولد در آینده است'],
  [/نوع مقدار باید/, 'این مقدار باید عدد باشد'],
  [/چنین نشانی یا روشی/, 'این صفحه وجود ندارد'],
  [/(زمان|مهلت)[^.؛]*گذشته/, 'زمان آن تمام شده'],
  [/(^|[^\u0600-\u06FF\u200C])نشست/, 'ورود باز'],
  [/بیشینه|کمینه/, 'حداکثر، حداقل'],
  [/آموزگار|افسوس/, 'معلم، ناراحت'],
  [/جست‌وجو/, 'جستجو'],
  [/پویشگر|نشان ترتیب بایت/, 'ضدویروس، BOM'],
  [/\bsee errors\b/i, 'what to do'],
  // Arabic letters and digits in place of the Persian ones.
  [/[يكى٠-٩]/, 'ی، ک، ۰–۹'],
  [/\b(taken in|disown(ed)?|handed over)\b/i, 'imported, reported, dispatched'],
];

/** Not texts for people: letters, words of passwords, names of invented people. */
const notTexts: readonly RegExp[] = [
  /^kernel\/text\.ts$/,
  /^features\/passwords\/(persian-words|keyboard|guessable-patterns|folded-password)\.ts$/,
  /^features\/employer-lists\/(iran-system|text-encoding|weighing)\.ts$/,
  /^development\/sample-lists\//,
];

/** What is between quotes on a line with a Persian letter. */
function textsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return code.split('\n').filter((line) => /[\u0600-\u06FF]/.test(line) || /\ben: /.test(line));
}

/** The lines of a page of the guide or of the catalogue, without code. */
function pageTexts(file: string): string[] {
  return readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '')
    .split('\n');
}

t.test('no text has a word in it that people do not use', async (t) => {
  let lines = 0;
  const read = (file: string, texts: readonly string[]) => {
    for (const line of texts) {
      lines += 1;
      for (const [word, instead] of forbidden) {
        if (word.test(line)) t.fail(`${file}: ${line.trim()}: say ${instead}`);
      }
    }
  };
  for (const file of sourceFiles()) {
    if (!notTexts.some((pattern) => pattern.test(file)))
      read(file, textsOf(fileURLToPath(new URL(`../src/${file}`, import.meta.url))));
  }
  t.ok(lines > 150, `${lines} lines were read`);
  const ofWebPages = globSync(fileURLToPath(new URL('../web/src/**/*.{ts,tsx}', import.meta.url)));
  t.ok(ofWebPages.length > 30, `${ofWebPages.length} files of web pages`);
  for (const file of ofWebPages) read(file, textsOf(file));
  const pages = globSync(fileURLToPath(new URL('../docs/{guide,problems}/**/*.md', import.meta.url)));
  t.ok(pages.length > 8, `${pages.length} pages`);
  for (const page of pages) read(page, pageTexts(page));
});

t.test('the words are found where they stand', async (t) => {
  for (const text of [
    'این پرونده',
    'پس بگیرید',
    'پس گرفته شد',
    'حساب شما در سوابق',
    'رمز شما',
    'علي',
    "en: 'was taken in'",
    'این نشست پایان یافت',
    'زمان نگهداری آن گذشته است',
    'بیشینه ۶۴ کاراکتر',
  ]) {
    t.ok(
      forbidden.some(([word]) => word.test(text)),
      text,
    );
  }
  for (const text of ['در سامانهٔ سوابق', 'گذرواژهٔ شما', 'فایل رمزدار', 'سوابق بیمهٔ شما محفوظ است']) {
    t.notOk(
      forbidden.some(([word]) => word.test(text)),
      text,
    );
  }
});

t.test('an address is shown as far as it is known', async (t) => {
  t.equal(shownNetwork('192.0.2.0/24'), '192.0.2.x');
  t.equal(shownNetwork('2001:db8:1234::/48'), '2001:db8:1234:x');
  t.equal(localise({ fa: '{n} بار', en: '{n} times' }, 'fa', { n: 3 }), '۳ بار');
});
