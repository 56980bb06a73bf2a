import { randomBytes } from 'node:crypto';

const keyBytes = 32;

const idOf = (key: string) => key.slice(0, key.indexOf(':'));
const split = (list: string) => list.split(',').map((key) => key.trim());

/** Ours, made since ids tell the second. */
const timed = /^k(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)$/;
const idAt = (at: Date) => `k${at.toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}`;

/** A second after every key there is, so that ids sort by age and none, however quickly they follow, comes twice. */
function newId(keys: readonly string[], now: Date): string {
  const newest =
    keys
      .map(idOf)
      .filter((id) => timed.test(id))
      .sort()
      .at(-1) ?? '';
  if (idAt(now) > newest) return idAt(now);
  const [, year, month, day, hour, minute, second] = timed.exec(newest)?.map(Number) ?? [];
  return idAt(new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, (second ?? 0) + 1)));
}

/** A new key named after the instant, `kYYYYMMDDtHHMMSS`: as many characters as an id may have. */
const newKey = (keys: readonly string[], now: Date): string =>
  `${newId(keys, now)}:${randomBytes(keyBytes).toString('base64')}`;

/**
 * A list of keys (`id:base64,id:base64`; the first one issues) with a new one behind the first: it verifies and
 * does not issue yet. Once every replica knows it, it can issue without any of them refusing what it issued.
 */
export function prepareKey(list: string, now: Date): string {
  const [first = '', ...rest] = split(list);
  return [first, newKey([first, ...rest], now), ...rest].join(',');
}

/** Ours are named after their instant; whatever has another name is older. */
function isPrepared(first: string, second: string): boolean {
  const ours = /^k[0-9]{8}/;
  return ours.test(idOf(second)) && (!ours.test(idOf(first)) || idOf(second) > idOf(first));
}

/** Whether a prepared key waits to be rotated to. */
export function hasPreparedKey(list: string): boolean {
  const [first = '', second] = split(list);
  return second !== undefined && isPrepared(first, second);
}

/** The list with its prepared key in front, or with a new one where none is prepared; the first `keep` keys of it. */
export function rotateKeys(list: string, { now, keep }: { now: Date; keep: number }): string {
  const [first = '', second = '', ...rest] = split(list);
  const rotated = hasPreparedKey(list)
    ? [second, first, ...rest]
    : [newKey(split(list), now), ...split(list)];
  return rotated.slice(0, keep).join(',');
}
