import { defineProblems } from '../../kernel/problem.ts';

export const disputeProblems = defineProblems({
  /** The same for a wrong link, one whose time is over, and one that went to an address not trusted any more. */
  notAccepted: {
    code: 'dispute-not-accepted',
    status: 422,
    title: { fa: 'این لینک دیگر معتبر نیست', en: 'This link does not work any more' },
    detail: {
      fa: 'لینک نادرست است یا زمان آن تمام شده است. اگر نگران حساب خود هستید، گذرواژه را بازیابی کنید یا به شعبه مراجعه کنید.',
      en: 'The link is wrong, or its time is over. If you fear for your account, recover the password, or visit a branch.',
    },
  },
});
