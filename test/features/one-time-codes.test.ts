import { type RawBuilder, sql } from 'kysely';
import t from 'tap';
import {
  attemptsPerCode,
  type CodeRow,
  countGuess,
  openChallenge,
  refundGuess,
  sendsPerFlow,
} from '../../src/features/one-time-codes/index.ts';
import { startTestService } from '../support/app.ts';
import { insuredPerson, startRecovery, startRegistration } from '../support/journey.ts';
import { challenge } from '../support/recovery.ts';

/** The life of a challenge, which is the same in every row that one stands in. */

t.test('the challenge of', async (t) => {
  const service = await startTestService(t);
  const { db } = service;
  const columns = sql<{ id: string }>`id`;

  /** Rows that one more message may leave for, each begun as its feature begins it. */
  const rows: Record<'registration' | 'recovery', () => Promise<CodeRow>> = {
    registration: async () =>
      toRow('registration', await startRegistration(service, await insuredPerson(service))),
    recovery: async () => {
      const flow = await startRecovery(service, (await insuredPerson(service)).nationalCode);
      await challenge(service, flow, 'sms');
      return toRow('recovery', flow);
    },
  };
  const toRow = (table: 'registration' | 'recovery', { id }: { id: string }): CodeRow => ({
    table,
    isOpen: sql<boolean>`${sql.table(table)}.id = ${id}`,
  });

  const set = ({ table, isOpen }: CodeRow, change: RawBuilder<unknown>) =>
    sql`update ${sql.table(table)} set ${change} where ${isOpen}`.execute(db);
  const afterPause = (row: CodeRow) => set(row, sql`sent_at = sent_at - interval '1 day'`);
  const send = (row: CodeRow) => db.transaction().execute((trx) => openChallenge(trx, row, { columns }));
  const guess = async (row: CodeRow) => {
    const counted = await countGuess(db, row, columns);
    if (!counted) throw new Error('no such row');
    return counted;
  };
  const guesses = async (row: CodeRow, count: number) => {
    const counted = [];
    for (let each = 0; each < count; each += 1) counted.push(await guess(row));
    return counted;
  };

  for (const [name, begin] of Object.entries(rows)) {
    t.test(`a ${name} stays the same while it lives and has guesses left`, async (t) => {
      const row = await begin();
      const { challengeId } = await guess(row);
      t.equal(await send(row), undefined, 'not before the pause is over');
      await afterPause(row);
      t.match(await send(row), { challengeId, isNew: false, attempts: 1, sends: 2 });
      await guesses(row, attemptsPerCode - 1);
      await afterPause(row);
      const afterGuesses = await send(row);
      t.match(afterGuesses, { isNew: true, attempts: 0, sends: 3 }, 'no guesses left');
      t.not(afterGuesses?.challengeId, challengeId);
      await set(row, sql`challenge_expires_at = now()`);
      await afterPause(row);
      t.match(await send(row), { isNew: true, sends: 4 }, 'too old');
      await afterPause(row);
      t.match(await send(row), { isNew: false, sends: sendsPerFlow });
      await afterPause(row);
      t.equal(await send(row), undefined, 'no sends left');
    });

    t.test(`a ${name} is judged in time, and five times, however many guess at once`, async (t) => {
      const row = await begin();
      const counted = await Promise.all(Array.from({ length: 20 }, () => guess(row)));
      t.equal(counted.filter(({ isJudged }) => isJudged).length, attemptsPerCode);
      await set(row, sql`attempts = 0, challenge_expires_at = now()`);
      t.match(await guess(row), { attempts: 1, isInTime: false, isJudged: false });
    });

    t.test(`a ${name} gets a guess back that was not judged, and none that was not counted`, async (t) => {
      const row = await begin();
      const [first] = await guesses(row, attemptsPerCode);
      if (!first) throw new Error('no guess');
      await refundGuess(db, row, first);
      const [last, ...beyond] = await guesses(row, 3);
      t.match(last, { attempts: attemptsPerCode, isJudged: true });
      for (const each of beyond) await refundGuess(db, row, each);
      t.match(await guess(row), { isJudged: false }, 'what was beyond the last one gives nothing back');
    });

    t.test(`a ${name} has nothing of what was guessed at the one before`, async (t) => {
      const row = await begin();
      const [before] = await guesses(row, attemptsPerCode);
      if (!before) throw new Error('no guess');
      await afterPause(row);
      await send(row);
      await guess(row);
      await refundGuess(db, row, before);
      t.match(await guess(row), { attempts: 2 });
    });
  }
});
