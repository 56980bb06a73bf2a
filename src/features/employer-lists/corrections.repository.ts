import type pg from 'pg';

/** What a correction does to the list that it replaces. People are counted once, whatever rows they have. */
export type Correction = Readonly<{
  peopleBefore: number;
  peopleAdded: number;
  peopleRemoved: number;
  /** Those of both lists whose days or money are others now. */
  peopleChanged: number;
  daysBefore: number;
  daysAfter: number;
}>;

/** Whom the rows of a list mean, as the register knows them, and what they say. */
const peopleOf = (parameter: string) => `
  select coalesce(known.insured_person_id, p.id) as id, sum(r.days)::integer as days,
    array_agg(array[r.days, r.daily_wage, r.monthly_wage, r.benefits, r.insurable_wage, r.total_pay, r.worker_premium]
      order by r.days, r.daily_wage, r.monthly_wage, r.benefits, r.insurable_wage, r.total_pay, r.worker_premium) as said
  from employer_list_row r
  left join employer_list_row_person known using (employer_list_id, row_number)
  left join insured_person p on known.insured_person_id is null and p.national_code = r.national_code
  where r.employer_list_id = ${parameter} group by 1`;

/**
 * Holds a list against the one whose place it takes. Call when everybody on both is in the register.
 * @param listId `null`: nothing takes its place
 */
export async function compareLists(
  client: pg.ClientBase,
  correctedId: number,
  listId: number | null,
): Promise<Correction> {
  const { rows } = await client.query<Correction>(
    `select count(before.id)::integer as "peopleBefore",
       count(*) filter (where before.id is null)::integer as "peopleAdded",
       count(*) filter (where after.id is null)::integer as "peopleRemoved",
       count(*) filter (where before.said <> after.said)::integer as "peopleChanged",
       coalesce(sum(before.days), 0)::integer as "daysBefore", coalesce(sum(after.days), 0)::integer as "daysAfter"
     from (${peopleOf('$1')}) before full join (${peopleOf('$2')}) after on after.id = before.id`,
    [correctedId, listId],
  );
  return rows[0] as Correction;
}

/** Whether a sender has to say that this is meant: a list sent by mistake looks just like it. */
export function takesMostOff({ peopleBefore, peopleRemoved }: Correction): boolean {
  return peopleRemoved * 2 > peopleBefore;
}
