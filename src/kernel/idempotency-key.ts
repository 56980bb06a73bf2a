import type { Principal } from './caller.ts';
import { defineProblems } from './problem.ts';

/** As short as 128 random bits in base64url: of callers who are not signed in, the key is all that tells them apart. */
export const idempotencyKeyMinCharacters = 22;
export const idempotencyKeyMaxCharacters = 200;
/** What came with a key is remembered for so long. */
export const idempotencyKeySeconds = 24 * 60 * 60;

const pattern = new RegExp(`^[\\x21-\\x7e]{${idempotencyKeyMinCharacters},${idempotencyKeyMaxCharacters}}$`);

/** Whether a text may be the `Idempotency-Key` of somebody who is not signed in: long enough, printable ASCII. */
export function isIdempotencyKey(text: string): boolean {
  return pattern.test(text);
}

/** A request that came with a key. */
export type IdempotentRequest = Readonly<{
  /** Method and address, ids and all. */
  route: string;
  /** Whose key it is: an account, a machine client, a flow; '': whoever has the key. */
  caller: string;
  principal: Principal | null;
  key: string;
  /** Whatever the answer depends on. */
  content: string;
}>;

/** An answer as it was sent. */
export type KeptAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string | number | string[]>>;
  body: string;
}>;

export const idempotencyProblems = defineProblems({
  keyReused: {
    code: 'idempotency-key-reused',
    status: 422,
    title: { fa: 'این کلید پیش‌تر به کار رفته است', en: 'This key has been used before' },
    detail: {
      fa: 'Idempotency-Key پیش‌تر با درخواست دیگری آمده است؛ هر درخواست کلید تصادفی خودش را می‌خواهد. چیزی تغییر نکرد.',
      en: 'The Idempotency-Key came with another request before; each request needs a random key of its own. Nothing has been changed.',
    },
  },
  keyInUse: {
    code: 'idempotency-key-in-use',
    status: 409,
    title: { fa: 'همین درخواست در حال انجام است', en: 'This very request is being served' },
    detail: {
      fa: 'درخواستی با همین Idempotency-Key هنوز پاسخ نگرفته است؛ {later} دوباره بفرستید.',
      en: 'A request with this Idempotency-Key has not been answered yet; send it again {later}.',
    },
  },
  outcomeUnknown: {
    code: 'idempotent-outcome-unknown',
    status: 409,
    title: { fa: 'نتیجهٔ این درخواست معلوم نیست', en: 'What became of this request is not known' },
    detail: {
      fa: 'سامانه در میانهٔ این درخواست از کار افتاد و شاید آن را انجام داده باشد. ببینید که انجام شده است یا نه؛ سپس اگر لازم است با کلید تازه‌ای دوباره بفرستید.',
      en: 'The service failed in the middle of this request, and may have done it. See whether it was done; if not, send it again with a new key.',
    },
  },
  answerUsed: {
    code: 'idempotent-answer-used',
    status: 409,
    title: { fa: 'این درخواست پیش‌تر انجام شده است', en: 'This request has been served before' },
    detail: {
      fa: 'پاسخ این درخواست به کار رفته یا زمان آن تمام شده است و دوباره داده نمی‌شود. برای درخواست تازه کلید تازه‌ای بفرستید.',
      en: 'Its answer has been made use of, or its time is over, so it is not given again. A new request needs a new key.',
    },
  },
});
