export { CodeBody, DeviceHeaders, FlowParams } from './flow.schemas.ts';
export {
  attemptsPerCode,
  codeTtlSeconds,
  completedTtlSeconds,
  countFlow,
  countProof,
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
export { getFlowKey, requireFlowToken, untilUsed } from './flow-token.ts';
export { type CodeRow, countGuess, refundGuess, takeResend } from './one-time-codes.repository.ts';
export { resendProblem } from './one-time-codes.ts';
