import { Type } from 'typebox';
import { toPosition } from '../kernel/cursor.ts';
import { Int32, Nullable } from './fields.ts';

/** How lists page: newest first, `limit` at a time, and an opaque cursor that leads to the next page. */

const maxPageLength = 100;
const defaultPageLength = 20;
const maxCursorCharacters = 100;

export const pageQuery = {
  cursor: Type.Optional(
    Type.String({
      maxLength: maxCursorCharacters,
      description: '`nextCursor` of the page before, as it is.',
    }),
  ),
  limit: Type.Optional(
    Int32({
      minimum: 1,
      maximum: maxPageLength,
      default: defaultPageLength,
      description: 'How many a page holds at most.',
    }),
  ),
};

export const NextCursor = Nullable(Type.String(), {
  description: 'For the page after this one; null on the last.',
});

/** What of a list is asked for. @throws {Problem} `invalid-input`, as `toPosition` */
export function toPage(query: { cursor?: string; limit?: number }, pattern: RegExp) {
  return { before: toPosition(query.cursor, pattern), limit: query.limit ?? defaultPageLength };
}
