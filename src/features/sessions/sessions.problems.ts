import { defineProblems } from '../../kernel/problem.ts';

export const sessionProblems = defineProblems({
  /** The same for an unknown national code and for a wrong password. */
  credentialsNotAccepted: {
    code: 'credentials-not-accepted',
    status: 401,
    title: { fa: 'کد ملی یا رمز نادرست است', en: 'National code or password is wrong' },
    detail: {
      fa: 'با این کد ملی و رمز نمی‌توان وارد شد.',
      en: 'It is not possible to sign in with this national code and password.',
    },
  },
  /** Told only after the right password. */
  accountDisabled: {
    code: 'account-disabled',
    status: 403,
    title: { fa: 'حساب غیرفعال است', en: 'The account is disabled' },
    detail: {
      fa: 'این حساب غیرفعال شده است؛ به شعبه مراجعه کنید.',
      en: 'This account has been disabled; visit a branch.',
    },
  },
  refreshNotAccepted: {
    code: 'refresh-not-accepted',
    status: 401,
    title: { fa: 'نشست پایان یافته است', en: 'The session has ended' },
    detail: { fa: 'دوباره وارد شوید.', en: 'Sign in again.' },
  },
});
