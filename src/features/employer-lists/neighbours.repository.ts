import type pg from 'pg';
import {
  addJalaliMonths,
  daysInJalaliMonth,
  type JalaliMonth,
  jalaliToGregorian,
} from '../../kernel/jalali.ts';
import { formatMonth, type ListRules } from './checks.ts';
import { comparedKey, type ListKey } from './employer-list.ts';
import type { FindingLog } from './findings.ts';

/** What a list says beside the workshop's other lists of the month, and beside its own of the month before. */

type Neighbour = Readonly<{
  /** The person's first row in the list; `null` for who is on the one of the month before alone. */
  row: number | null;
  firstName: string;
  lastName: string;
  insuranceNumber: string | null;
  nationalCode: string | null;
  /** Over all lists of the month that count. */
  days: number;
  /** The other list of the month that names the person. */
  otherNumber: string | null;
  otherContract: string | null;
  /** Highest daily wages, in rials; `null` without days. */
  wage: number | null;
  wageBefore: number | null;
  isTwice: boolean;
  isBeyond: boolean;
  isJump: boolean;
  isMissing: boolean;
}> &
  Readonly<Record<`${'twice' | 'beyond' | 'jump' | 'missing'}Count`, number>>;

/** A person over several lists: by national code, or, where a row has none in the register, by the entry. */
const personKey = 'coalesce(p.national_code, known.insured_person_id::text, r.national_code)';

/**
 * $1 the list, $2 workshop, $3 and $4 year and month, $5 and $6 those before, $7 contract, $8 number, $9 days of
 * the month, $10 first day of the month, $11 the factor of a jump, $12 people at most. The list of the month before
 * is the one of the same contract row and number: another one of this month may be on its way. Whole lists are hashed,
 * so names are looked up only of those about whom there is something to say.
 */
const neighboursSql = `
with listed as (
  select id, list_number, contract_row, id = $1 as is_own, year = $3 and month = $4 as is_now
  from employer_list
  where workshop_code = $2 and replaced_by is null and withdrawn_at is null
    and (year = $3 and month = $4 or year = $5 and month = $6 and contract_key = $7 and number_key = $8)
), said as (
  select ${personKey} as person, l.is_own, l.is_now, l.list_number, l.contract_row, r.row_number, r.days, r.end_date,
    case when r.days > 0 and r.daily_wage > 0 then r.daily_wage end as wage
  from listed l join employer_list_row r on r.employer_list_id = l.id
  left join employer_list_row_person known using (employer_list_id, row_number)
  left join insured_person p on p.id = known.insured_person_id
), people as (
  select min(row_number) filter (where is_own) as "row", min(row_number) filter (where not is_now) as row_before,
    coalesce(sum(days) filter (where is_now), 0)::integer as days,
    min(list_number) filter (where is_now and not is_own) as "otherNumber",
    min(contract_row) filter (where is_now and not is_own) as "otherContract",
    max(wage) filter (where is_own) as wage, max(wage) filter (where not is_now) as "wageBefore",
    bool_or(not is_now and days > 0 and (end_date is null or end_date >= $10::date)) as was_here
  from said group by person
), judged as (
  select people.*, "row" is not null and "otherNumber" is not null as "isTwice", "row" is not null and days > $9 as "isBeyond",
    "row" is not null and coalesce(greatest(wage, "wageBefore") > $11 * least(wage, "wageBefore"), false) as "isJump",
    coalesce(was_here, false) and "row" is null and "otherNumber" is null as "isMissing"
  from people
)
select "row", names.*, days, "otherNumber", "otherContract", wage, "wageBefore",
  "isTwice", "isBeyond", "isJump", "isMissing",
  (count(*) filter (where "isTwice") over ())::integer as "twiceCount",
  (count(*) filter (where "isBeyond") over ())::integer as "beyondCount",
  (count(*) filter (where "isJump") over ())::integer as "jumpCount",
  (count(*) filter (where "isMissing") over ())::integer as "missingCount"
from judged cross join lateral (
  select r.first_name as "firstName", r.last_name as "lastName", r.insurance_number as "insuranceNumber",
    r.national_code as "nationalCode"
  from employer_list_row r
  where r.employer_list_id = case when "row" is null then (select id from listed where not is_now) else $1 end
    and r.row_number = coalesce("row", row_before) offset 0
) names
where "isTwice" or "isBeyond" or "isJump" or "isMissing"
order by "row" nulls last, "lastName", "firstName", "nationalCode", "insuranceNumber" limit $12`;

/** Adds what is found to the log. Call when the list is stored and everybody on it is in the register. */
export async function findNeighbourFindings(
  client: pg.ClientBase,
  listId: number,
  { workshopCode, month, ...key }: ListKey,
  { maxFindings, wageJumpFactor }: Pick<ListRules, 'maxFindings' | 'wageJumpFactor'>,
  log: FindingLog,
): Promise<void> {
  const { contractKey, numberKey } = comparedKey(key);
  const before: JalaliMonth = addJalaliMonths(month, -1);
  const monthLength = daysInJalaliMonth(month);
  const { rows } = await client.query<Neighbour>(neighboursSql, [
    listId,
    workshopCode,
    month.year,
    month.month,
    before.year,
    before.month,
    contractKey,
    numberKey,
    monthLength,
    jalaliToGregorian({ ...month, day: 1 }),
    wageJumpFactor,
    maxFindings,
  ]);
  for (const found of rows) {
    const { firstName, lastName, insuranceNumber, nationalCode } = found;
    const person = { name: `${firstName} ${lastName}`.trim(), insuranceNumber, nationalCode };
    const at = (field: string | null) => ({ file: 'workers', row: found.row, field, person }) as const;
    if (found.isTwice) {
      const other = `${found.otherNumber || '1'}${found.otherContract ? `/${found.otherContract}` : ''}`;
      log.add('also-in-another-list', at(null), other);
    }
    if (found.isBeyond) log.add('days-beyond-month', at('DSW_DD'), found.days, monthLength);
    if (found.isJump) log.add('daily-wage-jumps', at('DSW_ROOZ'), found.wage, found.wageBefore);
    if (found.isMissing) log.add('person-missing', at(null), formatMonth(before));
  }
  const [first] = rows;
  if (first === undefined) return;
  const { twiceCount, beyondCount, jumpCount, missingCount } = first;
  const added = rows.flatMap(({ isTwice, isBeyond, isJump, isMissing }) =>
    [isTwice, isBeyond, isJump, isMissing].filter(Boolean),
  ).length;
  // Those beyond the first few are counted all the same.
  log.warningCount += twiceCount + beyondCount + jumpCount + missingCount - added;
}
