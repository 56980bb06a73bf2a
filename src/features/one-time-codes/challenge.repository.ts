import { randomUUID } from 'node:crypto';
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import { attemptsPerCode, codeTtlSeconds, firstResendPauseSeconds, sendsPerFlow } from './flow.ts';

/*
 * The life of a challenge, which a code is derived from. It stands in the row of whatever it is for:
 *
 * begun     with the row (`newChallenge`), or by `openChallenge`
 * sent      `openChallenge`, five times a flow, each after a pause twice as long: the same challenge, and so the same code,
 *           while it lives and has guesses left; a new one after that
 * guessed   `countGuess`: counted by one statement before it is judged, five times a challenge
 * judged    `judgeCode`, `judgeGuess`: right, in time and one of the five
 * refunded  `refundGuess`: was not judged to the end
 * used up   by the statement of what it is for, guarded by the id of the challenge: of two at once one gets the row
 */

/** Tables whose rows hold a challenge. */
export type CodeTable = 'registration' | 'contact_flow' | 'recovery' | 'sign_in';

/** Which row: one condition for every step of a flow. */
export type CodeRow = Readonly<{ table: CodeTable; isOpen: RawBuilder<boolean> }>;

/** Columns of a row whose first code leaves with it. */
export const newChallenge = () => ({
  challenge_id: randomUUID(),
  challenge_expires_at: inSeconds(codeTtlSeconds),
});

const isOver = sql<boolean>`
  challenge_id is null or challenge_expires_at <= now() or attempts >= ${sql.lit(attemptsPerCode)}`;
/** Null where nothing has been sent. */
const resendAt = sql<Date | null>`
  sent_at + make_interval(secs => ${sql.lit(firstResendPauseSeconds)} * 2 ^ (sends - 1))`;

/** What is different from flow to flow when a challenge is sent or asked for. */
export type Opening<T> = Readonly<{
  /** What else of the row is to be returned. */
  columns: RawBuilder<T>;
  /** `false`: no message leaves, as answers are asked for. It takes none of the sends, and no pause. */
  isSent?: boolean;
  /** What else ends the challenge before: another method. */
  isReplaced?: RawBuilder<boolean>;
  /** What else is set. @param isNew holds where a new challenge begins */
  set?: (isNew: RawBuilder<boolean>) => RawBuilder<unknown>;
}>;

export type OpenedChallenge = Readonly<{
  challengeId: string;
  /** Whether it has begun just now. */
  isNew: boolean;
  codeExpiresAt: Date;
  sends: number;
  attempts: number;
}>;

/**
 * Takes one of the flow's sends, if the pause is over and any are left. The same challenge while it lives and has guesses
 * left; a new one after that. `undefined`: not now (`findPause`), or there is no such open row.
 */
export async function openChallenge<T>(
  trx: Transaction<Database>,
  { table, isOpen }: CodeRow,
  { columns, isSent = true, isReplaced = sql`false`, set }: Opening<T>,
): Promise<(OpenedChallenge & T) | undefined> {
  const newId = randomUUID();
  const isNew = sql<boolean>`(${isReplaced} or ${isOver})`;
  const { rows } = await sql<Omit<OpenedChallenge, 'isNew'> & T>`
    update ${sql.table(table)} set
      challenge_id = case when ${isNew} then ${newId}::uuid else challenge_id end,
      challenge_expires_at = case when ${isNew} then ${inSeconds(codeTtlSeconds)} else challenge_expires_at end,
      attempts = case when ${isNew} then 0 else attempts end
      ${isSent ? sql`, sends = sends + 1, sent_at = now()` : sql``}
      ${set ? sql`, ${set(isNew)}` : sql``}
    where ${isOpen}
      ${isSent ? sql`and sends < ${sql.lit(sendsPerFlow)} and coalesce(${resendAt} <= now(), true)` : sql``}
    returning challenge_id as "challengeId", challenge_expires_at as "codeExpiresAt", sends, attempts, ${columns}
  `.execute(trx);
  return rows[0] && { ...rows[0], isNew: rows[0].challengeId === newId };
}

/** What stands in the way of another message; `undefined` when there is no such open row. */
export async function findPause(db: Kysely<Database>, { table, isOpen }: CodeRow) {
  const { rows } = await sql<{ sends: number; endsInSeconds: number; resendInSeconds: number | null }>`
    select sends, ceil(extract(epoch from expires_at - now()))::integer as "endsInSeconds",
      ceil(extract(epoch from ${resendAt} - now()))::integer as "resendInSeconds"
    from ${sql.table(table)} where ${isOpen}
  `.execute(db);
  return rows[0];
}

/** A guess that has been counted. */
export type Guess = Readonly<{
  challengeId: string;
  /** This one included; one more than there are stands for any number beyond. */
  attempts: number;
  isInTime: boolean;
  /** Whether it is looked at: in time, and one of those that there are. */
  isJudged: boolean;
}>;

/**
 * The statement that counts a guess before it is judged, to be a part of a larger one.
 * @param columns what else of the row is to be returned
 */
export const guessCount = <T>({ table, isOpen }: CodeRow, columns: RawBuilder<T>) => sql<Guess & T>`
  update ${sql.table(table)} set attempts = least(attempts + 1, ${sql.lit(attemptsPerCode + 1)})
  where ${isOpen}
  returning challenge_id as "challengeId", attempts, challenge_expires_at > now() as "isInTime",
    challenge_expires_at > now() and attempts <= ${sql.lit(attemptsPerCode)} as "isJudged", ${columns}`;

/** Counts a guess before it is judged. `undefined` when there is no such open row. */
export async function countGuess<T>(
  db: Kysely<Database>,
  row: CodeRow,
  columns: RawBuilder<T>,
): Promise<(Guess & T) | undefined> {
  const { rows } = await guessCount(row, columns).execute(db);
  return rows[0];
}

/**
 * The statement that takes a guess back that was not judged to the end, to be a part of a larger one. What was beyond the
 * last one has not been counted, and a challenge that has come since has nothing of it.
 */
export const guessRefund = (
  { table, isOpen }: CodeRow,
  { challengeId, attempts }: Pick<Guess, 'challengeId' | 'attempts'>,
) => sql`
  update ${sql.table(table)} set attempts = greatest(attempts - 1, 0)
  where ${isOpen} and challenge_id = ${challengeId} and ${attempts <= attemptsPerCode}::boolean`;

export async function refundGuess(db: Kysely<Database>, row: CodeRow, guess: Guess): Promise<void> {
  await guessRefund(row, guess).execute(db);
}
