import { setTimeout } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { isMigrated, readSchemaVersion } from '../database/migrator.ts';
import type { Database } from '../database/schema.ts';
import { type Cause, toCause } from '../kernel/cause.ts';
import {
  type Backlog,
  byChannel,
  type DispatchHealth,
  type DispatchWorker,
  readBacklog,
} from '../messaging/index.ts';

/** What operators see of one process. Names nobody. */
export type HealthReport = Readonly<{
  ready: boolean;
  /** `seconds`: how long it took to answer; `null`: it did not. */
  database: Readonly<{ ok: boolean; seconds: number | null }>;
  schema: Readonly<{ ok: boolean; found: string | null; expected: string | null }>;
  outbox: Readonly<{
    ok: boolean;
    /** Whether this process dispatches messages, and whether it is at it. */
    dispatchesHere: boolean;
    running: boolean;
    secondsSinceLastAttempt: number | null;
    due: readonly Backlog[];
  }>;
  providers: DispatchHealth['providers'];
}>;

export type Readiness = Readonly<{
  /** Never fails; what could not be found out is not ready. */
  report(): Promise<HealthReport>;
  /** @throws naming what is not ready */
  check(): Promise<void>;
}>;

export type ReadinessOptions = Readonly<{
  db: Kysely<Database>;
  /** Whether this process is to deliver messages. */
  dispatchesHere: boolean;
  /** `null` before it has started. */
  worker(): DispatchWorker | null;
  /** Told why the database could not be asked. */
  onFailure?: (cause: Cause) => void;
}>;

/** However often anybody asks, the database is asked no more often. */
const freshMs = 500;
const deadlineMs = 2_000;
/**
 * The outbox is stuck here when messages have been due for so long and this process has tried none meanwhile.
 * Longer than messages of a dead worker wait to be taken up. A backlog that moves is no reason to send traffic
 * away: all replicas would be gone at once.
 */
const stuckSeconds = 60;

export function createReadiness({ db, dispatchesHere, worker, onFailure }: ReadinessOptions): Readiness {
  let latest: Readonly<{ at: number; report: Promise<HealthReport> }> | null = null;

  async function look(): Promise<HealthReport> {
    const started = performance.now();
    const [schema, due] = await Promise.all([
      withinDeadline(readSchemaVersion(db), onFailure),
      withinDeadline(readBacklog(db), onFailure),
    ]);
    const health = worker()?.health();
    const outbox = {
      dispatchesHere,
      running: health?.running ?? false,
      secondsSinceLastAttempt: health?.secondsSinceLastAttempt ?? null,
      due: due ?? [],
    };
    const parts = {
      database: {
        ok: schema !== null,
        seconds: schema === null ? null : (performance.now() - started) / 1000,
      },
      schema: { ok: schema !== null && isMigrated(schema), ...(schema ?? { found: null, expected: null }) },
      outbox: { ok: !dispatchesHere || (due !== null && outbox.running && !isStuck(outbox)), ...outbox },
    };
    return {
      ready: Object.values(parts).every(({ ok }) => ok),
      ...parts,
      providers: health?.providers ?? byChannel(() => []),
    };
  }

  function report(): Promise<HealthReport> {
    const now = performance.now();
    if (latest === null || now - latest.at > freshMs) latest = { at: now, report: look() };
    return latest.report;
  }

  return {
    report,
    async check() {
      const { ready, database, schema, outbox } = await report();
      if (ready) return;
      const broken = Object.entries({ database, schema, outbox }).filter(([, { ok }]) => !ok);
      throw new Error(`not ready: ${broken.map(([part]) => part).join(', ')}`);
    },
  };
}

function isStuck({ due, secondsSinceLastAttempt }: Omit<HealthReport['outbox'], 'ok'>): boolean {
  const oldest = Math.max(0, ...due.map(({ oldestSeconds }) => oldestSeconds));
  return oldest > stuckSeconds && (secondsSinceLastAttempt ?? Number.POSITIVE_INFINITY) > stuckSeconds;
}

async function withinDeadline<T>(
  answer: Promise<T>,
  onFailure: ReadinessOptions['onFailure'],
): Promise<T | null> {
  const late = setTimeout(deadlineMs, null, { ref: false });
  const found = answer.catch((error: unknown) => {
    onFailure?.(toCause(error));
    return null;
  });
  return Promise.race([found, late]);
}
