import { defineProblems } from '../../kernel/problem.ts';

export const recoveryProblems = defineProblems({
  methodNotOffered: {
    code: 'method-not-offered',
    status: 409,
    title: { fa: 'این روش در دسترس نیست', en: 'This method is not offered' },
    detail: {
      fa: 'این روش در دسترس نیست یا پیش‌تر با آن تأیید شده است؛ یکی از روش‌های پیشنهادشده را انتخاب کنید.',
      en: 'This flow does not offer the method, or has it proved already; choose one of those offered.',
    },
  },
  /** Which answer is wrong is never told. */
  answersNotAccepted: {
    code: 'answers-not-accepted',
    status: 422,
    isFinal: true,
    title: { fa: 'پاسخ‌ها پذیرفته نشد', en: 'The answers were not accepted' },
    detail: {
      fa: 'دست‌کم یکی از پاسخ‌ها نادرست است یا زمان پاسخ‌گویی تمام شده است.',
      en: 'At least one of the answers is wrong, or the time to answer is over.',
    },
    usedUpDetail: {
      fa: 'پاسخ‌ها پذیرفته نشد و در این مرحله دیگر نمی‌توان پاسخ داد؛ روش دیگری انتخاب کنید یا بازیابی را دوباره شروع کنید.',
      en: 'The answers were not accepted, and no more are taken here; choose another method or start the recovery again.',
    },
  },
});
