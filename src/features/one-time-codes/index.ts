export {
  type CodeRow,
  countGuess,
  type Guess,
  guessCount,
  guessRefund,
  newChallenge,
  openChallenge,
  refundGuess,
} from './challenge.repository.ts';
export {
  codeRefusal,
  judgeCode,
  judgeGuess,
  resendProblem,
  toAttemptsLeft,
  toChallengeView,
} from './challenge.ts';
export { CodeBody, DeviceHeaders, FlowParams } from './flow.schemas.ts';
export {
  attemptsPerCode,
  codeTtlSeconds,
  completedTtlSeconds,
  countFlow,
  type FlowKey,
  firstResendPauseSeconds,
  flowProblems,
  flowsOfNetwork,
  flowsPerNetwork,
  flowTtlSeconds,
  noticeUsefulForSeconds,
  permissionTtlSeconds,
  resendPauseSeconds,
  sendsPerDay,
  sendsPerFlow,
} from './flow.ts';
export { getFlowKey, registerFlow, requireFlowToken, stepProblems, untilUsed } from './flow-token.ts';
