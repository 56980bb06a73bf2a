import { defineProblems, type Problem } from '../../kernel/problem.ts';

/** What work is for: a proof for one route and person is worth nothing elsewhere. */
export type WorkFor = Readonly<{
  route: 'sign-up' | 'recovery' | 'recovery-proof' | 'sign-in' | 'printed-code';
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

/** What the service as a whole is under. It depends on nobody's account, so every unknown device is treated alike. */
export type Pressure = Readonly<{
  /**
   * A guess that took a hash. Where nobody is to be told whether it was right, a right one is noted too, by the same
   * statements, and counts nowhere.
   */
  noteGuess(guess: Readonly<{ at: 'password' | 'answers'; isRight: boolean }>): Promise<void>;
  /** Whether there is so much to do with guesses that unknown devices are to work for theirs. */
  isHigh(): Promise<boolean>;
  /** Whether so many answers fail that those of unknown devices prove nothing alone. */
  areAnswersGuessed(): Promise<boolean>;
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
