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
  workshopNotAllowed: {
    code: 'workshop-not-allowed',
    status: 403,
    title: { fa: 'لیست این کارگاه با شما نیست', en: 'This workshop’s list is not yours to send' },
    detail: {
      fa: 'این دسترسی برای کارگاهی که در لیست آمده نیست.',
      en: 'This access does not cover the workshop that the list names.',
    },
  },
  reportNotReady: {
    code: 'report-not-ready',
    status: 409,
    title: { fa: 'گزارش هنوز آماده نیست', en: 'The report is not ready yet' },
    detail: {
      fa: 'این لیست دریافت شده و در نوبت بررسی است؛ {seconds} ثانیهٔ دیگر دوباره تلاش کنید.',
      en: 'The list is in and waits for its turn; try again in {seconds} seconds.',
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
});
