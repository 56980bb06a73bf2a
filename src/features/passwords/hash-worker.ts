import { performance } from 'node:perf_hooks';
import { compareSync, hashSync } from 'bcrypt';

/** Work for one thread: to hash one input, or to compare inputs with bcrypt strings one after the other. */
export type HashJob =
  | Readonly<{ kind: 'hash'; input: string; cost: number }>
  | Readonly<{ kind: 'compare'; pairs: readonly (readonly [input: string, bcryptString: string])[] }>;

export type HashResult<Job extends HashJob> = Job extends { kind: 'hash' } ? string : boolean[];

function compute(job: HashJob): string | boolean[] {
  if (job.kind === 'hash') return hashSync(job.input, job.cost);
  return job.pairs.map(([input, bcryptString]) => compareSync(input, bcryptString));
}

/** Synchronous on purpose: this runs in a thread of its own, see hash-pool.ts. `seconds` is its own time, without the wait. */
export default function runHashJob(job: HashJob): { result: string | boolean[]; seconds: number } {
  const start = performance.now();
  const result = compute(job);
  return { result, seconds: (performance.now() - start) / 1000 };
}
