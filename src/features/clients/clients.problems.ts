import { defineProblems } from '../../kernel/problem.ts';

export const clientProblems = defineProblems({
  tooManyClientRequests: {
    code: 'too-many-client-requests',
    status: 429,
    title: { fa: 'تعداد درخواست‌های این برنامه زیاد است', en: 'Too many requests of this client' },
    detail: {
      fa: 'این برنامه در یک دقیقه بیش از سهم خود درخواست فرستاده است؛ {later} دوباره تلاش کنید.',
      en: 'This client has sent more requests within a minute than it may; try again {later}.',
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
});
