-- What machine clients have sent, and the report of it. Refused lists leave nothing but this; what was taken in is
-- found again, and taken back, by it.

create table employer_list_submission (
  id uuid constraint employer_list_submission_pk primary key default uuidv7(),
  -- The machine client; only it gets to see the report.
  client_id text not null,
  state text not null default 'received' constraint employer_list_submission_state_known
    check (state in ('received', 'accepted', 'accepted-with-warnings', 'unchanged', 'refused')),
  -- Null until it is finished.
  report jsonb,
  -- As far as it can be told: before it is read, by what its first bytes say.
  workshop_code text,
  year smallint,
  month smallint,
  -- The list in the register, where it was taken in or is there already.
  employer_list_id bigint constraint employer_list_submission_list_fk references employer_list (id),
  received_at timestamptz not null default now()
);
create index employer_list_submission_age on employer_list_submission (received_at);
-- A client's own, newest first: all, of a workshop, of a month, or in a state.
create index employer_list_submission_client on employer_list_submission (client_id, id);
create index employer_list_submission_workshop on employer_list_submission (client_id, workshop_code, id);
create index employer_list_submission_month on employer_list_submission (client_id, year, month, id);
create index employer_list_submission_state on employer_list_submission (client_id, state, id);
create index employer_list_submission_list on employer_list_submission (employer_list_id);

-- A list that was received and waits for its turn: it outlives the process that received it. A lane holds the
-- row locked while it works, so that a process that dies gives it back at once.
create table employer_list_upload (
  submission_id uuid constraint employer_list_upload_pk primary key
    constraint employer_list_upload_submission_fk references employer_list_submission (id) on delete cascade,
  -- The workshop that the first bytes name: its lists are taken in one after the other, as they came.
  workshop_key text not null,
  -- Whose lists the sender may send; null for anybody's.
  workshop_codes text[],
  confirm_removals boolean not null,
  file_digest bytea not null,
  byte_count bigint not null,
  attempts smallint not null default 0,
  try_after timestamptz not null default now(),
  constraint employer_list_upload_size check (byte_count >= 0)
);
create index employer_list_upload_workshop on employer_list_upload (workshop_key, submission_id);

-- Its two files in pieces, so that nobody ever holds a whole one in memory.
create table employer_list_upload_part (
  submission_id uuid not null constraint employer_list_upload_part_upload_fk
    references employer_list_upload (submission_id) on delete cascade,
  file text not null constraint employer_list_upload_part_file_known check (file in ('workshop', 'workers')),
  position integer not null,
  bytes bytea not null,
  constraint employer_list_upload_part_pk primary key (submission_id, file, position)
);
-- Lists compress well, but only to be thrown away a moment later.
alter table employer_list_upload_part alter column bytes set storage external;
