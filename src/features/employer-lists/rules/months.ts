import { error, warning } from './rule.ts';

/** What a list says beside others: those of its month, that of the month before, the one that it corrects. */
export const monthRules = {
  'removals-unconfirmed': error({
    title: { fa: 'حذف بیشتر افراد لیست', en: 'Most people taken off' },
    said: {
      fa: 'این لیست {value} نفر از {expected} نفرِ لیست پیشین را حذف می‌کند.',
      en: 'This list takes {value} of the {expected} people of the earlier one off.',
    },
    advice: {
      fa: 'اگر درست است، آن را با تأیید حذف (confirm=removals) بفرستید؛ اگر لیست دیگری است، شماره یا ردیف پیمان آن را عوض کنید.',
      en: 'If that is meant, send it with confirm=removals; if it is another list, give it another number or contract row.',
    },
  }),
  'also-in-another-list': warning({
    title: { fa: 'در دو لیست همین ماه', en: 'On two lists of the month' },
    said: {
      fa: 'این شخص در لیست دیگر همین ماهِ کارگاه (شماره/ردیف پیمان {written}) هم هست و روزهای هر دو شمرده می‌شود.',
      en: 'This person is on another list of the workshop’s month too (number/contract row {written}), and the days of both count.',
    },
    advice: {
      fa: 'اگر یکی از دو لیست تکراری است، آن را حذف کنید.',
      en: 'If one of the two is a repetition, withdraw it.',
    },
  }),
  'days-beyond-month': warning({
    title: { fa: 'روزهای چند لیست بیش از ماه', en: 'More days over lists than the month has' },
    said: {
      fa: '{column} این شخص در لیست‌های این ماهِ کارگاه روی هم {value} است و ماه {expected} دارد.',
      en: 'The {column} over the workshop’s lists of the month are {value}; the month has {expected}.',
    },
    advice: {
      fa: 'روزهای کارکرد را در یکی از لیست‌ها اصلاح کنید.',
      en: 'Correct the days in one of the lists.',
    },
  }),
  'daily-wage-jumps': warning({
    title: { fa: 'تغییر زیاد دستمزد', en: 'A wage that jumps' },
    said: {
      fa: '{column} {value} است و ماه پیش {expected} بود.',
      en: 'The {column} is {value}; in the month before it was {expected}.',
    },
    advice: {
      fa: 'تعداد صفرها و واحد پول (ریال) را بررسی کنید؛ اگر درست است، کاری لازم نیست.',
      en: 'Check the zeros and the unit, which is the rial; nothing is to be done if it is right.',
    },
  }),
  'person-missing': warning({
    title: { fa: 'شخص ماه پیش در لیست نیست', en: 'Somebody of last month is missing' },
    said: {
      fa: 'این شخص در لیست {value} بود، تاریخ ترک کار ندارد و در لیست این ماه نیست.',
      en: 'This person was on the list of {value} without an end date, and is not on this one.',
    },
    advice: {
      fa: 'اگر کار را ترک کرده است، تاریخ ترک کار او را در لیست آن ماه بنویسید؛ اگر نه، او را به این لیست اضافه کنید.',
      en: 'If they have left, put the end date into that list; if not, add them to this one.',
    },
  }),
};
