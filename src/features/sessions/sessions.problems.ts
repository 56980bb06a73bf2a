import { defineProblems } from '../../kernel/problem.ts';

export const sessionProblems = defineProblems({
  /** The same for an unknown national code and for a wrong password. */
  credentialsNotAccepted: {
    code: 'credentials-not-accepted',
    status: 401,
    isFinal: true,
    title: { fa: 'کد ملی یا گذرواژه نادرست است', en: 'National code or password is wrong' },
    detail: {
      fa: 'با این کد ملی و گذرواژه نمی‌توان وارد شد.',
      en: 'It is not possible to sign in with this national code and password.',
    },
  },
  /** Told only after the right password. */
  accountLocked: {
    code: 'account-locked',
    status: 403,
    isFinal: true,
    title: { fa: 'حساب قفل است', en: 'The account is locked' },
    detail: {
      fa: 'اعلام شده که یک تغییر در این حساب کار صاحب آن نبوده است؛ برای ورود، گذرواژه را بازیابی کنید یا به شعبه بروید.',
      en: 'A change to this account was reported as not its owner’s. Recover the password to sign in, or visit a branch.',
    },
  },
  /** Told only after the right password. */
  accountDisabled: {
    code: 'account-disabled',
    status: 403,
    isFinal: true,
    title: { fa: 'حساب غیرفعال است', en: 'The account is disabled' },
    detail: {
      fa: 'این حساب غیرفعال شده است؛ به شعبه مراجعه کنید.',
      en: 'This account has been disabled; visit a branch.',
    },
  },
  sessionNotFound: {
    code: 'session-not-found',
    status: 404,
    title: { fa: 'این ورود باز پیدا نشد', en: 'There is no such session' },
    detail: {
      fa: 'زمان این ورود تمام شده یا مربوط به شما نیست.',
      en: 'The session has ended or is not yours.',
    },
  },
  refreshNotAccepted: {
    code: 'refresh-not-accepted',
    status: 401,
    title: { fa: 'زمان این ورود تمام شده است', en: 'The session has ended' },
    detail: { fa: 'دوباره وارد شوید.', en: 'Sign in again.' },
  },
  /** A retry that came late: nothing has ended. */
  refreshSuperseded: {
    code: 'refresh-superseded',
    status: 409,
    title: { fa: 'این ورود پس از آن تمدید شده است', en: 'The session has been refreshed since' },
    detail: {
      fa: 'این درخواست پیش‌تر انجام شد و refresh token تازه‌تری به کار رفته است؛ با تازه‌ترین ادامه دهید. این ورود همچنان باز است.',
      en: 'This request was answered before, and a newer refresh token has been used: go on with the newest. The session goes on.',
    },
  },
});
