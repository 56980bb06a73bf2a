import type pg from 'pg';
import type { RecordWriter, StoredList } from '../records/index.ts';
import { lockRegister, registerCodes, registerNumbers, resolveNumbers } from './identities.repository.ts';
import {
  areChangesPending,
  changesSoFar,
  findContested,
  findDisagreeing,
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

/** `null` while it cannot be told. */
async function lookAtChanges(client: pg.ClientBase): Promise<number | null> {
  const changes = await changesSoFar(client);
  return (await areChangesPending(client)) ? null : changes;
}

/** Most lists name nobody new, so the register is looked at once, by the statement that needs it anyway. */
export async function recordList(records: RecordWriter, client: pg.ClientBase, recorded: Recorded) {
  const { list, corrected, hasNumbersAlone } = recorded;
  let newPeople = 0;
  let changes = await lookAtChanges(client);
  const isMissing = hasNumbersAlone && (await resolveNumbers(client, list.id));
  await client.query('savepoint before_records');
  let appended = isMissing ? null : await replace(records, client, recorded);
  if (appended === null || appended.unknown.length > 0) {
    // Whoever waits for the register holds no record that others wait for.
    await client.query('rollback to savepoint before_records');
    newPeople = await register(client, list.id, hasNumbersAlone);
    changes = await lookAtChanges(client);
    appended = await replace(records, client, recorded);
    if (appended.unknown.length > 0) throw new Error(notFound);
  }
  // Another list may have changed somebody between this one's look at the register and its turn.
  const isStale = changes === null || changes !== (await changesSoFar(client));
  const differing = isStale ? await records.findDiffering(client, list.id) : appended.differing;
  const disagreeing = await findDisagreeing(client, list.id, differing);
  const contested = corrected === null ? [] : await findContested(client, corrected);
  const changedPeople = await reweigh(client, [...disagreeing, ...contested], records.moveRecord);
  return { newPeople, changedPeople };
}

/** Takes a list that counts no more, and whose place none takes, out of the records. */
export async function unrecordList(
  records: RecordWriter,
  client: pg.ClientBase,
  listId: number,
): Promise<void> {
  await records.lockRecords(client, [listId]);
  await records.removeList(client, listId);
  await reweigh(client, await findContested(client, listId), records.moveRecord);
}
