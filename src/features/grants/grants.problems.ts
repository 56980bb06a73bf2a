import { defineProblems } from '../../kernel/problem.ts';

export const grantProblems = defineProblems({
  grantNotFound: {
    code: 'grant-not-found',
    status: 404,
    isFinal: true,
    title: { fa: 'این اجازه پیدا نشد', en: 'There is no such grant' },
    detail: {
      fa: 'این اجازه لغو شده، زمان آن تمام شده، یا در این حساب نیست.',
      en: 'The grant was withdrawn, has run out, or is not of this account.',
    },
  },
});
