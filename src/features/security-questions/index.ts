export { type AnsweringPerson, requireDifferentQuestions, type SecurityAnswer } from './answer-rules.ts';
export { findSecurityQuestion, questionsPerPerson, securityQuestions } from './catalogue.ts';
export { createSecurityAnswers, type SecurityAnswers } from './security-answers.ts';
export { securityAnswerProblems } from './security-questions.problems.ts';
export { securityQuestionRoutes } from './security-questions.routes.ts';
export { proofBody, securityAnswersSchema } from './security-questions.schemas.ts';
