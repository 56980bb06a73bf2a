export type { Api, Options } from './calls.ts';
export {
  awaitListReport,
  type ListFiles,
  type ListReport,
  type ListSubmission,
  ListWaitingError,
  type SendListOptions,
  sendList,
  type WaitOptions,
} from './employer-lists.ts';
export type { Flow, StartedFlow } from './flow.ts';
export type { Machine, MachineProof } from './machine.ts';
export type { Fetch, PlatformOptions } from './platform.ts';
export {
  OAuthError,
  type Problem,
  type ProblemCode,
  ProblemError,
  UnexpectedAnswerError,
  unwrap,
} from './problem.ts';
export { type Challenge, solveChallenge } from './proof-of-work.ts';
export type { Repeats } from './repeats.ts';
export { createSavabegh, type Savabegh } from './savabegh.ts';
export type { components, operations, paths } from './schema.ts';
export { type Session, SomebodyElseError, type Tokens } from './session.ts';
export type { SignIn } from './sessions.ts';
export {
  createMemoryStore,
  createTextStore,
  createWebLock,
  type Kept,
  type KeptSession,
  type Lock,
  type TextStorage,
  type TokenStore,
} from './token-store.ts';
