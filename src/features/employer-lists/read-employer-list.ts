import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { checkIdentity, checkMonth, checkRow, type ListRules, PersonRegister, RowTotals } from './checks.ts';
import { ColumnEncodings } from './column-encodings.ts';
import {
  type ByteSource,
  type DbfBatch,
  type DbfFault,
  type DbfField,
  type DbfRecord,
  openDbf,
} from './dbf.ts';
import type { EmployerList, EmployerListRow } from './employer-list.ts';
import { FieldReader, findColumns } from './field-reader.ts';
import { type Finding, FindingLog, type FindingPerson, type ListFile } from './findings.ts';
import {
  type ListIdentity,
  readWorker,
  readWorkshop,
  type WorkersReader,
  type WorkshopReader,
  workersColumns,
  workshopColumns,
} from './list-files.ts';
import type { ListEncoding } from './text-encoding.ts';

/** DSKKAR00 and DSKWOR00. The first is read to its end before the second is touched. */
export type EmployerListFiles = Readonly<{ workshop: ByteSource; workers: ByteSource }>;

/** Stages rows that are sound so far; reading goes on when it is done. */
export type TakeRows = (rows: readonly EmployerListRow[], list: EmployerList) => Promise<void> | void;

type Report = Readonly<{ findings: readonly Finding[]; errorCount: number; warningCount: number }>;

/** A list is taken in whole or not at all: unless `accepted`, everything that was staged must go. */
export type EmployerListVerdict =
  | (Report &
      Readonly<{
        accepted: true;
        list: EmployerList;
        rowCount: number;
        /** SHA-256, hex, of columns and records: equal for the same list written again, whatever its header's date. */
        contentDigest: string;
      }>)
  | (Report & Readonly<{ accepted: false; list: EmployerList | null }>);

/** DSKKAR00 has one record; this many are read before the file is called something else. */
const maxWorkshopRecords = 1024;

type WorkshopTable = Readonly<{ fields: readonly DbfField[]; record: DbfRecord }>;
type WorkersTable = Readonly<{
  fields: readonly DbfField[];
  columns: ReturnType<typeof findWorkersColumns>;
  encodings: ColumnEncodings;
  batches: AsyncIterable<DbfBatch>;
}>;

function addFault(log: FindingLog, file: ListFile, fault: DbfFault): void {
  log.add(fault.code, { file, row: fault.row }, fault.value);
}

function findWorkersColumns(fields: readonly DbfField[], log: FindingLog) {
  return findColumns(fields, workersColumns, 'workers', log);
}

async function readWorkshopTable(source: ByteSource, log: FindingLog): Promise<WorkshopTable | null> {
  const table = await openDbf(source, maxWorkshopRecords);
  if ('code' in table) {
    addFault(log, 'workshop', table);
    return null;
  }
  let count = 0;
  let record: DbfRecord | undefined;
  for await (const batch of table.batches()) {
    if ('fault' in batch) {
      addFault(log, 'workshop', batch.fault);
      return null;
    }
    record ??= batch.records[0];
    count += batch.records.length;
  }
  if (record !== undefined && count === 1) return { fields: table.fields, record };
  log.add('workshop-record-count', { file: 'workshop' }, count);
  return null;
}

async function openWorkersTable(
  source: ByteSource,
  rules: ListRules,
  log: FindingLog,
): Promise<WorkersTable | null> {
  const table = await openDbf(source, rules.maxRecords);
  if ('code' in table) {
    addFault(log, 'workers', table);
    return null;
  }
  const { fields } = table;
  const errors = log.errorCount;
  const columns = findWorkersColumns(fields, log);
  if (log.errorCount > errors) {
    await table.close();
    return null;
  }
  const batches = table.batches();
  const encodings = new ColumnEncodings();
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
    const batch = next.value;
    if ('fault' in batch) {
      addFault(log, 'workers', batch.fault);
      await batches.return();
      return null;
    }
    if (batch.records.length > 0) {
      encodings.learn(batch.records, columns, workersColumns.texts);
      return { fields, columns, encodings, batches: chain(batch, batches) };
    }
    // In a list that takes everybody off the month only the deleted rows can tell.
    encodings.learn(batch.deleted, columns, workersColumns.texts);
  }
  return { fields, columns, encodings, batches };
}

async function* chain(
  first: DbfBatch,
  rest: AsyncGenerator<DbfBatch, void, undefined>,
): AsyncGenerator<DbfBatch, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

type WorkshopReading = Readonly<{ identity: ListIdentity; list: EmployerList | null }>;

/** Two lines of text tell their encoding less surely than a list of names: where they do not, it is that of the rows. */
function decodeWorkshop(
  table: WorkshopTable,
  usual: ListEncoding | null,
  rules: ListRules,
  log: FindingLog,
): WorkshopReading {
  const errors = log.errorCount;
  const columns = findColumns(table.fields, workshopColumns, 'workshop', log);
  if (log.errorCount > errors) return unreadWorkshop;
  const encodings = new ColumnEncodings();
  encodings.learn([table.record], columns, workshopColumns.texts);
  encodings.assume(usual);
  reportExceptions('workshop', encodings, log);
  const reader: WorkshopReader = new FieldReader('workshop', columns, encodings, rules.centuryPivot, log);
  reader.read(table.record);
  const { identity, list } = readWorkshop(reader);
  checkMonth(identity.month, rules, log);
  return { identity, list: log.errorCount > errors ? null : list };
}

function reportExceptions(file: ListFile, encodings: ColumnEncodings, log: FindingLog): void {
  for (const field of encodings.exceptions) {
    log.add('column-encoding-differs', { file, field }, encodings.of(field), encodings.whole);
  }
}

const unreadWorkshop: WorkshopReading = {
  identity: { workshopCode: null, month: null, listNumber: null },
  list: null,
};

function digestFields(digest: Hash, fields: readonly DbfField[]): void {
  for (const { name, type, start, end } of fields) digest.update(`${name} ${type} ${end - start}\n`);
}

/** Records that lie next to each other, as all but deleted ones leave them, are digested in one go. */
function digestRecords(digest: Hash, records: readonly DbfRecord[]): void {
  let first = 0;
  records.forEach(({ bytes }, index) => {
    const next = records[index + 1]?.bytes;
    const end = bytes.byteOffset + bytes.length;
    if (next?.buffer === bytes.buffer && next.byteOffset === end) return;
    const start = records[first]?.bytes.byteOffset ?? 0;
    digest.update(new Uint8Array(bytes.buffer, start, end - start));
    first = index + 1;
  });
}

function toPersonId({ firstName, lastName, insuranceNumber, nationalCode }: EmployerListRow): FindingPerson {
  return { name: `${firstName} ${lastName}`.trim(), insuranceNumber, nationalCode };
}

/** The rows, each checked; the count of them. Reads on after an error, so that the employer hears of all at once. */
async function readRows(
  table: WorkersTable,
  workshop: WorkshopReading,
  rules: ListRules,
  log: FindingLog,
  digest: Hash,
  take: TakeRows,
): Promise<number> {
  const { columns, encodings } = table;
  const reader: WorkersReader = new FieldReader('workers', columns, encodings, rules.centuryPivot, log);
  reportExceptions('workers', encodings, log);
  const people = new PersonRegister();
  const totals = new RowTotals();
  let { workshopCode, month } = workshop.identity;
  const { listNumber } = workshop.identity;
  for await (const batch of table.batches) {
    if ('fault' in batch) {
      addFault(log, 'workers', batch.fault);
      return totals.rows;
    }
    const rows: EmployerListRow[] = [];
    digestRecords(digest, batch.records);
    encodings.learn(batch.records, columns, workersColumns.texts);
    for (const record of batch.records) {
      const foundBefore = log.size;
      reader.read(record);
      const { identity, row } = readWorker(reader);
      // Without a readable DSKKAR00 the rows must still agree with each other.
      workshopCode ??= identity.workshopCode;
      month ??= identity.month;
      checkIdentity(identity, { workshopCode, month, listNumber }, row.row, log);
      checkRow(row, month, rules, log);
      people.check(row, log);
      totals.add(row);
      if (log.size > foundBefore) log.namePerson(foundBefore, toPersonId(row));
      rows.push(row);
    }
    if (workshop.list !== null && log.errorCount === 0 && rows.length > 0) await take(rows, workshop.list);
    // A file in memory never waits for input: without this, a long list would hold up every other request.
    await setImmediate();
  }
  if (workshop.list !== null) totals.check(workshop.list, log);
  return totals.rows;
}

/**
 * Reads and checks one workshop's month. `take` gets the rows in order and in batches as long as no error has
 * been found, so that a caller can stage them inside a transaction and commit or roll back on the verdict.
 * Memory stays flat but for two keys a person. Throws only what the sources or `take` throw.
 */
export async function readEmployerList(
  files: EmployerListFiles,
  rules: ListRules,
  take: TakeRows,
): Promise<EmployerListVerdict> {
  const log = new FindingLog(rules.maxFindings);
  const digest = createHash('sha256');
  const workshopTable = await readWorkshopTable(files.workshop, log);
  const workers = await openWorkersTable(files.workers, rules, log);
  if (workers === null) {
    // Its numbers can still be checked; its text cannot be read without the other file, and is dropped.
    if (workshopTable !== null) decodeWorkshop(workshopTable, null, rules, log);
    return { accepted: false, list: null, ...toReport(log) };
  }
  let workshop = unreadWorkshop;
  if (workshopTable !== null) {
    digestFields(digest, workshopTable.fields);
    digest.update(workshopTable.record.bytes);
    workshop = decodeWorkshop(workshopTable, workers.encodings.whole, rules, log);
  }
  digestFields(digest, workers.fields);
  const rowCount = await readRows(workers, workshop, rules, log, digest, take);
  const { list } = workshop;
  return list !== null && log.errorCount === 0
    ? { accepted: true, list, rowCount, contentDigest: digest.digest('hex'), ...toReport(log) }
    : { accepted: false, list, ...toReport(log) };
}

function toReport({ findings, errorCount, warningCount }: FindingLog): Report {
  return { findings, errorCount, warningCount };
}
