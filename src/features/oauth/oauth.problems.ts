import { defineProblems } from '../../kernel/problem.ts';

export const oauthProblems = defineProblems({
  /** The same for one that never was, has run out, was decided, was begun in another browser, or whose client is gone. */
  authorizationNotFound: {
    code: 'authorization-not-found',
    status: 404,
    isFinal: true,
    title: { fa: 'این درخواست اجازه پیدا نشد', en: 'There is no such authorization' },
    detail: {
      fa: 'زمان این درخواست تمام شده، به آن پاسخ داده‌اید، یا در مرورگر دیگری شروع شده است؛ در سایت یا اپ آن مؤسسه دوباره شروع کنید.',
      en: 'This request has run out, was answered already, or was begun in another browser; begin again at the institution.',
    },
  },
});
