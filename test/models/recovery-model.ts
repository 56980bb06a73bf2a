import {
  type AddressKind,
  addressKinds,
  disputeSeconds,
  type Kind,
} from '../../src/features/accounts/index.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  completedTtlSeconds,
  firstResendPauseSeconds,
  flowTtlSeconds,
  permissionTtlSeconds,
  sendsPerFlow,
} from '../../src/features/one-time-codes/index.ts';
import type { Method } from '../support/recovery.ts';

/** What a client is to see of an answer. */
export type Expected = Readonly<{
  status: number;
  code?: string;
  next?: string;
  attemptsLeft?: number;
  methods?: readonly Method[];
}>;

export type ModelFlow = {
  open: boolean;
  /** What was begun for the account, and stands for nobody now. */
  isNobodys: boolean;
  expiresAt: number;
  method: Method | null;
  challengeExpiresAt: number | null;
  attempts: number;
  sends: number;
  sentAt: number | null;
  proved: Method[];
  /** Answers first, without a word on them, then a code that decides both. */
  inTwoSteps: boolean;
  permissionUntil: number | null;
  /** Until when its steps are told to be done; the password has been set by it. */
  completedUntil: number;
};

/** When each use was that may still count. */
export type Counter = number[];
type Window = Readonly<{ limit: number; seconds: number }>;

const day = 24 * 3600;
/** What one network, which all of this comes from, may fail at for one person; and what may follow a first proof. */
const limits: Readonly<Record<'network' | 'answers' | 'secondSteps' | 'laterAnswers', readonly Window[]>> = {
  network: [
    { limit: 5, seconds: day },
    { limit: 10, seconds: 30 * day },
  ],
  answers: [{ limit: 3, seconds: 30 * day }],
  secondSteps: [{ limit: 5, seconds: day }],
  laterAnswers: [
    { limit: 10, seconds: day },
    { limit: 30, seconds: 30 * day },
  ],
};

const kindOf: Readonly<Record<Method, Kind>> = { sms: 'mobile', email: 'email', questions: 'answers' };
const refusedAs = (status: number, code: string): Expected => ({ status, code });
const notOpen = refusedAs(401, 'flow-not-open');
const stepNotOpen = refusedAs(409, 'step-not-open');
const stepDone = refusedAs(409, 'step-done');

/**
 * The recoveries of one account as the specification has them, written without looking at SQL: one thing after
 * the other, a clock of its own, in seconds.
 */
export class RecoveryModel {
  now = 0;
  flows: ModelFlow[] = [];
  /** What can be disputed: what a recovery rested on, and which addresses were told with the link. */
  recoveries: { kinds: Kind[]; told: AddressKind[]; at: number; isDisputed: boolean }[] = [];
  barred: Kind[] = [];
  /** Kinds that the next recovery needs. */
  needed = 1;
  locked = false;
  password: string;
  /** Failed proofs of whatever kind, and answers alone. */
  failures: { network: Counter; answers: Counter } = { network: [], answers: [] };
  signInFailures: Counter = [];
  /** Answers after a code. */
  laterAnswers: Counter = [];
  /** Codes after a first proof: after a right one, and after one that was not. */
  secondSteps: { right: Counter; wrong: Counter } = { right: [], wrong: [] };
  readonly methods: readonly Method[];

  constructor(methods: readonly Method[], password: string) {
    this.methods = methods;
    this.password = password;
  }

  start(): Expected {
    this.flows.push({
      open: true,
      isNobodys: false,
      expiresAt: this.now + flowTtlSeconds,
      method: null,
      challengeExpiresAt: null,
      attempts: 0,
      sends: 0,
      sentAt: null,
      proved: [],
      inTwoSteps: false,
      permissionUntil: null,
      completedUntil: 0,
    });
    return { status: 201 };
  }

  #isOpen(flow: ModelFlow): boolean {
    return flow.open && flow.expiresAt > this.now;
  }

  #over(flow: ModelFlow): Expected {
    return flow.completedUntil > this.now ? stepDone : notOpen;
  }

  challenge(flow: ModelFlow, method: Method): Expected {
    if (!this.#isOpen(flow)) return this.#over(flow);
    if (flow.permissionUntil !== null) return stepDone;
    const isCode = method !== 'questions';
    const comesLater = flow.inTwoSteps && flow.proved.length === 0 && isCode;
    if (!this.methods.includes(method) || flow.proved.includes(method) || comesLater) {
      return refusedAs(409, 'method-not-offered');
    }
    const lives = flow.challengeExpiresAt !== null && flow.challengeExpiresAt > this.now;
    const isNew = flow.method !== method || !lives || flow.attempts >= attemptsPerCode;
    if (isCode) {
      if (flow.sends >= sendsPerFlow) return refusedAs(429, 'too-many-messages');
      const pause = firstResendPauseSeconds * 2 ** (flow.sends - 1);
      if (flow.sentAt !== null && flow.sentAt + pause > this.now) return refusedAs(429, 'resend-too-early');
      if (flow.proved.length > 0 && !this.#takeSecondStep(flow, isNew)) {
        return refusedAs(429, 'too-many-messages');
      }
      flow.sends += 1;
      flow.sentAt = this.now;
    }
    if (isNew) {
      flow.attempts = 0;
      flow.challengeExpiresAt = this.now + codeTtlSeconds;
    }
    flow.method = method;
    return { status: 200, attemptsLeft: attemptsPerCode - flow.attempts };
  }

  verify(flow: ModelFlow, right: boolean): Expected {
    if (!this.#isOpen(flow)) return this.#over(flow);
    if (flow.permissionUntil !== null || flow.challengeExpiresAt === null || flow.method === null) {
      return flow.proved.length > 0 ? stepDone : stepNotOpen;
    }
    flow.attempts = Math.min(flow.attempts + 1, attemptsPerCode + 1);
    const isFirst = flow.proved.length === 0;
    const refusal = this.#refusalOfAnswers(flow);
    if (refusal) return refusal;
    const isTold = !isFirst || (!flow.inTwoSteps && this.#consumeGuess(flow.method));
    const isRight =
      right && !flow.isNobodys && flow.attempts <= attemptsPerCode && flow.challengeExpiresAt > this.now;
    if (!isTold) {
      flow.inTwoSteps = true;
      if (flow.method !== 'questions') {
        return { status: 200, next: 'prove-another-method', methods: ['questions'] };
      }
      flow.challengeExpiresAt = null;
      flow.sends = 0;
      flow.sentAt = null;
      flow.proved.push('questions');
      flow.isNobodys ||= !isRight;
      return { status: 200, next: 'prove-another-method', methods: ['sms', 'email'] };
    }
    if (!isRight) {
      const code = flow.method === 'questions' ? 'answers-not-accepted' : 'code-not-accepted';
      return { status: 422, code, attemptsLeft: Math.max(0, attemptsPerCode - flow.attempts) };
    }
    if (isFirst) this.#refundGuess(flow.method);
    else if (flow.method === 'questions') this.laterAnswers.pop();
    flow.proved.push(flow.method);
    flow.challengeExpiresAt = null;
    const counted = flow.proved.map((method) => kindOf[method]).filter((kind) => !this.barred.includes(kind));
    if (counted.length < this.needed) {
      const methods = this.methods.filter((method) => !flow.proved.includes(method));
      return methods.length > 0
        ? { status: 200, next: 'prove-another-method', methods }
        : { status: 200, next: 'visit-branch' };
    }
    flow.permissionUntil = this.now + permissionTtlSeconds;
    flow.expiresAt = flow.permissionUntil;
    return { status: 200, next: 'set-password' };
  }

  /** Answers that are too late, or too many after a code: neither is a guess. */
  #refusalOfAnswers(flow: ModelFlow): Expected | null {
    if (flow.method !== 'questions') return null;
    const attemptsLeft = Math.max(0, attemptsPerCode - flow.attempts + 1);
    const isLater = flow.proved.length > 0;
    const isTooMany = isLater && !this.#consume(this.laterAnswers, limits.laterAnswers);
    const isLate = (flow.challengeExpiresAt ?? 0) <= this.now;
    if (!isTooMany && !isLate) return null;
    if (isLater && !isTooMany) this.laterAnswers.pop();
    if (flow.attempts <= attemptsPerCode) flow.attempts -= 1;
    return isTooMany
      ? refusedAs(429, 'too-many-failed-proofs')
      : { status: 422, code: 'answers-not-accepted', attemptsLeft };
  }

  /** How many guesses at once are told whether they are right, at the least. */
  guessesLeft(flow: ModelFlow): number {
    if (flow.inTwoSteps && flow.proved.length === 0) return 0;
    const left = (counter: Counter, windows: readonly Window[]) =>
      Math.min(
        ...windows.map(
          ({ limit, seconds }) => limit - counter.filter((at) => at + seconds > this.now).length,
        ),
      );
    if (flow.proved.length > 0)
      return flow.method === 'questions' ? left(this.laterAnswers, limits.laterAnswers) : attemptsPerCode;
    const ofNetwork = left(this.failures.network, limits.network);
    if (flow.method !== 'questions') return ofNetwork;
    return Math.min(ofNetwork, left(this.failures.answers, limits.answers));
  }

  setPassword(flow: ModelFlow, password: string, acceptable: boolean): Expected {
    if (!this.#isOpen(flow)) return this.#over(flow);
    if (flow.permissionUntil === null) return stepNotOpen;
    if (!acceptable) return refusedAs(422, 'password-refused');
    this.password = password;
    this.locked = false;
    this.needed = 1;
    const kinds = flow.proved.map((method) => kindOf[method]);
    const told = addressKinds.filter((kind) => !kinds.includes(kind) && !this.barred.includes(kind));
    this.recoveries.push({ kinds, told, at: this.now, isDisputed: false });
    this.#endFlows();
    flow.open = false;
    flow.completedUntil = this.now + completedTtlSeconds;
    return { status: 200 };
  }

  /** With the right password; of a locked account that is a failure all the same. */
  signIn(): Expected {
    if (!this.#consume(this.signInFailures, limits.network)) return { status: 202, next: 'code' };
    if (this.locked) return refusedAs(403, 'account-locked');
    this.signInFailures.pop();
    return { status: 201 };
  }

  /** "It was not me", from an address that was told and is trusted still. */
  dispute(index: number, from: AddressKind): Expected {
    const recovery = this.recoveries[index];
    const isTold = recovery?.told.includes(from) && !this.barred.includes(from);
    if (!recovery || !isTold || recovery.at + disputeSeconds <= this.now) {
      return refusedAs(422, 'dispute-not-accepted');
    }
    if (recovery.isDisputed) return { status: 204 };
    recovery.isDisputed = true;
    this.locked = true;
    if (recovery.kinds.some((kind) => kind !== 'answers')) this.needed = 2;
    this.barred = [...new Set([...this.barred, ...recovery.kinds])];
    this.#endFlows();
    return { status: 204 };
  }

  /** A flow that nothing was proved in, or nothing with a word on it, goes on for whoever began it, and leads nowhere. */
  #endFlows(): void {
    for (const flow of this.flows) {
      const isSilent = flow.proved.length === 0 || (flow.inTwoSteps && flow.proved.length === 1);
      if (isSilent) flow.isNobodys = true;
      else flow.open = false;
    }
  }

  #consume(counter: Counter, windows: readonly Window[]): boolean {
    const isUsedUp = windows.some(
      ({ limit, seconds }) => counter.filter((at) => at + seconds > this.now).length >= limit,
    );
    if (!isUsedUp) counter.push(this.now);
    return !isUsedUp;
  }

  /** In two steps nobody is told that no code leaves, and a new one that does not is right for nobody. */
  #takeSecondStep(flow: ModelFlow, isNew: boolean): boolean {
    const counter = this.secondSteps[flow.isNobodys ? 'wrong' : 'right'];
    if (this.#consume(counter, limits.secondSteps)) return true;
    if (flow.inTwoSteps && isNew) flow.isNobodys = true;
    return flow.inTwoSteps;
  }

  /** All counters or none. */
  #consumeGuess(method: Method): boolean {
    const { network, answers } = this.failures;
    if (!this.#consume(network, limits.network)) return false;
    if (method !== 'questions' || this.#consume(answers, limits.answers)) return true;
    network.pop();
    return false;
  }

  #refundGuess(method: Method): void {
    this.failures.network.pop();
    if (method === 'questions') this.failures.answers.pop();
  }
}
