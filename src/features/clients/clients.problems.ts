import { defineProblems } from '../../kernel/problem.ts';

export const clientProblems = defineProblems({
  insufficientScope: {
    code: 'insufficient-scope',
    status: 403,
    title: { fa: 'دسترسی کافی نیست', en: 'The scope is not sufficient' },
    detail: {
      fa: 'این برنامه یا کلید آن اجازهٔ این کار را ندارد.',
      en: 'The client, or its token, lacks the scope that this address asks for.',
    },
  },
});
