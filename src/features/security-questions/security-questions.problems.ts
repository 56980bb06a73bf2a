import { defineProblems } from '../../kernel/problem.ts';

export const securityAnswerProblems = defineProblems({
  refused: {
    code: 'security-answers-refused',
    status: 422,
    title: { fa: 'پاسخ‌های امنیتی پذیرفته نشد', en: 'The security answers were refused' },
    detail: {
      fa: 'یک یا چند پرسش یا پاسخ پذیرفته نشد؛ آن را اصلاح کنید و دوباره بفرستید.',
      en: 'One or more questions or answers were not accepted; correct them and send them again.',
    },
  },
});
