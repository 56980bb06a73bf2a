import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { recordWriter } from '../../src/features/records/index.ts';
import type { Principal } from '../../src/kernel/caller.ts';
import { jalaliMonthAt } from '../../src/kernel/jalali.ts';
import { toCode } from './lists.ts';

export type Careers = Readonly<{
  people: number;
  /** Everybody in the register; those without a career of their own have worked for some months. */
  register?: number;
  months: number;
  workshops: readonly string[];
}>;

const firstMonth = 1385 * 12;

/**
 * People whose whole working life came in month by month, as lists bring it: every month's rows lie together,
 * and a person's rows far apart. The rows are made in SQL; adding them to the records is the service's own.
 */
export async function seedCareers(pool: pg.Pool, careers: Careers): Promise<void> {
  const { people, register = people, months, workshops } = careers;
  const client = await pool.connect();
  await client.query('set statement_timeout = 0; set synchronous_commit = off');
  const codes = Array.from({ length: people }, (_, n) => toCode(n));
  await client.query(everybody, [codes, register, Math.floor(register / people)]);
  for (const code of workshops) {
    await client.query(`insert into workshop (code, name, employer_name, address) values ($1, $2, '', '')`, [
      code,
      `شرکت نمونهٔ ${code}`,
    ]);
  }
  for (let n = 0; n < months * workshops.length; n += 1) {
    const month = jalaliMonthAt(firstMonth + Math.floor(n / workshops.length));
    const workshopCode = workshops[n % workshops.length] as string;
    // Numbers as they are after years of other employers' lists: long, and far apart.
    const id = 1_000_000 + n * 37_411;
    await client.query(rowsOfMonth, [id, month.year, month.month, n, codes]);
    await recordWriter.appendList(client, { id, workshopCode, month });
  }
  await client.query(fillers, [codes]);
  await client.query('vacuum analyze');
  client.release(true);
}

/** The people with a career are spread evenly among all. */
const everybody = `
insert into insured_person (national_code, first_name, last_name)
select coalesce(case when n % $3 = 0 then ($1::text[])[n / $3 + 1] end, (9000000000 + n)::text), 'علی', 'احمدی'
from generate_series(0, $2::integer - 1) as n`;

const fillers = `
insert into insurance_record (insured_person_id, version, recent)
select id, 10, (
  select string_agg('[' || 16840 + n || ',"1000000001",1,' || 1000000 + n || ',1,30,3463656,103909680,40000000,143909680,10073678],', '')
  from generate_series(1, 10) as n
)
from insured_person where national_code <> all($1)`;

const rowsOfMonth = `
insert into employer_list_row (employer_list_id, row_number, national_code, first_name, last_name, father_name,
  birth_certificate_number, birth_certificate_place, nationality, job_title, job_code, days, daily_wage,
  monthly_wage, benefits, insurable_wage, total_pay, worker_premium)
select $1, row_number() over (), national_code, first_name, last_name, '', '', '', '', 'کارمند', '027075', days,
  wage, wage * days, benefits, wage * days + benefits, wage * days + benefits,
  ((wage * days + benefits) * 7 + 50) / 100
from (
  select national_code, first_name, last_name, case when $3 <= 6 then 31 when $3 <= 11 then 30 else 29 end as days,
    1000000 + ($2 - 1385) * 210000 + (row_number() over () % 977) * 1013 + $4 % 2 * 5000 as wage,
    9000000 + ($2 - 1385) * 1700000 as benefits
  from insured_person where national_code = any($5)
) as worker`;

/** An account and a live session for everybody; returns those of the first people. */
export async function signInPeople(pool: pg.Pool, people: number): Promise<Principal[]> {
  const client = await pool.connect();
  await client.query('set statement_timeout = 0; set synchronous_commit = off');
  await client.query(
    `insert into account (insured_person_id, national_code, mobile, locale, password_hash, security_questions,
       security_answers_hash)
     select id, national_code, '+989120000000', 'fa', 'unused', '{}', 'unused' from insured_person`,
  );
  await client.query(
    `insert into session (account_id, refresh_seed, user_agent, network, idle_expires_at, expires_at)
     select id, $1, 'bench', '127.0.0.0/24', now() + interval '1 day', now() + interval '1 day' from account`,
    [randomBytes(32)],
  );
  await client.query('vacuum analyze account, session');
  const { rows } = await client.query<Principal>(
    `select account.id as "accountId", session.id as "sessionId"
     from account join session on session.account_id = account.id where national_code = any($1)`,
    [Array.from({ length: people }, (_, n) => toCode(n))],
  );
  client.release(true);
  return rows;
}
