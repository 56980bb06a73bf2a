import { defineProblems } from '../../kernel/problem.ts';

export const accountProblems = defineProblems({
  currentPasswordNotAccepted: {
    code: 'current-password-not-accepted',
    status: 422,
    title: { fa: 'رمز کنونی نادرست است', en: 'The current password is wrong' },
    detail: {
      fa: 'رمز کنونی پذیرفته نشد؛ رمز تازه گذاشته نشد.',
      en: 'The current password was not accepted; the password has not been changed.',
    },
  },
});
