-- Accounts, the ways into them, and what happened to them.

-- Of each kind of address (mobile, e-mail) and of security answers an account has one trusted value or none: what
-- stands here is trusted. What is to replace it waits in pending_change.
create table account (
  id uuid constraint account_pk primary key default uuidv7(),
  insured_person_id uuid not null constraint account_insured_person_key unique
    constraint account_insured_person_fk references insured_person (id),
  -- One of the two is the user name: foreign nationals, who have no national code, are known by their insurance number.
  national_code text constraint account_national_code_key unique,
  insurance_number text constraint account_insurance_number_key unique,
  -- E.164; null where a branch took away what was not proved at its desk.
  mobile text,
  -- When the ownership register last tied the mobile to this person.
  mobile_owned_at timestamptz not null default now(),
  email text,
  security_questions text[] not null,
  security_answers_hash text not null,
  -- Kinds by which somebody else got in, or may: they neither recover the account nor speak for it.
  barred_kinds text[] not null default '{}'
    constraint account_barred_kinds_known check (barred_kinds <@ '{mobile,email,answers}'),
  locale text not null constraint account_locale_known check (locale in ('fa', 'en')),
  -- locked: the password opens nothing until a recovery; locked-two: until one by two kinds.
  lock text not null default 'open' constraint account_lock_known check (lock in ('open', 'locked', 'locked-two')),
  -- Set by an operator, and opened again by nobody else; the lock stays what it is meanwhile.
  disabled_at timestamptz,
  state text generated always as (case when disabled_at is null then lock else 'disabled' end) virtual not null,
  password_hash text not null,
  password_changed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint account_has_user_name check (num_nonnulls(national_code, insurance_number) = 1)
);
-- Whose number a mobile was, when somebody else proves it.
create index account_mobile on account (mobile);

-- The newest few hashes, so that a password is not used again.
create table password_history (
  account_id uuid not null constraint password_history_account_fk references account (id) on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  password_hash text not null,
  constraint password_history_pk primary key (account_id, created_at)
);

-- A device that its owner called theirs when signing in. Guesses from elsewhere do not use up its quota. One that
-- has not signed in for long counts as unknown.
create table device (
  token_digest bytea constraint device_pk primary key,
  account_id uuid not null constraint device_account_fk references account (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now()
);
create index device_account on device (account_id, last_used_at);
create index device_last_use on device (last_used_at);

-- Networks that an account was signed in from: what strangers use up elsewhere is not used up there. `key` is a keyed
-- digest of national code and network. One that was not signed in from for long counts as unknown.
create table known_network (
  key bytea constraint known_network_pk primary key,
  account_id uuid not null constraint known_network_account_fk references account (id) on delete cascade,
  last_used_at timestamptz not null default now()
);
create index known_network_account on known_network (account_id, last_used_at);
create index known_network_last_use on known_network (last_used_at);

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

-- A sign-in in two steps that waits for its code, which is derived from the id. `account_id` is null where the password
-- was wrong or there is nobody: no code is right then. No foreign key, whose check would cost time for known people only.
create table sign_in (
  id uuid constraint sign_in_pk primary key default uuidv7(),
  token_digest bytea not null,
  account_id uuid,
  -- The row is its only challenge: for another code one signs in again.
  challenge_id uuid generated always as (id) virtual not null,
  challenge_expires_at timestamptz generated always as (expires_at) virtual not null,
  attempts smallint not null default 0,
  expires_at timestamptz not null
);
create index sign_in_account on sign_in (account_id);
create index sign_in_expiry on sign_in (expires_at);

-- A sign-up under way. Holds nothing for anybody: any number may run for one national code.
create table registration (
  id uuid constraint registration_pk primary key default uuidv7(),
  token_digest bytea not null,
  national_code text,
  insurance_number text,
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
  -- Set once the account is there: kept for a day, so that whoever lost the answer is told so.
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint registration_has_user_name check (num_nonnulls(national_code, insurance_number) = 1)
);
create index registration_expiry on registration (expires_at);

-- A recovery under way. `account_id` is null where there is no account to recover; every statement and
-- every answer is the same for such a row. It has no foreign key, whose check would cost time for known
-- people only.
create table recovery (
  id uuid constraint recovery_pk primary key default uuidv7(),
  token_digest bytea not null,
  -- Keyed digest of the national code: quotas count for it whether an account exists or not.
  subject bytea not null,
  account_id uuid,
  -- Keyed digest of person and client network: failures are counted where the flow was started. Null at a branch.
  network_key bytea,
  is_network_known boolean not null default false,
  -- The device token's digest, where the flow was started on a device that has signed in to this account.
  device_digest bytea,
  -- Where a code printed at a branch opened the flow: which recovery there, and the mobile that was given at the desk.
  branch_recovery_id uuid,
  destination text,
  locale text not null constraint recovery_locale_known check (locale in ('fa', 'en')),
  method text constraint recovery_method_known check (method in ('sms', 'email', 'questions')),
  proved_methods text[] not null default '{}',
  -- Answers first, with no word on them, then a code that decides both.
  in_two_steps boolean not null default false,
  challenge_id uuid,
  challenge_expires_at timestamptz,
  -- Earlier ones of this flow; no more than its sends, and the methods proved. A code of theirs is a mistake, not a guess.
  earlier_challenge_ids uuid[] not null default '{}',
  attempts smallint not null default 0,
  sends smallint not null default 0,
  sent_at timestamptz,
  proved_at timestamptz,
  permission_expires_at timestamptz,
  -- Set once the password is set: kept for a day and for nobody, so that whoever lost the answer is told so.
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index recovery_account on recovery (account_id);
-- A printed code used again takes over the flow that it opened before.
create unique index recovery_of_branch on recovery (branch_recovery_id) where branch_recovery_id is not null;

-- Counters of failed proofs and of messages sent, shared by all replicas. `key` is a keyed digest.
create table quota (
  key bytea constraint quota_pk primary key,
  used integer not null,
  resets_at timestamptz not null
);

-- Counters that slide: when each use was that still counts, oldest first. `key` is a keyed digest.
create table sliding_quota (
  key bytea constraint sliding_quota_pk primary key,
  uses timestamptz[] not null,
  expires_at timestamptz not null
);
create index sliding_quota_expiry on sliding_quota (expires_at);

-- What happened to an account, for its owner to see. No secrets. A guess at an account that does not exist
-- is written all the same (and soon cleaned up), without a foreign key: both kinds cost the same time.
create table activity (
  id uuid constraint activity_pk primary key default uuidv7(),
  account_id uuid,
  kind text not null,
  outcome text not null constraint activity_outcome_known check (outcome in ('succeeded', 'refused')),
  network text not null,
  user_agent text not null,
  flow_id uuid,
  -- Who did it, where it was not the person: 'operator:NAME', 'officer:ACCOUNT'.
  actor text,
  occurred_at timestamptz not null default now()
);
create index activity_account on activity (account_id, id desc);
create index activity_of_nobody on activity (occurred_at) where account_id is null;

-- What the owner of an account can say "it was not me" to: a change of an address or of answers, a new password, a
-- recovery, a kind that was barred. The link in a notice is a keyed function of the id and of the address that it went
-- to, so that it is worth nothing once the account does not trust that address any more.
create table account_event (
  id uuid constraint account_event_pk primary key default uuidv7(),
  account_id uuid not null constraint account_event_account_fk references account (id) on delete cascade,
  cause text not null constraint account_event_cause_known
    check (cause in ('change', 'password-change', 'recovery', 'bar', 'branch-recovery', 'register-change')),
  -- The kind that is to change, those that a recovery rested on, or the one by whose proof another was barred.
  kinds text[] not null default '{}',
  -- The kind that was barred.
  barred_kind text,
  occurred_at timestamptz not null default now(),
  disputed_at timestamptz
);
create index account_event_account on account_event (account_id, occurred_at);
