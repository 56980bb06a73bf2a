// JavaScript, not TypeScript: a thread that has to strip types takes 15 to 20 MB more for it.
import { performance } from 'node:perf_hooks';
import { compareSync, hashSync } from 'bcrypt';

/** @param {import('./hash-pool.ts').HashJob} job */
function compute(job) {
  if (job.kind === 'hash') return hashSync(job.input, job.cost);
  return job.pairs.map(([input, bcryptString]) => compareSync(input, bcryptString));
}

/**
 * Synchronous on purpose: this runs in a thread of its own. `seconds` is the time it took, without the wait.
 * @param {import('./hash-pool.ts').HashJob} job
 */
export default function runHashJob(job) {
  const start = performance.now();
  const result = compute(job);
  return { result, seconds: (performance.now() - start) / 1000 };
}
