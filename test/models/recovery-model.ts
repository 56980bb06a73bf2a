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
  failedProofs,
  firstResendPauseSeconds,
  flowTtlSeconds,
  permissionTtlSeconds,
  sendsPerFlow,
} from '../../src/features/flows/flow.ts';
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
  permissionUntil: number | null;
  /** Until when its steps are told to be done; the password has been set by it. */
  completedUntil: number;
};

type Counter = { used: number; resetsAt: number; blockedUntil: number | null };

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
  failures: Counter | null = null;
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
    if (!this.methods.includes(method) || flow.proved.includes(method)) {
      return refusedAs(409, 'method-not-offered');
    }
    if (method !== 'questions') {
      if (flow.sends >= sendsPerFlow) return refusedAs(429, 'too-many-messages');
      const pause = firstResendPauseSeconds * 2 ** (flow.sends - 1);
      if (flow.sentAt !== null && flow.sentAt + pause > this.now) return refusedAs(429, 'resend-too-early');
      flow.sends += 1;
      flow.sentAt = this.now;
    }
    const lives = flow.challengeExpiresAt !== null && flow.challengeExpiresAt > this.now;
    if (flow.method !== method || !lives || flow.attempts >= attemptsPerCode) {
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
    if (!this.#consumeGuess()) return refusedAs(429, 'too-many-failed-proofs');
    if (!right || flow.isNobodys || flow.attempts > attemptsPerCode || flow.challengeExpiresAt <= this.now) {
      const code = flow.method === 'questions' ? 'answers-not-accepted' : 'code-not-accepted';
      return { status: 422, code, attemptsLeft: Math.max(0, attemptsPerCode - flow.attempts) };
    }
    this.#refundGuess();
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

  /** A flow that nothing was proved in goes on for whoever began it, and leads nowhere. */
  #endFlows(): void {
    for (const flow of this.flows) {
      if (flow.proved.length > 0) flow.open = false;
      else flow.isNobodys = true;
    }
  }

  /** Ten, then one after a pause that doubles from an hour to a day; forgotten after a quiet week. */
  #consumeGuess(): boolean {
    const { limit, windowSeconds } = failedProofs;
    const counter = this.failures;
    if (!counter || counter.resetsAt <= this.now) {
      this.failures = { used: 1, resetsAt: this.now + windowSeconds, blockedUntil: null };
      return true;
    }
    if (counter.blockedUntil !== null && counter.blockedUntil > this.now) return false;
    counter.used += 1;
    counter.blockedUntil = null;
    if (counter.used >= limit) {
      counter.blockedUntil = this.now + Math.min(24, 2 ** (counter.used - limit)) * 3600;
    }
    counter.resetsAt = (counter.blockedUntil ?? this.now) + windowSeconds;
    return true;
  }

  #refundGuess(): void {
    if (!this.failures) return;
    this.failures.used -= 1;
    this.failures.blockedUntil = null;
  }
}
