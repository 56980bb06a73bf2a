export { cleanUpKeys } from './idempotency.repository.ts';
export { createIdempotency } from './idempotency.ts';
