import { defineProblems } from '../../kernel/problem.ts';

export const accountProblems = defineProblems({
  currentPasswordNotAccepted: {
    code: 'current-password-not-accepted',
    status: 422,
    isFinal: true,
    title: { fa: 'گذرواژهٔ کنونی نادرست است', en: 'The current password is wrong' },
    detail: {
      fa: 'گذرواژهٔ کنونی پذیرفته نشد؛ چیزی تغییر نکرد.',
      en: 'The current password was not accepted; nothing has been changed.',
    },
  },
  tooManyWrongPasswords: {
    code: 'too-many-wrong-passwords',
    status: 429,
    title: { fa: 'گذرواژه چند بار نادرست بود', en: 'Too many wrong passwords' },
    detail: {
      fa: 'گذرواژهٔ کنونی چند بار نادرست وارد شده است؛ {later} دوباره تلاش کنید.',
      en: 'A wrong current password was given too often; try again {later}.',
    },
  },
  tooManyExports: {
    code: 'too-many-exports',
    status: 429,
    title: { fa: 'تعداد دریافت‌ها به سقف رسیده است', en: 'Too many exports' },
    detail: {
      fa: 'امروز داده‌های حساب را چند بار گرفته‌اید؛ {later} دوباره تلاش کنید.',
      en: 'The data of the account were exported too often today; try again {later}.',
    },
  },
  /** A stolen session shows masked addresses; it is not to get the whole ones. */
  freshSignInNeeded: {
    code: 'fresh-sign-in-needed',
    status: 403,
    title: { fa: 'ورود دوباره لازم است', en: 'Signing in again is needed' },
    detail: {
      fa: 'برای این کار گذرواژه را دوباره وارد کنید؛ تا پنج دقیقه پس از آن می‌توانید ادامه دهید.',
      en: 'For this give your password again; it counts for five minutes.',
    },
  },
});
