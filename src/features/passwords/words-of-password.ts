import { foldPassword } from './folded-password.ts';

export type Stretch = Readonly<{ start: number; end: number }>;

/** Runs of letters; a capital after a small letter begins another: `AliReza85` has two. */
export function wordPlaces(password: string): Stretch[] {
  return Array.from(password.matchAll(/\p{Lu}*[\p{Ll}\p{Lo}\p{M}]+|\p{Lu}+/gu), ({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
}

/** Folded. */
export function wordsOfPassword(password: string): string[] {
  const folded = foldPassword(password);
  return wordPlaces(password).map(({ start, end }) => folded.slice(start, end));
}
