-- What machine clients have sent, and the report of it. Refused lists leave nothing but this.

create table employer_list_submission (
  id uuid constraint employer_list_submission_pk primary key default uuidv7(),
  -- The machine client; only it gets to see the report.
  client_id text not null,
  state text not null default 'received' constraint employer_list_submission_state_known
    check (state in ('received', 'accepted', 'accepted-with-warnings', 'unchanged', 'refused')),
  -- Null until it is finished.
  report jsonb,
  received_at timestamptz not null default now()
);
create index employer_list_submission_age on employer_list_submission (received_at);
