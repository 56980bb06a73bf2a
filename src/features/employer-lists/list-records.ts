import type pg from 'pg';
import type { RecordWriter, StoredList } from '../records/index.ts';
import {
  inheritAttributions,
  lockRegister,
  registerCodes,
  registerNumbers,
  resolveNumbers,
} from './identities.repository.ts';
import {
  areChangesPending,
  countChangesSoFar,
  findContested,
  findDisagreeing,
  RegisterBusyError,
  reweigh,
} from './register.repository.ts';

/** What a list that begins to count does to people's records and to the register. */

type Recorded = Readonly<{
  list: StoredList;
  /** The list whose place it takes. */
  corrected: number | null;
  /** Whether a row may have no national code, or one that nobody in the register bears. */
  hasNumbersAlone: boolean;
}>;

const notFound = 'somebody was registered and is not found';

/** Puts a list into the records in the place of the one it corrects. */
async function replace(records: RecordWriter, client: pg.ClientBase, { list, corrected }: Recorded) {
  if (corrected !== null) {
    await records.lockRecords(client, [corrected, list.id]);
    await records.removeList(client, corrected);
  }
  return records.appendList(client, list);
}

/** Registers whoever is new, with the register locked: nobody is brought into it twice. */
async function register(client: pg.ClientBase, listId: number, hasNumbersAlone: boolean): Promise<number> {
  await lockRegister(client);
  const newCodes = await registerCodes(client, listId);
  if (!hasNumbersAlone || !(await resolveNumbers(client, listId))) return newCodes;
  const newNumbers = await registerNumbers(client, listId);
  if (await resolveNumbers(client, listId)) throw new Error(notFound);
  return newCodes + newNumbers;
}

/** Of details `null` while it cannot be told. */
async function lookAtChanges(client: pg.ClientBase) {
  const counts = await countChangesSoFar(client);
  const pending = await areChangesPending(client);
  return {
    changes: pending.changes ? null : counts.changes,
    identityChanges: pending.identityChanges ? null : counts.identityChanges,
  };
}

/** What was looked up of people is worth nothing when they are merged or split meanwhile: it begins again then. */
async function whileIdentitiesStand<T>(
  client: pg.ClientBase,
  work: (changes: number | null) => Promise<T>,
): Promise<T> {
  const { changes, identityChanges } = await lookAtChanges(client);
  if (identityChanges === null) throw new RegisterBusyError();
  const result = await work(changes);
  if ((await countChangesSoFar(client)).identityChanges !== identityChanges) throw new RegisterBusyError();
  return result;
}

/**
 * Puts a list into the records, and what it says of people into the register.
 * @throws {RegisterBusyError} when people are merged or split at the same time
 */
export async function recordList(records: RecordWriter, client: pg.ClientBase, recorded: Recorded) {
  const { list, corrected } = recorded;
  const { newPeople, differing } = await whileIdentitiesStand(client, (changes) =>
    addToRecords(records, client, recorded, changes),
  );
  const disagreeing = await findDisagreeing(client, list.id, differing);
  const contested = corrected === null ? [] : await findContested(client, corrected);
  const changedPeople = await reweigh(client, [...disagreeing, ...contested], records.moveRecord);
  return { newPeople, changedPeople };
}

/** Most lists name nobody new, so the register is looked at once, by the statement that needs it anyway. */
async function addToRecords(
  records: RecordWriter,
  client: pg.ClientBase,
  recorded: Recorded,
  changesBefore: number | null,
) {
  const { list, corrected, hasNumbersAlone } = recorded;
  let newPeople = 0;
  let changes = changesBefore;
  if (corrected !== null) await inheritAttributions(client, list.id, corrected);
  const isMissing = hasNumbersAlone && (await resolveNumbers(client, list.id));
  await client.query('savepoint before_records');
  let appended = isMissing ? null : await replace(records, client, recorded);
  if (appended === null || appended.unknown.length > 0) {
    // Whoever waits for the register holds no record that others wait for.
    await client.query('rollback to savepoint before_records');
    newPeople = await register(client, list.id, hasNumbersAlone);
    ({ changes } = await lookAtChanges(client));
    appended = await replace(records, client, recorded);
    if (appended.unknown.length > 0) throw new Error(notFound);
  }
  // Another list may have changed somebody between this one's look at the register and its turn.
  const isStale = changes === null || changes !== (await countChangesSoFar(client)).changes;
  const differing = isStale ? await records.findDiffering(client, list.id) : appended.differing;
  return { newPeople, differing };
}

/**
 * Takes a list that counts no more, and whose place none takes, out of the records.
 * @throws {RegisterBusyError} when people are merged or split at the same time
 */
export async function unrecordList(
  records: RecordWriter,
  client: pg.ClientBase,
  listId: number,
): Promise<void> {
  await whileIdentitiesStand(client, async () => {
    await records.lockRecords(client, [listId]);
    await records.removeList(client, listId);
  });
  await reweigh(client, await findContested(client, listId), records.moveRecord);
}
