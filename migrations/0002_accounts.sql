-- Accounts, the ways into them, and what happened to them.

create table account (
  id uuid constraint account_pk primary key default uuidv7(),
  insured_person_id uuid not null constraint account_insured_person_key unique
    constraint account_insured_person_fk references insured_person (id),
  national_code text not null constraint account_national_code_key unique,
  -- E.164; proved by a code and by the ownership register before the row exists.
  mobile text not null,
  -- Not used for anything until proved by a code.
  email text,
  email_verified_at timestamptz,
  locale text not null constraint account_locale_known check (locale in ('fa', 'en')),
  state text not null default 'active' constraint account_state_known check (state in ('active', 'disabled')),
  password_hash text not null,
  password_changed_at timestamptz not null default now(),
  security_questions text[] not null,
  security_answers_hash text not null,
  created_at timestamptz not null default now()
);

-- The newest few hashes, so that a password is not used again.
create table password_history (
  account_id uuid not null constraint password_history_account_fk references account (id) on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  password_hash text not null,
  constraint password_history_pk primary key (account_id, created_at)
);

-- A device that its owner called theirs when signing in. Guesses from elsewhere do not use up its budget. One that
-- has not signed in for long counts as unknown.
create table device (
  token_digest bytea constraint device_pk primary key,
  account_id uuid not null constraint device_account_fk references account (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now()
);
create index device_account on device (account_id, last_used_at);
create index device_last_use on device (last_used_at);

-- A live session; an ended one has no row. Refresh token number `generation` is a keyed function of
-- id, seed and number: neither this table nor the key alone can produce one.
create table session (
  id uuid constraint session_pk primary key default uuidv7(),
  account_id uuid not null constraint session_account_fk references account (id) on delete cascade,
  refresh_seed bytea not null,
  generation integer not null default 0,
  -- Of the newest refreshes, newest first: when, and the keyed digest of the Idempotency-Key, '' without one.
  refreshed_at timestamptz[] not null default '{}',
  refresh_keys bytea[] not null default '{}',
  -- When the password was last given in this session.
  authenticated_at timestamptz not null default now(),
  user_agent text not null,
  network text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  idle_expires_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_account on session (account_id);
create index session_idle_expiry on session (idle_expires_at);

-- A sign-up under way. Holds nothing for anybody: any number may run for one national code.
create table registration (
  id uuid constraint registration_pk primary key default uuidv7(),
  token_digest bytea not null,
  national_code text not null,
  birth_date date not null,
  mobile text not null,
  locale text not null constraint registration_locale_known check (locale in ('fa', 'en')),
  challenge_id uuid not null,
  challenge_expires_at timestamptz not null,
  attempts smallint not null default 0,
  sends smallint not null default 1,
  sent_at timestamptz not null default now(),
  -- Set once the mobile is proved and the details match the register.
  insured_person_id uuid constraint registration_insured_person_fk references insured_person (id),
  verified_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index registration_expiry on registration (expires_at);

-- A recovery under way. `account_id` is null where there is no account to recover; every statement and
-- every answer is the same for such a row. It has no foreign key, whose check would cost time for known
-- people only.
create table recovery (
  id uuid constraint recovery_pk primary key default uuidv7(),
  token_digest bytea not null,
  -- Keyed digest of the national code: budgets count for it whether an account exists or not.
  subject bytea not null,
  account_id uuid,
  -- The device token's digest, where the flow was started on a device that has signed in to this account.
  device_digest bytea,
  locale text not null constraint recovery_locale_known check (locale in ('fa', 'en')),
  method text constraint recovery_method_known check (method in ('sms', 'email', 'questions')),
  challenge_id uuid,
  challenge_expires_at timestamptz,
  attempts smallint not null default 0,
  sends smallint not null default 0,
  sent_at timestamptz,
  proved_at timestamptz,
  permission_expires_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index recovery_account on recovery (account_id);
create index recovery_expiry on recovery (expires_at);

-- Counters of failed proofs and of messages sent, shared by all replicas. `key` is a keyed digest.
create table budget (
  key bytea constraint budget_pk primary key,
  used integer not null,
  resets_at timestamptz not null
);
create index budget_reset on budget (resets_at);

-- What happened to an account, for its owner to see. No secrets. A guess at an account that does not exist
-- is written all the same (and soon swept), without a foreign key: both kinds cost the same time.
create table activity (
  id uuid constraint activity_pk primary key default uuidv7(),
  account_id uuid,
  kind text not null,
  outcome text not null constraint activity_outcome_known check (outcome in ('succeeded', 'refused')),
  network text not null,
  user_agent text not null,
  flow_id uuid,
  occurred_at timestamptz not null default now()
);
create index activity_account on activity (account_id, id desc);
create index activity_of_nobody on activity (occurred_at) where account_id is null;
