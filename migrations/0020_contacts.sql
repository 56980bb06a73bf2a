-- Changing the ways into an account: nothing new is trusted before its owner could object.

-- A code on its way to somebody signed in: to a new address, or to a trusted one whose owner bars another kind. Holds
-- nothing by itself.
create table contact_flow (
  id uuid constraint contact_flow_pk primary key default uuidv7(),
  account_id uuid not null constraint contact_flow_account_fk references account (id) on delete cascade,
  -- What is to be proved: an address, or for a bar also the answers.
  kind text not null constraint contact_flow_kind_known check (kind in ('mobile', 'email', 'answers')),
  -- The new address; null: the account's own, whatever it is then.
  destination text,
  -- The address was given at sign-up, by whoever had just proved the mobile.
  at_sign_up boolean not null default false,
  -- The kind that is to be barred.
  barring text constraint contact_flow_barring_known check (barring in ('mobile', 'email', 'answers')),
  challenge_id uuid not null,
  challenge_expires_at timestamptz not null,
  attempts smallint not null default 0,
  sends smallint not null default 1,
  sent_at timestamptz not null default now(),
  -- Set once it is proved: kept for a day, so that whoever lost the answer is told so.
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint contact_flow_changes_or_bars check ((destination is null) = (barring is not null))
);
create index contact_flow_account on contact_flow (account_id);
create index contact_flow_expiry on contact_flow (expires_at);

-- What is to be trusted 72 hours after the trusted addresses were told of it. One of each kind.
create table pending_change (
  -- The event whose link cancels it.
  id uuid constraint pending_change_pk primary key
    constraint pending_change_event_fk references account_event (id) on delete cascade,
  account_id uuid not null constraint pending_change_account_fk references account (id) on delete cascade,
  kind text not null constraint pending_change_kind_known check (kind in ('mobile', 'email', 'answers')),
  -- The new address; null: the address is removed, or answers are replaced.
  address text,
  security_questions text[],
  security_answers_hash text,
  -- Whether there was a trusted address to tell of it. Not read off the messages, which are removed some day.
  is_told boolean not null,
  created_at timestamptz not null default now(),
  constraint pending_change_kind_key unique (account_id, kind),
  constraint pending_change_has_its_value check (
    case kind when 'answers' then address is null and num_nulls(security_questions, security_answers_hash) = 0
      when 'mobile' then address is not null and num_nonnulls(security_questions, security_answers_hash) = 0
      else num_nonnulls(security_questions, security_answers_hash) = 0 end)
);
