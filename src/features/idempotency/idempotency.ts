import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Principal } from '../../kernel/caller.ts';
import {
  type IdempotentRequest,
  idempotencyProblems,
  type KeptAnswer,
} from '../../kernel/idempotency-key.ts';
import { createMac, equalInConstantTime } from '../../kernel/keyring.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Secret } from '../../kernel/secret.ts';
import * as keys from './idempotency.repository.ts';
import { seal, unseal } from './sealed-response.ts';

export type IdempotencyDependencies = Readonly<{
  db: Kysely<Database>;
  /** Never changes, so that a key means the same on every replica and after a rotation. */
  identifierKey: Secret<Uint8Array>;
  /** How long a repeat waits for the first request, which is still being served. */
  waitMs?: number;
}>;

/** What a request with a key is: the first of it, whose end is to be told here, or a repeat with the answer of the first. */
export type Begun =
  | Readonly<{ answer: KeptAnswer }>
  | Readonly<{
      answer: null;
      /** Repeats get this answer. */
      keep(answer: KeptAnswer): Promise<void>;
      /** Nothing was changed: the key is as good as new. */
      release(): Promise<void>;
    }>;

const defaultWaitMs = 10_000;
const firstPauseMs = 25;
const maxPauseMs = 400;

export type Idempotency = ReturnType<typeof createIdempotency>;

/** Remembers for a day what was answered to a request with an `Idempotency-Key`, in a form that the key alone opens. */
export function createIdempotency({ db, identifierKey, waitMs = defaultWaitMs }: IdempotencyDependencies) {
  const toDigest = createMac(identifierKey, 'idempotency-key');
  const toFingerprint = createMac(identifierKey, 'idempotency-fingerprint');
  const toSealingKey = createMac(identifierKey, 'idempotency-answer');

  return {
    /**
     * Decides in the database which of any number of requests at once is the first; the others wait for its answer.
     * @throws {Problem} `idempotency-key-reused`, `idempotency-key-in-use`, `idempotent-outcome-unknown`,
     * `not-authenticated`
     */
    async begin({ route, caller, principal, key, content }: IdempotentRequest): Promise<Begun> {
      const digest = toDigest(route, caller, key);
      const fingerprint = toFingerprint(key, content);
      const own: keys.Claim = { digest, claim: randomUUID() };
      const deadline = performance.now() + waitMs;
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
        if (await keys.claimKey(db, { ...own, fingerprint })) {
          return {
            answer: null,
            keep: (answer) =>
              keys.keepAnswer(db, own, seal(toSealingKey(digest, key), JSON.stringify(answer))),
            release: () => keys.releaseKey(db, own),
          };
        }
        const answer = getSealedAnswer(await keys.findKey(db, digest), fingerprint);
        if (answer) {
          if (principal) await requireLive(db, principal);
          return { answer: JSON.parse(unseal(toSealingKey(digest, key), answer)) };
        }
        if (performance.now() >= deadline) {
          throw new Problem(idempotencyProblems.keyInUse, { retryAfterSeconds: 1 });
        }
        await sleep(pauseMs);
      }
    },
  };
}

type FoundKey = Awaited<ReturnType<typeof keys.findKey>>;

/** `null`: under way, or given back just now. @throws {Problem} `idempotency-key-reused`, `idempotent-outcome-unknown` */
function getSealedAnswer(first: FoundKey, fingerprint: Buffer): Buffer | null {
  if (!first) return null;
  if (!equalInConstantTime(first.fingerprint, fingerprint)) throw new Problem(idempotencyProblems.keyReused);
  // Its process died: it may have done everything but answer, so that nobody does it a second time.
  if (!first.answer && !first.isUnderWay) throw new Problem(idempotencyProblems.outcomeUnknown);
  return first.answer;
}

/** The answer of the first is for whoever could still ask for it. @throws {Problem} `not-authenticated` */
async function requireLive(db: Kysely<Database>, principal: Principal): Promise<void> {
  const live = await liveSession(db, principal).select('session.id').executeTakeFirst();
  if (!live) throw new Problem(commonProblems.notAuthenticated);
}
