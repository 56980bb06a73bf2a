import { defineProblems } from '../../kernel/problem.ts';

export const officerProblems = defineProblems({
  notAnOfficer: {
    code: 'not-an-officer',
    status: 403,
    title: { fa: 'این بخش برای کارمندان شعبه است', en: 'This is for officers of a branch' },
    detail: {
      fa: 'حساب شما نقش کارمند شعبه ندارد. اگر باید داشته باشد، به مسئول سامانه بگویید.',
      en: 'Your account does not have the role of an officer. If it should, ask the operator.',
    },
  },
  freshSignInNeeded: {
    code: 'officer-sign-in-needed',
    status: 403,
    title: { fa: 'دوباره وارد شوید', en: 'Sign in again' },
    detail: {
      fa: 'برای کار با حساب دیگران باید در ۵ دقیقهٔ گذشته وارد شده باشید؛ دوباره وارد شوید.',
      en: 'To act for others you must have signed in within the last 5 minutes; sign in again.',
    },
  },
  roleAsleep: {
    code: 'officer-role-asleep',
    status: 403,
    title: { fa: 'نقش شما موقتاً غیرفعال است', en: 'Your role is paused' },
    detail: {
      fa: 'تا ۷۲ ساعت پس از بازیابی یا تغییری در حساب خود نمی‌توانید برای دیگران کاری انجام دهید.',
      en: 'For 72 hours after a recovery or a change of your own account you cannot act for others.',
    },
  },
  otherNetworkNeeded: {
    code: 'branch-network-needed',
    status: 403,
    title: { fa: 'فقط از شبکهٔ شعبه', en: 'From the network of a branch only' },
    detail: {
      fa: 'این کار فقط از شبکهٔ شعبه ممکن است؛ از رایانهٔ شعبه دوباره تلاش کنید.',
      en: 'This is possible from the network of a branch only; try again from a computer there.',
    },
  },
  tooManyAtDesk: {
    code: 'too-many-at-desk',
    status: 429,
    title: { fa: 'سهم امروز شما تمام شده است', en: 'Your share of today is used up' },
    detail: {
      fa: 'امروز به تعداد مجاز برای دیگران جستجو یا کاری انجام داده‌اید؛ همکار دیگری می‌تواند کمک کند، یا {later} دوباره تلاش کنید.',
      en: 'You have looked up or helped as many people as one officer may in a day; another officer can help, or try again {later}.',
    },
  },
});
