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
});
