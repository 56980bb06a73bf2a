import { defineProblems } from '../../kernel/problem.ts';

export const branchProblems = defineProblems({
  /** Depends on who asks alone, and so tells nothing of others. */
  ownAccount: {
    code: 'own-account',
    status: 403,
    title: { fa: 'حساب خود شماست', en: 'It is your own account' },
    detail: {
      fa: 'برای حساب یا سابقهٔ خودتان همکار دیگری باید این کار را انجام دهد.',
      en: 'For your own account or record another officer has to do this.',
    },
  },
  secondOfficerNeeded: {
    code: 'second-officer-needed',
    status: 409,
    title: { fa: 'تأیید همکار دیگری لازم است', en: 'Another officer is needed' },
    detail: {
      fa: 'این درخواست را خود شما ثبت کرده‌اید؛ همکار دیگری از همین شعبه باید آن را تأیید کند.',
      en: 'You have made this request yourself; another officer of the same branch has to approve it.',
    },
  },
  /** Unknown, of another branch, too old, or approved by somebody else. */
  approvalNotOpen: {
    code: 'approval-not-open',
    status: 409,
    title: { fa: 'این درخواست در انتظار تأیید نیست', en: 'This request does not wait for approval' },
    detail: {
      fa: 'شاید زمان آن تمام شده، تأیید شده یا از شعبهٔ دیگری است. در صورت نیاز درخواست تازه‌ای ثبت کنید.',
      en: 'Its time may be over, it may be approved already or of another branch. Make a new request if needed.',
    },
  },
  /** Told to who has the code and knows whose it is. */
  codeNotOpenYet: {
    code: 'printed-code-not-open-yet',
    status: 409,
    title: { fa: 'هنوز زود است', en: 'It is too early' },
    detail: {
      fa: 'این کد ۲۴ ساعت پس از تأیید شعبه باز می‌شود؛ {later} دوباره وارد کنید.',
      en: 'This code opens 24 hours after it was approved; give it again {later}.',
    },
  },
});
