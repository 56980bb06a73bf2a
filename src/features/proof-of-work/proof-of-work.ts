import { defineProblems, type Problem } from '../../kernel/problem.ts';

/** What work is for: a proof for one route and person is worth nothing elsewhere. */
export type WorkFor = Readonly<{
  route: 'sign-up' | 'recovery' | 'answers' | 'sign-in' | 'printed-code';
  /** Keyed digest of a person, known or not, or the id of a flow. */
  subject: Uint8Array | string;
  /** `Proof-Of-Work` of the request; `null`: none. */
  proof: string | null;
}>;

/** The work that one request may be asked for. */
export type RequestedWork = Readonly<{
  /** Whether it has been done: right, for this, in time, and for the first time. Uses it up. */
  isDone(): Promise<boolean>;
  /** To be thrown: with a new challenge, the same for everybody. */
  required(): Promise<Problem>;
}>;

export type ProofOfWork = (work: WorkFor) => RequestedWork;

/** What is asked of a proof is asked of every unknown device alike: it depends on nobody's account. */
export type Pressure = Readonly<{
  /** A wrong password, code or answer. */
  noteFailure(): void;
  /** Whether the service has so much to do with guesses that unknown devices are to work for theirs. */
  isHigh(): boolean;
}>;

export const proofOfWorkProblems = defineProblems({
  required: {
    code: 'proof-of-work-required',
    status: 428,
    title: { fa: 'یک بررسی کوتاه لازم است', en: 'A short check is needed' },
    detail: {
      fa: 'از شبکهٔ شما درخواست‌های زیادی رسیده است. دستگاه شما باید چند ثانیه محاسبه کند؛ کمی صبر کنید و اگر ادامه نیافت، برنامه را به‌روز کنید.',
      en: 'There have been many requests. Your device has to compute for a few seconds; wait a little, and update the app if it does not go on.',
    },
  },
});
