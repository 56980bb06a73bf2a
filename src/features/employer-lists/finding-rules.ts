import type { Localised } from '../../kernel/locale.ts';

export type Severity = 'error' | 'warning';

type Rule = Readonly<{ severity: Severity } & Localised>;

function error(fa: string, en: string): Rule {
  return { severity: 'error', fa, en };
}

function warning(fa: string, en: string): Rule {
  return { severity: 'warning', fa, en };
}

/** Everything that can be found in a list. An error refuses the list; a warning is taken in with it. */
export const findingRules = {
  'not-dbase': error('این فایل dBase III نیست.', 'The file is not dBase III.'),
  'header-invalid': error(
    'هدر فایل (ابتدای فایل) با ساختار dBase III مطابقت ندارد.',
    'The header of the file contradicts the structure of dBase III.',
  ),
  'file-too-large': error(
    'فایل بزرگ‌تر از اندازهٔ پذیرفتنی است ({value}).',
    'The file is larger than what is taken in ({value}).',
  ),
  'file-cut-short': error(
    'فایل بریده است: کمتر از آنچه هدر فایل می‌گوید ردیف دارد.',
    'The file is cut short: it holds fewer records than its header says.',
  ),
  'record-count-mismatch': error(
    'فایل بیش از آنچه هدر فایل می‌گوید داده دارد.',
    'The file holds more than its header says.',
  ),
  'record-invalid': error(
    'نشانهٔ آغاز ردیف نه فعال است و نه حذف‌شده ({value}).',
    'The record is marked neither active nor deleted ({value}).',
  ),
  'column-missing': error('ستون {field} در فایل نیست.', 'The column {field} is missing.'),
  'column-repeated': error(
    'ستون {field} بیش از یک بار آمده است.',
    'The column {field} occurs more than once.',
  ),
  'column-type-invalid': error(
    'نوع ستون {field} خواندنی نیست ({value}).',
    'The type of the column {field} cannot be read ({value}).',
  ),
  'workshop-record-count': error(
    'فایل کارگاه باید دقیقاً یک ردیف داشته باشد؛ {value} ردیف دارد.',
    'The workshop file must hold exactly one record; it holds {value}.',
  ),
  'workshop-code-invalid': error(
    'کد کارگاه باید ۱۰ رقم باشد: «{value}».',
    'A workshop code has ten digits: “{value}”.',
  ),
  'workshop-code-differs': error(
    'کد کارگاه «{value}» با کد کارگاه لیست، {expected}، یکی نیست.',
    'The workshop code “{value}” differs from the list’s, {expected}.',
  ),
  'workshop-not-allowed': error(
    'این برنامه اجازهٔ فرستادن لیست این کارگاه را ندارد.',
    'This client may not send lists of this workshop.',
  ),
  'not-processed': error(
    'این لیست به‌خاطر خطای سامانه ثبت نشد. آن را دوباره بفرستید؛ اگر باز هم نشد، به پشتیبانی خبر دهید.',
    'The list could not be processed, because of a fault of the service. Send it again; tell the support desk if that does not help.',
  ),
  'removals-unconfirmed': error(
    'این لیست {value} نفر از {expected} نفرِ لیست پیشین را حذف می‌کند. اگر درست است، آن را با تأیید حذف (confirm=removals) بفرستید؛ اگر لیست دیگری است، شماره یا ردیف پیمان آن را عوض کنید.',
    'This list takes {value} of the {expected} people of the earlier one off. If that is meant, send it with confirm=removals; if it is another list, give it another number or contract row.',
  ),
  'list-number-invalid': error(
    'شمارهٔ لیست خوانا نیست: «{value}».',
    'The number of the list cannot be read: “{value}”.',
  ),
  'contract-row-invalid': error(
    'ردیف پیمان خوانا نیست: «{value}».',
    'The contract row cannot be read: “{value}”.',
  ),
  'month-invalid': error('سال و ماه «{value}» درست نیست.', 'The year and month “{value}” are not a month.'),
  'month-in-future': error(
    'سال و ماه {value} از {expected}، آخرین ماهی که لیست آن پذیرفته می‌شود، دیرتر است.',
    'The month {value} is later than {expected}, the last one that lists are taken in for.',
  ),
  'month-differs': error(
    'سال و ماه {value} با ماه لیست، {expected}، یکی نیست.',
    'The month {value} differs from the list’s, {expected}.',
  ),
  'days-invalid': error('روزهای کارکرد «{value}» عدد نیست.', 'The days “{value}” are not a number.'),
  'days-above-month': error(
    'روزهای کارکرد {value} از روزهای ماه، {expected}، بیشتر است.',
    'The days, {value}, are more than the month has, {expected}.',
  ),
  'amount-negative': error('مبلغ {field} منفی است: {value}.', 'The amount {field} is negative: {value}.'),
  'amount-invalid': error(
    'مبلغ {field} عدد درست نیست: «{value}».',
    'The amount {field} is not a whole number: “{value}”.',
  ),
  'national-code-invalid': error('کد ملی «{value}» درست نیست.', 'The national code “{value}” is not valid.'),
  'person-unidentified': error(
    'نه کد ملی هست و نه شمارهٔ بیمهٔ درست: «{value}».',
    'There is neither a national code nor a valid insurance number: “{value}”.',
  ),
  'person-repeated': error(
    'این شخص با همین تاریخ شروع پیش‌تر در لیست آمده است: {value}.',
    'This person is in the list already with the same start date: {value}.',
  ),
  'total-differs': error(
    'جمع {field} در فایل کارگاه {value} است ولی جمع ردیف‌ها {expected}.',
    'The total {field} is {value} in the workshop file but the rows sum to {expected}.',
  ),
  'row-count-differs': error(
    'فایل کارگاه {value} ردیف اعلام کرده ولی لیست {expected} ردیف دارد.',
    'The workshop file announces {value} rows but the list has {expected}.',
  ),
  'national-code-blank': warning(
    'کد ملی خالی است؛ شخص با شمارهٔ بیمه شناخته می‌شود.',
    'The national code is blank; the person is known by the insurance number.',
  ),
  'insurance-number-invalid': warning(
    'شمارهٔ بیمه درست نیست؛ ۸ یا ۱۰ رقم دارد که همه صفر نیست: «{value}».',
    'An insurance number has 8 or 10 digits, not all of them zero: “{value}”.',
  ),
  'insurable-wage-differs': warning(
    'جمع مشمول {value} با دستمزد به‌اضافهٔ مزایا، {expected}، برابر نیست.',
    'The insurable wage {value} is not wage plus benefits, {expected}.',
  ),
  'worker-premium-differs': warning(
    'حق بیمهٔ سهم بیمه‌شده {value} با محاسبه، {expected}، برابر نیست.',
    'The worker’s premium {value} is not what the rate gives, {expected}.',
  ),
  'monthly-wage-differs': warning(
    'دستمزد ماهانه {value} با دستمزد روزانه ضرب در روزها، {expected}، یکسان نیست.',
    'The monthly wage {value} does not match daily wage times days, {expected}.',
  ),
  'daily-wage-below-minimum': warning(
    'دستمزد روزانه {value} از حداقل سال، {expected}، کمتر است.',
    'The daily wage {value} is below the year’s minimum, {expected}.',
  ),
  'insurable-wage-above-ceiling': warning(
    'جمع مشمول {value} از سقف، {expected}، بیشتر است.',
    'The insurable wage {value} is above the ceiling, {expected}.',
  ),
  'total-pay-below-insurable': warning(
    'جمع کل {value} از جمع مشمول، {expected}، کمتر است.',
    'The total pay {value} is less than the insurable wage, {expected}.',
  ),
  'date-odd': warning(
    'تاریخ {field} تاریخ شمسی نیست: «{value}». تاریخ را به شکل ۸ رقم، سال و ماه و روز، بنویسید.',
    'The date {field} is not a Jalali date: “{value}”. Write eight digits: year, month, day.',
  ),
  'date-odd-form': warning(
    'تاریخ {field}، «{value}»، به شکل ۸ رقم نیست؛ {expected} خوانده شد.',
    'The date {field}, “{value}”, is not eight digits; it was read as {expected}.',
  ),
  'date-short-year': warning(
    'سال تاریخ {field}، «{value}»، دو رقمی است؛ {expected} خوانده شد.',
    'The date {field}, “{value}”, has a year of two digits; it was read as {expected}.',
  ),
  'date-outside-month': warning(
    'تاریخ {field}، {value}، با ماه لیست یا با تاریخ شروع مطابقت ندارد.',
    'The date {field}, {value}, contradicts the month of the list or the start date.',
  ),
  'birth-date-in-future': warning(
    'تاریخ تولد {field}، «{value}»، در آینده است و ثبت نشد.',
    'The birth date {field}, “{value}”, is in the future and was not kept.',
  ),
  'birth-date-unlikely': warning(
    'با تاریخ تولد {field}، «{value}»، شخص در این ماه {expected} ساله می‌شود؛ ثبت نشد.',
    'By the birth date {field}, “{value}”, the person is {expected} years old in this month; it was not kept.',
  ),
  'encoding-unknown': warning(
    'نوع حروف نوشته‌های ستون {field} شناخته نشد و خوانده نشد؛ در نرم‌افزار لیست، خروجی را «ایران سیستم» یا «ویندوز» بگیرید.',
    'The encoding of the text in {field} could not be told, so it was not read; export the list as “Iran System” or “Windows”.',
  ),
  'column-encoding-differs': warning(
    'نوع حروف ستون {field} ({value}) با بقیهٔ فایل ({expected}) یکی نیست.',
    'The column {field} is in another encoding ({value}) than the rest of the file ({expected}).',
  ),
  'text-unreadable': warning(
    'نوشتهٔ ستون {field} خوانا نیست و ثبت نشد: «{value}». نوع حروف خروجی نرم‌افزار را درست کنید.',
    'The text of {field} cannot be read and was not kept: “{value}”. Mend the encoding in the payroll program.',
  ),
  'days-beyond-employment': warning(
    'روزهای کارکرد {value} از روزهای بین شروع و پایان کار در این ماه، {expected}، بیشتر است.',
    'The days, {value}, are more than lie between start and end in this month, {expected}.',
  ),
  'list-number-differs': warning(
    'شمارهٔ لیست ردیف، «{value}»، با شمارهٔ لیست در فایل کارگاه، «{expected}»، یکی نیست.',
    'The list number of the row, “{value}”, differs from that of the workshop file, “{expected}”.',
  ),
  'insurance-number-shared': warning(
    'این شمارهٔ بیمه در همین لیست برای کد ملی دیگری هم آمده است: {value}.',
    'This insurance number is in the list with another national code too: {value}.',
  ),
  'employer-premium-missing': warning(
    'حق بیمهٔ سهم کارفرما ({field}) صفر است، ولی لیست جمع مشمول دارد.',
    'The employer’s premium ({field}) is 0, though the list has insurable wages.',
  ),
  'list-kind-unusual': warning(
    'نوع لیست (DSK_KIND) «{value}» است؛ لیست معمول ماه ۰ است. اگر لیست ماه است، نوع آن را در نرم‌افزار ۰ کنید.',
    'The kind of the list (DSK_KIND) is “{value}”; a month’s usual list has 0. If this is one, set it to 0 in the payroll program.',
  ),
  'also-in-another-list': warning(
    'این شخص در لیست دیگر همین ماهِ کارگاه (شماره/ردیف پیمان {value}) هم آمده است و روزهای هر دو شمرده می‌شود. اگر یکی تکراری است، آن را حذف کنید.',
    'This person is on another list of the workshop’s month too (number/contract row {value}), and the days of both count. If one of them is a repetition, withdraw it.',
  ),
  'days-beyond-month': warning(
    'روزهای این شخص در لیست‌های این ماهِ کارگاه روی هم {value} روز است و ماه {expected} روز دارد.',
    'This person’s days over the workshop’s lists of the month are {value}; the month has {expected}.',
  ),
  'daily-wage-jumps': warning(
    'دستمزد روزانه {value} است و ماه پیش {expected} بود. صفرها و واحد پول (ریال) را بررسی کنید.',
    'The daily wage is {value}; in the month before it was {expected}. Look at the zeros and at the unit, which is the rial.',
  ),
  'person-missing': warning(
    'این شخص در لیست ماه پیش ({value}) بود، تاریخ پایان کار ندارد و در لیست این ماه نیست. اگر رفته است، تاریخ پایان کار او را در لیست ماه پیش بنویسید.',
    'This person was on the list of the month before ({value}) without an end date, and is not on this one. If they have left, put the end date into that list.',
  ),
  'leading-blanks': warning(
    'مقدار {field} با جای خالی شروع می‌شود: «{value}».',
    'The value of {field} begins with blanks: “{value}”.',
  ),
} as const satisfies Record<string, Rule>;

export type FindingCode = keyof typeof findingRules;
