-- People who act for others at the desk of a branch, and what they have begun there or change in the register.

-- An officer is an account with the role, granted by an operator for one branch.
create table officer (
  account_id uuid constraint officer_pk primary key
    constraint officer_account_fk references account (id) on delete cascade,
  branch text not null constraint officer_branch_form check (branch ~ '^[0-9]{4}$'),
  -- 'operator:NAME'
  granted_by text not null,
  granted_at timestamptz not null default now()
);
create index officer_branch on officer (branch);

-- A recovery begun at a desk. Somebody who has no account has a row like everybody else, without `account_id`.
create table branch_recovery (
  id uuid constraint branch_recovery_pk primary key,
  branch text not null,
  -- Accounts of the officers. No foreign keys: what they did stays when they go.
  requested_by uuid not null,
  approved_by uuid,
  -- Keyed digest of what the person is known by.
  subject bytea not null,
  -- Whom the ownership register is asked about.
  national_code text,
  insurance_number text,
  account_id uuid,
  locale text not null constraint branch_recovery_locale_known check (locale in ('fa', 'en')),
  -- What the printed code opens together with: a code at the account's own mobile, or at one given at the desk; or the
  -- word of a second officer and a wait in which every trusted address can dispute it.
  way text not null constraint branch_recovery_way_known check (way in ('own-mobile', 'new-mobile', 'two-officers')),
  mobile text,
  -- Null until it may be printed.
  printed_digest bytea,
  -- What the links in the notices dispute.
  event_id uuid,
  approved_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint branch_recovery_has_user_name check (num_nonnulls(national_code, insurance_number) = 1),
  constraint branch_recovery_has_its_mobile check ((way = 'new-mobile') = (mobile is not null)),
  constraint branch_recovery_is_approved_whole check (
    num_nulls(approved_by, approved_at) in (0, 2) and (way <> 'two-officers' or (printed_digest is null) = (approved_at is null))
    and approved_by is distinct from requested_by)
);
create unique index branch_recovery_printed on branch_recovery (printed_digest);
create index branch_recovery_account on branch_recovery (account_id);
create index branch_recovery_expiry on branch_recovery (expires_at);

-- What officers, or operators, change in the register of people: the request, the second word, and the trace. Whatever
-- tells one person from another waits for both and for 72 hours in which its owner can dispute it.
create table register_change (
  id uuid constraint register_change_pk primary key default uuidv7(),
  kind text not null constraint register_change_kind_known check (kind in ('mend', 'merge', 'split')),
  -- Whom it is about, and who goes into them or comes out of them again. No foreign keys: the trace stays.
  insured_person_id uuid not null,
  other_id uuid,
  -- What is to hold from then on, and what stood there before.
  details jsonb not null default '{}',
  previous jsonb not null default '{}',
  reason text not null,
  -- Null: by operators.
  branch text,
  -- 'officer:ACCOUNT' or 'operator:NAME'
  requested_by text not null,
  approved_by text,
  approved_at timestamptz,
  -- What the links in the notices dispute, one for each account and notice.
  event_ids uuid[] not null default '{}',
  -- The change that this one takes back.
  reverses uuid,
  outcome text constraint register_change_outcome_known
    check (outcome in ('applied', 'cancelled', 'not-possible', 'reversed')),
  settled_at timestamptz,
  created_at timestamptz not null default now(),
  constraint register_change_has_its_other check ((kind = 'mend') = (other_id is null)),
  constraint register_change_by_two check (
    num_nulls(approved_by, approved_at) in (0, 2) and approved_by is distinct from requested_by),
  constraint register_change_is_settled_whole check (num_nulls(outcome, settled_at) in (0, 2))
);
create index register_change_person on register_change (insured_person_id);
create index register_change_other on register_change (other_id) where other_id is not null;
create index register_change_open on register_change (approved_at) where outcome is null;
create index register_change_events on register_change using gin (event_ids);
