/**
 * Damages employers' lists at random and reads them: `node test/fuzz/list-reader.ts [CASES] [SEED]`, 100,000
 * cases unless told otherwise. Whatever the bytes, the reader ends, throws nothing, says the same however the
 * bytes arrive, and what it accepts is sound. The first case that breaks this ends the run with its number.
 */
import { randomInt } from 'node:crypto';
import { defaultListRules } from '../../src/features/employer-lists/checks.ts';
import type { EmployerListRow } from '../../src/features/employer-lists/employer-list.ts';
import {
  type EmployerListVerdict,
  readEmployerList,
} from '../../src/features/employer-lists/read-employer-list.ts';
import { daysInJalaliMonth } from '../../src/kernel/jalali.ts';
import { parseNationalCode } from '../../src/kernel/national-code.ts';
import { inPieces } from '../support/dbf.ts';
import { type Files, list, toCode, work } from '../support/register.ts';

const typed = process.argv.slice(2);
if (typed.length > 2 || !typed.every((word) => /^\d+$/.test(word))) {
  console.error('Usage: node test/fuzz/list-reader.ts [CASES] [SEED]');
  process.exit(2);
}
const [cases = 100_000, seed = randomInt(2 ** 31)] = typed.map(Number);
const slowMs = 2_000;

/** A small generator that the seed determines (mulberry32). */
function createRandom(state: number): (limit: number) => number {
  let a = state;
  return (limit) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

type Random = ReturnType<typeof createRandom>;
type Damage = (bytes: Buffer, random: Random) => Buffer;

const sizes = [0, 1, 0x20, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff];

const damages: readonly Damage[] = [
  (bytes, random) => {
    bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  // The header: version, counts, lengths, column descriptors.
  (bytes, random) => {
    bytes[random(Math.min(bytes.length, 200))] = random(256);
    return bytes;
  },
  (bytes, random) => {
    const size = sizes[random(sizes.length)] ?? 0;
    const offset = random(12);
    if (bytes.length > offset + 4) bytes.writeUInt32LE(size, offset);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, Buffer.alloc(random(300), random(256))]),
  (bytes, random) => {
    const from = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random(40))]);
  },
  (bytes, random) => {
    const from = random(bytes.length);
    const piece = bytes.subarray(from, from + random(120));
    const to = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
  },
  (bytes, random) => {
    bytes.fill(random(256), random(bytes.length), random(bytes.length));
    return bytes;
  },
  // Digits for digits: damage that only the checks can find.
  (bytes, random) => {
    for (let tries = 0; tries < 50; tries += 1) {
      const at = random(bytes.length);
      const byte = bytes[at] ?? 0;
      if (byte < 0x30 || byte > 0x39) continue;
      bytes[at] = 0x30 + random(10);
      break;
    }
    return bytes;
  },
];

function damaged(bytes: Buffer, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let count = random(4); count > 0 && result.length > 0; count -= 1) {
    result = damages[random(damages.length)]?.(result, random) ?? result;
  }
  return result;
}

const samples: readonly Files[] = [
  list({ rows: [work(toCode(1), 30), work(toCode(2), 12), work(toCode(3), 0)] }),
  list({ year: 1403, month: 12, rows: [work('', 30, 5_000_000, { DSW_ID1: '12345678' })] }),
  list({ rows: Array.from({ length: 40 }, (_, n) => work(toCode(n), 1 + (n % 30))) }),
];

async function read({ workshop, workers }: Files, pieceBytes: number) {
  const rows: EmployerListRow[] = [];
  const files = { workshop: inPieces(workshop, pieceBytes), workers: inPieces(workers, pieceBytes) };
  const verdict = await readEmployerList(files, defaultListRules, (taken) => {
    rows.push(...taken);
  });
  return { verdict, rows };
}

function unsound(verdict: EmployerListVerdict, rows: readonly EmployerListRow[]): string | null {
  if (verdict.errorCount > 0 && verdict.accepted) return 'accepted with errors';
  if (!verdict.accepted) return verdict.errorCount > 0 ? null : 'refused without an error';
  const { month, totals } = verdict.list;
  const sum = (value: (row: EmployerListRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  for (const row of rows) {
    const amounts = [
      row.dailyWage,
      row.monthlyWage,
      row.benefits,
      row.insurableWage,
      row.totalPay,
      row.workerPremium,
    ];
    if (!amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0))
      return `row ${row.row}: an amount`;
    if (!Number.isInteger(row.days) || row.days < 0 || row.days > daysInJalaliMonth(month))
      return `row ${row.row}: days`;
    if (row.nationalCode === null && row.insuranceNumber === null) return `row ${row.row}: nobody`;
    if (row.nationalCode !== null && !parseNationalCode(row.nationalCode))
      return `row ${row.row}: national code`;
  }
  if (rows.length !== verdict.rowCount) return 'number of rows';
  return sum((row) => row.days) === totals.days && sum((row) => row.insurableWage) === totals.insurableWage
    ? null
    : 'totals';
}

async function runCase(number: number): Promise<string | null> {
  const random = createRandom(seed + number);
  const sample = samples[random(samples.length)] as Files;
  const files = { workshop: damaged(sample.workshop, random), workers: damaged(sample.workers, random) };
  const started = performance.now();
  const { verdict, rows } = await read(files, 1 + random(5_000));
  if (performance.now() - started > slowMs) return 'slow';
  if (number % 10 === 0) {
    const again = await read(files, 1 + random(5_000));
    if (JSON.stringify(again.verdict) !== JSON.stringify(verdict)) return 'another verdict for other pieces';
  }
  return unsound(verdict, rows);
}

console.log(`${cases} cases, seed ${seed}`);
for (let number = 0; number < cases; number += 1) {
  const fault = await runCase(number).catch((error: Error) => error.stack ?? error.message);
  if (fault !== null) {
    console.error(`case ${number}, seed ${seed}: ${fault}`);
    process.exitCode = 1;
    break;
  }
}
if (process.exitCode !== 1) console.log(`nothing found in ${cases} cases`);
