import { defineProblems } from '../../kernel/problem.ts';

export const recoveryProblems = defineProblems({
  methodNotOffered: {
    code: 'method-not-offered',
    status: 409,
    title: { fa: 'این روش در دسترس نیست', en: 'This method is not offered' },
    detail: {
      fa: 'این روند این روش را ندارد یا پیش‌تر با آن تأیید شده است؛ یکی از روش‌های پیشنهادشده را برگزینید.',
      en: 'This flow does not offer the method, or has it proved already; choose one of those offered.',
    },
  },
  /** Which answer is wrong is never told. */
  answersNotAccepted: {
    code: 'answers-not-accepted',
    status: 422,
    title: { fa: 'پاسخ‌ها پذیرفته نشد', en: 'The answers were not accepted' },
    detail: {
      fa: 'دست‌کم یکی از پاسخ‌ها نادرست است یا مهلت پاسخ‌گویی گذشته است.',
      en: 'At least one of the answers is wrong, or the time to answer is over.',
    },
  },
  /** The same for a wrong, a used and an expired one. */
  cancellationNotAccepted: {
    code: 'cancellation-not-accepted',
    status: 422,
    title: { fa: 'این پیوند دیگر کار نمی‌کند', en: 'This link does not work any more' },
    detail: {
      fa: 'پیوند نادرست است، پیش‌تر به کار رفته یا مهلت آن گذشته است. اگر نگران حساب خود هستید، آن را بازیابی کنید.',
      en: 'The link is wrong, has been used, or its time is over. If you fear for your account, recover it.',
    },
  },
});
