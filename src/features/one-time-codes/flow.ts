import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { defineProblems } from '../../kernel/problem.ts';
import type { RequestedWork } from '../proof-of-work/index.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';

/** Id and digest of the flow token: what opens a registration or recovery. The id alone opens nothing. */
export type FlowKey = Readonly<{ id: string; tokenDigest: Buffer }>;

/** Life times and limits that registrations and recoveries share (OWASP ASVS 5.0 §6.6, NIST SP 800-63B-4 §3.1.3.2). */
export const flowTtlSeconds = 30 * 60;
export const codeTtlSeconds = 10 * 60;
/** Setting a password or completing a sign-up, once the proof is given. */
export const permissionTtlSeconds = 10 * 60;
/** Whoever lost the last answer of a flow is told for so long that it was completed. */
export const completedTtlSeconds = 24 * 60 * 60;
/** Guesses at one code. */
export const attemptsPerCode = 5;
/** Messages of one flow. */
export const sendsPerFlow = 5;
/** Pause before the second message; doubles with each further one. */
export const firstResendPauseSeconds = 60;

const dayInSeconds = 24 * 60 * 60;
/** Messages to one number or for one account, over all flows. */
export const sendsPerDay: Quota = { limit: 10, windowSeconds: dayInSeconds };
/** A notice of what happened to an account is worth sending for three days. */
export const noticeUsefulForSeconds = 3 * dayInSeconds;
/** Flows that one client network may start. */
export const flowsPerNetwork: Quota = { limit: 600, windowSeconds: 60 * 60 };
/** What the flows of a network are counted under. */
export const flowsOfNetwork = 'flows-of-network';

/** Seconds from message number `sends` until the next one may be asked for. */
export function resendPauseSeconds(sends: number): number {
  return firstResendPauseSeconds * 2 ** (sends - 1);
}

export const flowProblems = defineProblems({
  /** The same for an unknown id, a wrong or missing token and an ended flow: none of them is told apart. */
  notOpen: {
    code: 'flow-not-open',
    status: 401,
    title: { fa: 'این درخواست دیگر معتبر نیست', en: 'This request is no longer valid' },
    detail: {
      fa: 'زمان این درخواست تمام شده است؛ دوباره شروع کنید.',
      en: 'The time of this request is over; start again.',
    },
  },
  stepNotOpen: {
    code: 'step-not-open',
    status: 409,
    title: { fa: 'این مرحله هنوز باز نیست', en: 'This step is not open now' },
    detail: {
      fa: 'اول باید مرحلهٔ قبل انجام یا تکرار شود.',
      en: 'The step before it has to be taken first, or once more.',
    },
  },
  /** Repeated after its success: whoever lost the answer goes on. */
  stepDone: {
    code: 'step-done',
    status: 409,
    title: { fa: 'این مرحله انجام شده است', en: 'This step has been taken' },
    detail: {
      fa: 'این مرحله پیش‌تر انجام شده است؛ مرحلهٔ بعد را انجام دهید یا، اگر این آخرین مرحله بود، ادامه دهید یا وارد شوید.',
      en: 'This step has been taken before; go on with the next one or, if it was the last, go on or sign in.',
    },
  },
  codeNotAccepted: {
    code: 'code-not-accepted',
    status: 422,
    isFinal: true,
    title: { fa: 'کد پذیرفته نشد', en: 'The code was not accepted' },
    detail: {
      fa: 'کد نادرست است یا زمان آن تمام شده است؛ دوباره وارد کنید یا کد تازه بگیرید.',
      en: 'The code is wrong or has expired; enter it again or ask for a new one.',
    },
    usedUpDetail: {
      fa: 'این کد دیگر پذیرفته نمی‌شود؛ کد تازه بگیرید.',
      en: 'This code is not taken any more; ask for a new one.',
    },
  },
  resendTooEarly: {
    code: 'resend-too-early',
    status: 429,
    title: { fa: 'هنوز زود است', en: 'It is too early to send again' },
    detail: {
      fa: 'پیام پیشین فرستاده شده است؛ {later} دوباره درخواست کنید.',
      en: 'A message is on its way; ask for another one {later}.',
    },
  },
  tooManyMessages: {
    code: 'too-many-messages',
    status: 429,
    title: { fa: 'کدهای زیادی فرستاده شده است', en: 'Too many codes were sent' },
    detail: {
      fa: 'برای این درخواست یا این حساب بیش از این کد فرستاده نمی‌شود؛ آخرین کد را وارد کنید یا {later} دوباره تلاش کنید.',
      en: 'No more codes are sent for this request or account; enter the last one, or try again {later}.',
    },
  },
  tooManyFailedProofs: {
    code: 'too-many-failed-proofs',
    status: 429,
    title: { fa: 'تلاش‌های ناموفق زیاد است', en: 'Too many failed attempts' },
    detail: {
      fa: 'برای این حساب یا شماره کدها یا پاسخ‌های نادرست زیادی وارد شده است؛ {later} دوباره تلاش کنید.',
      en: 'Too many wrong codes or answers were given for this account or number; try again {later}.',
    },
  },
});

/**
 * Counts the start of a flow. Beyond what its network may open each takes a proof of work.
 * @throws {Problem} `proof-of-work-required`
 */
export async function countFlow(
  db: Kysely<Database>,
  quotas: Quotas,
  caller: Pick<Caller, 'network'>,
  work: RequestedWork,
): Promise<void> {
  if (await work.isDone()) return;
  const consumed = await quotas.consume(db, flowsOfNetwork, [caller.network], flowsPerNetwork);
  if (!consumed.allowed) throw await work.required();
}
