import { defineProblems } from '../../kernel/problem.ts';

export const oauthProblems = defineProblems({
  /** The same for one that never was, has run out, was decided, or whose client is gone. */
  authorizationNotFound: {
    code: 'authorization-not-found',
    status: 404,
    isFinal: true,
    title: { fa: 'این درخواست اجازه پیدا نشد', en: 'There is no such authorization' },
    detail: {
      fa: 'زمان این درخواست تمام شده یا به آن پاسخ داده‌اید؛ در سایت یا اپ آن مؤسسه دوباره شروع کنید.',
      en: 'This request has run out or was answered already; begin again at the institution.',
    },
  },
  /** What the provider cannot even send back to the client. */
  authorizationNotPossible: {
    code: 'authorization-not-possible',
    status: 400,
    isFinal: true,
    title: { fa: 'این درخواست اجازه ممکن نیست', en: 'The authorization is not possible' },
    detail: {
      fa: 'این درخواست درست نیست، زمان آن تمام شده، یا در مرورگر دیگری شروع شده است؛ در سایت یا اپ آن مؤسسه دوباره شروع کنید.',
      en: 'The request is not valid, has run out, or was begun in another browser; begin again at the institution.',
    },
  },
});
