import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { type JalaliMonth, jalaliMonthAt, jalaliMonthIndex } from '../../kernel/jalali.ts';
import { byAttribution, byNationalCode } from './record-writer.ts';

/** Sets the as-of month, forwards or, to mend a mistake, back. Every record that was rendered is so no more. */
export async function setClosedMonth(db: Kysely<Database>, month: JalaliMonth): Promise<void> {
  const closedMonth = jalaliMonthIndex(month);
  await db
    .updateTable('record_basis')
    .set({ closed_month: closedMonth, revision: sql<number>`revision + 1` })
    .where(sql<boolean>`closed_month is distinct from ${closedMonth}`)
    .execute();
}

export async function findClosedMonth(db: Kysely<Database>): Promise<JalaliMonth | null> {
  const { closed_month } = await db
    .selectFrom('record_basis')
    .select('closed_month')
    .executeTakeFirstOrThrow();
  return closed_month === null ? null : jalaliMonthAt(closed_month);
}

/** Adds one month to a record; lists are added by `appendList`. */
export async function prependEntry(
  db: Kysely<Database>,
  insuredPersonId: string,
  entry: string,
): Promise<void> {
  await db
    .insertInto('insurance_record')
    .values({
      insured_person_id: insuredPersonId,
      version: 1,
      recent: entry,
      document: null,
      document_tag: null,
    })
    .onConflict((conflict) =>
      conflict.column('insured_person_id').doUpdateSet({
        version: sql<number>`insurance_record.version + 1`,
        document: null,
        recent: sql<string>`excluded.recent || insurance_record.recent`,
      }),
    )
    .execute();
}

export async function setHistoryType(
  db: Kysely<Database>,
  type: { code: number; fa: string; en: string; ofWorkshop: boolean },
): Promise<void> {
  const values = { name_fa: type.fa, name_en: type.en, of_workshop: type.ofWorkshop };
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('history_type')
      .values({ code: type.code, ...values })
      .onConflict((conflict) => conflict.column('code').doUpdateSet(values))
      .execute();
    await trx.updateTable('record_basis').set({ revision: sql<number>`revision + 1` }).execute();
  });
}

/**
 * What every record has to say, from the lists that count and from the schemes; entry by entry it is the text
 * that `appendList` writes. Sorted, for a record keeps its entries in the order in which they came.
 */
const expectedRow = sql`
  select p.id, '[' || l.year * 12 + l.month - 1 || ',"' || l.workshop_code || '",1,' || l.id || ',' || r.row_number
    || ',' || r.days || ',' || r.daily_wage || ',' || r.monthly_wage || ',' || r.benefits || ','
    || r.insurable_wage || ',' || r.worker_premium || '],' as entry
  from employer_list l join employer_list_row r on r.employer_list_id = l.id`;
const counts = sql`l.replaced_by is null and l.withdrawn_at is null`;
const expected = sql`(
  ${expectedRow} ${sql.raw(byNationalCode)} and ${counts}
  union all
  ${expectedRow} ${sql.raw(byAttribution)} and ${counts}
  union all
  select insured_person_id, '[' || year * 12 + month - 1 || ',null,' || history_type || ',null,null,' || days
    || ',0,0,0,' || insurable_wage || ',' || premium || '],'
  from scheme_contribution
)`;

/**
 * Counts the people whose record differs from the evidence, and with `repair` writes those records anew. Keeps
 * lists and months of schemes out while it looks: whoever changes a record has written to one of their tables
 * before, in the same transaction. Readers, who keep what they have rendered with the record, do not wait.
 */
export async function verifyRecords(
  trx: Transaction<Database>,
  { repair }: { repair: boolean },
): Promise<number> {
  await sql`set local statement_timeout = 0`.execute(trx);
  await sql`lock table employer_list, scheme_contribution in share row exclusive mode`.execute(trx);
  await sql`
    create temporary table wrong_record on commit drop as
    select coalesce(expected.id, record.insured_person_id) as id, coalesce(expected.entries, '') as entries
    from (select id, string_agg(entry, '' order by entry) as entries from ${expected} as month group by id) expected
    full join (
      select insured_person_id, coalesce((
        select string_agg(entry || '],', '' order by entry || '],')
        from unnest(string_to_array(recent || settled, '],')) as entry where entry <> ''
      ), '') as entries
      from insurance_record
    ) record on record.insured_person_id = expected.id
    where coalesce(expected.entries, '') <> coalesce(record.entries, '')`.execute(trx);
  if (repair) {
    await sql`
      insert into insurance_record as record (insured_person_id, version, recent)
      select id, 1, entries from wrong_record
      on conflict (insured_person_id) do update set
        version = record.version + 1, document = null, recent = '', settled = excluded.recent`.execute(trx);
  }
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count from wrong_record`.execute(
    trx,
  );
  return rows[0]?.count ?? 0;
}
