import type { MethodDefinition } from './method.ts';

/** Answers to the security questions that were chosen at sign-up. */
export const questions: MethodDefinition = {
  name: { fa: 'پرسش‌های امنیتی', en: 'security questions' },
  kind: 'answers',
  channel: null,
  show: () => ({}),
};
