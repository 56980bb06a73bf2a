export type { AnsweringPerson, SecurityAnswer } from './answer-rules.ts';
export { decoyQuestions, findSecurityQuestion, questionsPerPerson, securityQuestions } from './catalogue.ts';
export { createSecurityAnswers, type SecurityAnswers } from './security-answers.ts';
export { securityAnswerProblems } from './security-questions.problems.ts';
export { securityQuestionRoutes } from './security-questions.routes.ts';
export { securityAnswersSchema } from './security-questions.schemas.ts';
