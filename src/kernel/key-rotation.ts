import { randomBytes } from 'node:crypto';

const keyBytes = 32;

const idOf = (key: string) => key.slice(0, key.indexOf(':'));
const split = (list: string) => list.split(',').map((key) => key.trim());

/** A new key named after the day (`YYYYMMDD`), so that ids sort by age. */
function newKey(keys: readonly string[], day: string): string {
  const ids = new Set(keys.map(idOf));
  let id = `k${day}`;
  for (let again = 2; ids.has(id); again += 1) id = `k${day}-${again}`;
  return `${id}:${randomBytes(keyBytes).toString('base64')}`;
}

/**
 * A list of keys (`id:base64,id:base64`; the first one issues) with a new one behind the first: it verifies and
 * does not issue yet. Once every replica knows it, it can issue without any of them refusing what it issued.
 */
export function prepareKey(list: string, day: string): string {
  const [first = '', ...rest] = split(list);
  return [first, newKey([first, ...rest], day), ...rest].join(',');
}

/** Ours are named after their day; whatever has another name is older. */
function isPrepared(first: string, second: string): boolean {
  const ours = /^k[0-9]{8}/;
  return ours.test(idOf(second)) && (!ours.test(idOf(first)) || idOf(second) > idOf(first));
}

/** The list with its prepared key in front, or with a new one where none is prepared; the first `keep` keys of it. */
export function rotateKeys(list: string, { day, keep }: { day: string; keep: number }): string {
  const [first = '', second, ...rest] = split(list);
  const rotated =
    second !== undefined && isPrepared(first, second)
      ? [second, first, ...rest]
      : [newKey(split(list), day), ...split(list)];
  return rotated.slice(0, keep).join(',');
}
