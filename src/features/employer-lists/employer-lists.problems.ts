import { defineProblems } from '../../kernel/problem.ts';

export const employerListProblems = defineProblems({
  filesMissing: {
    code: 'list-files-missing',
    status: 400,
    title: { fa: 'فایل‌های لیست کامل نیست', en: 'The files of the list are not complete' },
    detail: {
      fa: 'هر دو فایل DSKKAR00.DBF و DSKWOR00.DBF، یا یک فایل zip که همین دو را دارد، لازم است.',
      en: 'Both DSKKAR00.DBF and DSKWOR00.DBF are needed, or one zip file that holds just these two.',
    },
  },
  zipUnreadable: {
    code: 'zip-unreadable',
    status: 400,
    title: { fa: 'فایل zip خوانده نشد', en: 'The zip file could not be read' },
    detail: {
      fa: 'فایل zip خراب، دارای گذرواژه یا بیش از اندازه بزرگ است.',
      en: 'The zip file is damaged, encrypted or too large.',
    },
  },
  reportNotReady: {
    code: 'report-not-ready',
    status: 409,
    title: { fa: 'گزارش هنوز آماده نیست', en: 'The report is not ready yet' },
    detail: {
      fa: 'این لیست دریافت شده و در نوبت بررسی است؛ {later} دوباره تلاش کنید.',
      en: 'The list is in and waits for its turn; try again {later}.',
    },
  },
  notFound: {
    code: 'list-not-found',
    status: 404,
    title: { fa: 'چنین لیستی نیست', en: 'There is no such list' },
    detail: {
      fa: 'با این شناسه لیستی از شما دریافت نشده یا زمان نگهداری گزارش آن تمام شده است.',
      en: 'No list of yours was received under this id, or its report is no longer kept.',
    },
  },
  notAccepted: {
    code: 'list-not-accepted',
    status: 409,
    title: { fa: 'این لیست ثبت نشده است', en: 'This list was not imported' },
    detail: {
      fa: 'این لیست هنوز در صف است یا پذیرفته نشده است؛ چیزی برای ابطال نیست.',
      en: 'The list still waits for its turn, or was refused: there is nothing to withdraw.',
    },
  },
  replaced: {
    code: 'list-replaced',
    status: 409,
    title: { fa: 'لیست دیگری جای این لیست را گرفته است', en: 'A later list has taken its place' },
    detail: {
      fa: 'این لیست دیگر به حساب نمی‌آید. اگر لیست بعدی اشتباه است، همان را ابطال کنید؛ این لیست دوباره به حساب می‌آید.',
      en: 'This list does not count any more. If the later one is the mistake, withdraw that one; this one counts again then.',
    },
  },
  withdrawn: {
    code: 'list-withdrawn',
    status: 409,
    title: { fa: 'این لیست پیش‌تر ابطال شده است', en: 'This list was withdrawn before' },
    detail: {
      fa: 'ابطال این لیست انجام شده است. برای بازگرداندن آن، همان فایل‌ها را دوباره بفرستید.',
      en: 'The withdrawal has been done already. To put the list back, send the same files again.',
    },
  },
  removalsUnconfirmed: {
    code: 'removals-unconfirmed',
    status: 409,
    title: { fa: 'حذف این تعداد نفر تأیید نشده است', en: 'Taking so many people off is not confirmed' },
    detail: {
      fa: 'ابطال این لیست {removed} نفر از {before} نفر آن را از این ماه حذف می‌کند. اگر درست است، با تأیید حذف (confirm=removals) دوباره بفرستید.',
      en: 'Withdrawing this list takes {removed} of its {before} people off the month. If that is meant, send it with confirm=removals.',
    },
  },
});
