import { commonProblems, Problem } from './problem.ts';

/** Where the next page of a list begins, as text that callers hand back as it is and read nothing from. */
export const toCursor = (position: string | number | null): string | null =>
  position === null ? null : Buffer.from(String(position)).toString('base64url');

/** Positions that are ids of rows. */
export const uuidPosition = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The position that a cursor stands for; `null` without one. @throws {Problem} `invalid-input` where it is none of ours */
export function toPosition(cursor: string | undefined, pattern: RegExp): string | null {
  if (cursor === undefined) return null;
  const position = Buffer.from(cursor, 'base64url').toString();
  if (toCursor(position) === cursor && pattern.test(position)) return position;
  const detail = {
    fa: 'ادامهٔ فهرست از این نشانه پیدا نمی‌شود؛ از صفحهٔ نخست شروع کنید.',
    en: 'This is no cursor of a list; begin with the first page.',
  };
  throw new Problem(commonProblems.invalidInput, {
    errors: [{ pointer: '/query/cursor', code: 'cursor', detail }],
  });
}
