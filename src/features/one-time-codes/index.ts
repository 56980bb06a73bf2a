export { type CodeRow, countGuess, refundGuess, takeResend } from './one-time-codes.repository.ts';
export { resendProblem } from './one-time-codes.ts';
