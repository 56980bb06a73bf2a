import { type Kysely, sql } from 'kysely';
import { transactThroughDeadlocks } from '../../database/deadlocks.ts';
import type { Database } from '../../database/schema.ts';
import { daysInJalaliMonth, type JalaliMonth } from '../../kernel/jalali.ts';
import type { NationalCode } from '../../kernel/national-code.ts';
import { countMonths } from './counting.ts';
import { formatEntry, type MonthEntry, parseEntries } from './month-entry.ts';
import * as records from './operator.repository.ts';
import { findSources } from './records.repository.ts';
import type { YearView } from './records.schemas.ts';
import { viewSummary, viewYears } from './records.view.ts';
import type { SummaryView } from './summary.schemas.ts';

/** What operators do to records and to the tables they rest on. Nothing here is reached over HTTP. */

export type PersonRecord = Readonly<{
  firstName: string;
  lastName: string;
  birthDate: string | null;
  insuranceNumber: string | null;
  years: readonly YearView[];
  summary: SummaryView;
}>;

export type SchemeMonth = Readonly<{
  historyType: number;
  month: JalaliMonth;
  days: number;
  /** Rials. */
  insurableWage: number;
  /** Rials. */
  premium: number;
  /** Where it is known from: a receipt, a file of the scheme. */
  source: string;
}>;

/** A request that cannot be carried out; the message is for the operator. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

export type RecordOperatorService = ReturnType<typeof createRecordOperatorService>;

export function createRecordOperatorService({ db }: { db: Kysely<Database> }) {
  return {
    /** `null` for somebody who is not in the register. */
    async findPerson(nationalCode: NationalCode): Promise<PersonRecord | null> {
      const row = await db
        .selectFrom('insured_person as person')
        .leftJoin('insurance_record as record', 'record.insured_person_id', 'person.id')
        .where('person.national_code', '=', nationalCode)
        .select([
          'person.first_name as firstName',
          'person.last_name as lastName',
          'person.birth_date as birthDate',
          'person.insurance_number as insuranceNumber',
          sql<string>`coalesce(record.recent || record.settled, '')`.as('stored'),
        ])
        .executeTakeFirst();
      if (!row) return null;
      const { stored, ...person } = row;
      const entries = parseEntries(stored);
      const sources = await findSources(db, entries);
      const asOf = await records.findClosedMonth(db);
      const years = viewYears(entries, countMonths(entries), sources);
      return { ...person, years, summary: viewSummary(entries, sources.names, asOf) };
    },

    closedMonth: (): Promise<JalaliMonth | null> => records.findClosedMonth(db),
    /** Declares a month complete: the newest such month is what gaps are counted up to. */
    closeMonth: (month: JalaliMonth): Promise<void> => records.setClosedMonth(db, month),

    /** Adds a month that no employer lists. @throws {OperatorError} when it cannot be, or is there already */
    async addSchemeMonth(nationalCode: NationalCode, scheme: SchemeMonth): Promise<void> {
      if (scheme.days > daysInJalaliMonth(scheme.month)) throw new OperatorError('the month has fewer days');
      await transactThroughDeadlocks(db, async (trx) => {
        const type = await trx
          .selectFrom('history_type')
          .where('code', '=', scheme.historyType)
          .where('of_workshop', '=', false)
          .select('code')
          .executeTakeFirst();
        if (!type) throw new OperatorError(`${scheme.historyType} is not a history type without a workshop`);
        const person = await trx
          .selectFrom('insured_person')
          .where('national_code', '=', nationalCode)
          .select('id')
          .executeTakeFirst();
        if (!person) throw new OperatorError('there is no such person in the register');
        await insertSchemeMonth(trx, person.id, scheme);
      });
    },

    /** People whose record is not what the lists and schemes say; `repair` makes it so. Reads everything. */
    verify: (options: { repair: boolean }): Promise<number> =>
      transactThroughDeadlocks(db, (trx) => records.verifyRecords(trx, options)),

    setHistoryType: (type: { code: number; fa: string; en: string; ofWorkshop: boolean }): Promise<void> =>
      records.setHistoryType(db, type),
  };
}

async function insertSchemeMonth(
  db: Kysely<Database>,
  insuredPersonId: string,
  { historyType, month, days, insurableWage, premium, source }: SchemeMonth,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('scheme_contribution')
    .values({
      insured_person_id: insuredPersonId,
      history_type: historyType,
      year: month.year,
      month: month.month,
      days,
      insurable_wage: insurableWage,
      premium,
      source,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw new OperatorError('this month of the scheme is there already');
  const entry: MonthEntry = {
    month,
    workshopCode: null,
    historyType,
    listId: null,
    rowNumber: null,
    days,
    dailyWage: 0,
    monthlyWage: 0,
    benefits: 0,
    insurableWage,
    premium,
  };
  await records.prependEntry(db, insuredPersonId, formatEntry(entry));
}
