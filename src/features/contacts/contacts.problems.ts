import { commonProblems, defineProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { flowProblems } from '../one-time-codes/index.ts';

export const contactProblems = defineProblems({
  /** The same for an unknown id, somebody else’s change and an ended one. */
  changeNotOpen: {
    code: 'contact-change-not-open',
    status: 404,
    title: { fa: 'چنین تغییری پیدا نشد', en: 'There is no such change' },
    detail: {
      fa: 'این تغییر انجام شده، زمان آن تمام شده یا مربوط به شما نیست؛ دوباره شروع کنید.',
      en: 'The change has ended, its time is over, or it is not yours. Start again.',
    },
  },
  mobileNotYours: {
    code: 'mobile-not-yours',
    status: 422,
    isFinal: true,
    title: { fa: 'این شماره به نام شما نیست', en: 'The mobile is not yours' },
    detail: {
      fa: 'شمارهٔ همراه باید به نام خود شما باشد.',
      en: 'The mobile must be registered in your own name.',
    },
  },
  noEmail: {
    code: 'no-email-address',
    status: 409,
    title: { fa: 'ایمیلی ثبت نشده است', en: 'There is no e-mail address' },
    detail: { fa: 'حساب شما ایمیل ندارد.', en: 'Your account has no e-mail address.' },
  },
  tooManyChanges: {
    code: 'too-many-changes',
    status: 429,
    title: { fa: 'تعداد تغییرها بیش از حد مجاز است', en: 'Too many changes' },
    detail: {
      fa: 'امروز این مورد را سه بار تغییر داده‌اید؛ {later} دوباره تلاش کنید.',
      en: 'You have changed this three times today; try again {later}.',
    },
  },
  /** No trusted address is left that could be told of the change. */
  answersNeeded: {
    code: 'current-answers-needed',
    status: 422,
    title: { fa: 'پاسخ پرسش‌های امنیتی لازم است', en: 'The security answers are needed' },
    detail: {
      fa: 'حساب شما نشانی قابل اعتمادی ندارد که از این تغییر باخبر شود. پاسخ درست پرسش‌های امنیتی کنونی را هم بفرستید یا به شعبه مراجعه کنید.',
      en: 'No trusted address of your account could be told of this change. Give the right answers to your current security questions as well, or visit a branch.',
    },
  },
  /** What is to be barred, or what is to prove it, cannot be. */
  barNotPossible: {
    code: 'bar-not-possible',
    status: 409,
    title: { fa: 'این راه را نمی‌توان مسدود کرد', en: 'This cannot be barred' },
    detail: {
      fa: 'این راه پیش‌تر مسدود شده یا وجود ندارد، یا راهی که با آن تأیید می‌کنید مسدود است یا در ۷۲ ساعت گذشته با آن بازیابی شده است. راه دیگری انتخاب کنید یا به شعبه مراجعه کنید.',
      en: 'It is barred already or does not exist, or what you prove it by is barred or has been used for a recovery within 72 hours. Choose another proof, or visit a branch.',
    },
  },
});

/** What a change of what is trusted, of whichever kind, is refused with. */
export const changeProblems = [
  commonProblems.notAuthenticated,
  accountProblems.currentPasswordNotAccepted,
  accountProblems.tooManyWrongPasswords,
  contactProblems.answersNeeded,
  flowProblems.tooManyFailedProofs,
  contactProblems.tooManyChanges,
] as const;
