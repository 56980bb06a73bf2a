import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { consumeAll, holds, usedUp } from '../quotas/sliding-quotas.ts';
import type { Pressure } from './proof-of-work.ts';

const maxQueueSeconds = 1;
const minute = 60;

export type PressureOptions = Readonly<{
  db: Kysely<Database>;
  counterKey: Mac;
  failuresPerMinute: number;
  answerFailuresPerMinute: number;
  /** How long who comes now would wait for a hash in this process. */
  queueSeconds(): number;
}>;

/** Failures are counted over all replicas; the queue of hashes is each process's own. */
export function createPressure(options: PressureOptions): Pressure {
  const { db, counterKey, failuresPerMinute, answerFailuresPerMinute, queueSeconds } = options;
  const counterOf = (name: string, limit: number) => ({
    key: counterKey(name),
    quota: [{ limit, windowSeconds: minute }] as const,
  });
  const ofAll = counterOf('failures-of-all', failuresPerMinute);
  const ofAnswers = counterOf('answer-failures-of-all', answerFailuresPerMinute);
  return {
    async noteGuess({ at, isRight }) {
      const counters = at === 'answers' ? [ofAll, ofAnswers] : [ofAll];
      for (const { key, quota } of counters) {
        await consumeAll(db, [{ key: isRight ? counterKey('right', key) : key, quota }]);
      }
    },
    isHigh: async () => queueSeconds() >= maxQueueSeconds || holds(db, usedUp(ofAll)),
    areAnswersGuessed: () => holds(db, usedUp(ofAnswers)),
  };
}
