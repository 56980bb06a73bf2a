import type { MethodDefinition } from './method.ts';

/** Answers to the security questions that were chosen at sign-up. */
export const questions: MethodDefinition = { kind: 'answers', channel: null, show: () => ({}) };
