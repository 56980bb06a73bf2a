import { defineProblems } from '../../kernel/problem.ts';

export const contactProblems = defineProblems({
  unchanged: {
    code: 'contact-unchanged',
    status: 422,
    title: { fa: 'نشانی تازه نیست', en: 'The address is not a new one' },
    detail: {
      fa: 'این شماره یا نشانی همین حالا در حساب شما ثبت و تأیید شده است.',
      en: 'This number or address is the account’s already, and proved.',
    },
  },
  /** The same for an unknown id, somebody else’s change and an ended one. */
  changeNotOpen: {
    code: 'contact-change-not-open',
    status: 404,
    title: { fa: 'چنین تغییری باز نیست', en: 'There is no such open change' },
    detail: {
      fa: 'این تغییر پایان یافته، مهلت آن گذشته یا از آنِ شما نیست. از نو آغاز کنید.',
      en: 'The change has ended, its time is over, or it is not yours. Start again.',
    },
  },
  mobileNotYours: {
    code: 'mobile-not-yours',
    status: 422,
    title: { fa: 'این شماره به نام شما نیست', en: 'The mobile is not yours' },
    detail: {
      fa: 'شمارهٔ همراه باید به نام خود شما باشد.',
      en: 'The mobile must be registered in your own name.',
    },
  },
  /** The same for a wrong link, one whose time is over and one that was used. */
  noticeNotAccepted: {
    code: 'notice-not-accepted',
    status: 422,
    title: { fa: 'پیوند پذیرفته نشد', en: 'The link was not accepted' },
    detail: {
      fa: 'پیوند نادرست است، مهلت آن گذشته یا پیش‌تر به کار رفته است. اگر نگرانید به شعبه خبر دهید.',
      en: 'The link is wrong, its time is over, or it has been used. If in doubt, tell a branch office.',
    },
  },
});
