-- The register: insured people, workshops, the lists that employers send every month, and the insurance
-- records built from them.
--
-- What is true lies in the lists and their rows (and, for schemes without a workshop, in
-- scheme_contribution). insurance_record is made of them, person by person, for reading.

create table insured_person (
  id uuid constraint insured_person_pk primary key default uuidv7(),
  -- Null for foreign nationals, who are known by their insurance number.
  national_code text constraint insured_person_national_code_key unique
    constraint insured_person_national_code_form check (national_code ~ '^[0-9]{10}$'),
  insurance_number text,
  first_name text not null,
  last_name text not null,
  father_name text,
  birth_date date,
  -- The list that first named the person; null for people from elsewhere.
  employer_list_id bigint,
  -- Whether lists in force say different things of the person.
  contested boolean not null default false,
  created_at timestamptz not null default now(),
  constraint insured_person_is_known check (national_code is not null or insurance_number is not null)
);
create unique index insured_person_foreign_key on insured_person (insurance_number) where national_code is null;
create index insured_person_by_number on insured_person (insurance_number);
-- Goes up with every change of somebody's details, so that a list which was read meanwhile looks again.
create sequence insured_person_change;
-- Goes up before entries become one person, come apart or go by another national code: a list that has looked up
-- its people meanwhile does so again.
create sequence insured_person_identity_change;
-- The first value would look like none.
select nextval('insured_person_change'), nextval('insured_person_identity_change');

create table workshop (
  code text constraint workshop_pk primary key
    constraint workshop_code_form check (code ~ '^[0-9]{10}$'),
  name text not null,
  employer_name text not null,
  address text not null,
  employer_list_id bigint,
  created_at timestamptz not null default now()
);

-- What lists in force say of a person is weighed when they disagree; what an operator has decided holds against
-- all of them. The newest decision of a field counts, the earlier ones are its trace.
create table insured_person_decision (
  id bigint constraint insured_person_decision_pk primary key generated always as identity,
  insured_person_id uuid not null
    constraint insured_person_decision_person_fk references insured_person (id) on delete cascade,
  field text not null constraint insured_person_decision_field_known
    check (field in ('name', 'father_name', 'birth_date', 'insurance_number')),
  value jsonb not null,
  decided_by text not null,
  reason text not null,
  -- The change of the register that it came with, and goes with.
  register_change_id uuid,
  decided_at timestamptz not null default now()
);
create index insured_person_decision_person on insured_person_decision (insured_person_id, field, id);

-- Insurance numbers that lists in force give for a person besides the one that holds.
create table insured_person_number (
  insurance_number text not null,
  insured_person_id uuid not null
    constraint insured_person_number_person_fk references insured_person (id) on delete cascade,
  constraint insured_person_number_pk primary key (insurance_number, insured_person_id)
);
create index insured_person_number_owner on insured_person_number (insured_person_id);

-- Entries that proved to be one person: what stood in the one that is gone, and who has its months now. Whoever
-- is named by the old numbers later is that person.
create table insured_person_merge (
  merged_id uuid constraint insured_person_merge_pk primary key,
  insured_person_id uuid not null constraint insured_person_merge_person_fk references insured_person (id),
  national_code text,
  insurance_number text,
  first_name text not null,
  last_name text not null,
  father_name text,
  birth_date date,
  -- Numbers that either was known by: they mean the person even when no list in force gives them any more.
  numbers text[] not null,
  -- What came from the one that is gone, so that it can be taken apart again: rows of lists, months of schemes,
  -- decisions, numbers and earlier merges; and the rows that were said to be the survivor's already.
  moved jsonb not null,
  merged_by text not null,
  reason text not null,
  merged_at timestamptz not null default now()
);
create index insured_person_merge_national_code on insured_person_merge (national_code);
create index insured_person_merge_number on insured_person_merge using gin (numbers);
create index insured_person_merge_person on insured_person_merge (insured_person_id);

-- Kinds of months in a record. The codes of the organisation are not published: operators fill the table.
create table history_type (
  code smallint constraint history_type_pk primary key,
  name_fa text not null,
  name_en text not null,
  -- Months of an employer list name a workshop; those of a scheme have none.
  of_workshop boolean not null
);
insert into history_type (code, name_fa, name_en, of_workshop) values
  (1, 'کارکرد عادی لیست', 'Employer list', true),
  (2, 'بیمهٔ اختیاری', 'Voluntary insurance', false),
  (3, 'کارگران ساختمانی', 'Construction workers', false);

-- A list that was taken in. A corrected one (same workshop, month, contract row and number) leaves the earlier
-- one here, replaced, with its rows; one that was taken back stays too. A list counts unless it is replaced or
-- withdrawn.
create table employer_list (
  id bigint constraint employer_list_pk primary key generated by default as identity,
  workshop_code text not null constraint employer_list_workshop_fk references workshop (code),
  year smallint not null,
  month smallint not null constraint employer_list_month_exists check (month between 1 and 12),
  list_number text not null,
  -- Number and contract row as they are compared: programs write 1, 01, 001 or nothing for the same.
  number_key text not null,
  contract_key text not null,
  -- SHA-256 of columns and records, as the reader reckons it.
  content_digest bytea not null,
  replaced_by bigint constraint employer_list_replaced_by_fk references employer_list (id)
    deferrable initially deferred,
  withdrawn_at timestamptz,
  -- Who took it back: a machine client's id, or the name of an operator.
  withdrawn_by text,
  workshop_name text not null,
  employer_name text not null,
  address text not null,
  kind text not null,
  description text not null,
  contract_row text not null,
  row_count integer not null,
  -- Totals as declared: days, and rials.
  days bigint not null,
  monthly_wage bigint not null,
  benefits bigint not null,
  insurable_wage bigint not null,
  total_pay bigint not null,
  worker_premium bigint not null,
  -- Null where the layout does not have them.
  employer_premium bigint,
  unemployment_premium bigint,
  warning_count integer not null,
  warnings jsonb not null,
  received_at timestamptz not null default now(),
  constraint employer_list_withdrawal_is_whole check ((withdrawn_at is null) = (withdrawn_by is null)),
  constraint employer_list_ends_once check (replaced_by is null or withdrawn_at is null)
);
-- One list of a key counts.
create unique index employer_list_current on employer_list (workshop_code, year, month, contract_key, number_key)
  where replaced_by is null and withdrawn_at is null;
create index employer_list_month on employer_list (workshop_code, year, month);

-- SHA-256 of files whose content is known, and the last list they were taken in as, so that a folder taken in
-- before costs one query.
create table employer_list_file (
  digest bytea constraint employer_list_file_pk primary key,
  employer_list_id bigint not null constraint employer_list_file_list_fk references employer_list (id)
);

-- The evidence: a worker's row as the employer wrote it. Its list is written in the same transaction; a
-- foreign key would cost a look-up a row to say the same.
create table employer_list_row (
  employer_list_id bigint not null,
  row_number integer not null,
  national_code text,
  insurance_number text,
  first_name text not null,
  last_name text not null,
  father_name text not null,
  birth_certificate_number text not null,
  birth_certificate_place text not null,
  birth_certificate_date date,
  birth_date date,
  sex text,
  nationality text not null,
  job_title text not null,
  job_code text not null,
  start_date date,
  end_date date,
  days smallint not null,
  daily_wage bigint not null,
  daily_seniority_pay bigint,
  monthly_wage bigint not null,
  benefits bigint not null,
  insurable_wage bigint not null,
  total_pay bigint not null,
  worker_premium bigint not null,
  spouse_pay bigint,
  commission_rate numeric,
  constraint employer_list_row_pk primary key (employer_list_id, row_number)
);

-- Whom a row means that does not say so by a national code in the register: rows without one, and rows with one
-- of an entry that was merged.
create table employer_list_row_person (
  employer_list_id bigint not null,
  row_number integer not null,
  insured_person_id uuid not null
    constraint employer_list_row_person_person_fk references insured_person (id),
  constraint employer_list_row_person_pk primary key (employer_list_id, row_number)
);
create index employer_list_row_person_person on employer_list_row_person (insured_person_id);

-- Months that no employer lists: what the person, or a scheme, has paid.
create table scheme_contribution (
  insured_person_id uuid not null constraint scheme_contribution_person_fk references insured_person (id),
  history_type smallint not null constraint scheme_contribution_type_fk references history_type (code),
  year smallint not null,
  month smallint not null constraint scheme_contribution_month_exists check (month between 1 and 12),
  days smallint not null,
  insurable_wage bigint not null,
  premium bigint not null,
  source text not null,
  created_at timestamptz not null default now(),
  constraint scheme_contribution_pk primary key (insured_person_id, history_type, year, month)
);

-- A person's whole history in one row, so that reading it touches a handful of pages although it arrives
-- month by month. Months are JSON arrays, each followed by a comma:
--   [month since year 0, "workshop" or null, history type, list or null, row or null,
--    days, daily wage, monthly wage, benefits, insurable wage, premium],
-- The newest are put in front of `recent`, the last column: such an update stays on its page, and the log
-- gets little more than what was added. When `recent` is full it moves into `settled`, which soon lies beside
-- the table, compressed, and is not rewritten by an update that leaves it alone.
-- `document` is the record as it is sent (gzip, in base64), made by the first read after a change and good
-- as long as its tag is the current one.
create table insurance_record (
  insured_person_id uuid constraint insurance_record_pk primary key,
  settled text not null default '',
  document text storage external,
  document_tag text,
  version bigint not null default 0,
  recent text storage main not null default ''
) with (fillfactor = 50);

-- What the record rests on beside the lists. One row.
create table record_basis (
  only_row boolean constraint record_basis_pk primary key default true
    constraint record_basis_only_row check (only_row),
  -- The as-of month: the newest month that the organisation has closed, in months since year 0.
  closed_month integer,
  -- Goes up with whatever changes what people are shown: names, types, the as-of month.
  revision bigint not null default 1
);
insert into record_basis default values;

-- Entries of a record without those of one list.
create function entries_without_list(entries text, list_id bigint) returns text
language sql immutable parallel safe
return coalesce((
  select string_agg(entry.value::text || ',', '' order by entry.ordinality)
  from json_array_elements(('[' || rtrim(entries, ',') || ']')::json) with ordinality as entry
  where (entry.value ->> 3)::bigint is distinct from list_id
), '');

-- What the law fixes, by the month from which it holds (months since year 0). Operators add to both.
create table minimum_wage (
  year smallint constraint minimum_wage_pk primary key,
  -- Rials.
  daily_wage bigint not null constraint minimum_wage_positive check (daily_wage > 0)
);
insert into minimum_wage (year, daily_wage) values (1403, 2388728), (1404, 3463656);

create table premium_rate (
  from_month integer constraint premium_rate_pk primary key,
  worker_percent numeric not null,
  employer_percent numeric not null,
  unemployment_percent numeric not null,
  -- The insurable ceiling of a day, in minimum daily wages.
  ceiling_multiple numeric not null
);
insert into premium_rate values (0, 7, 20, 3, 7);
