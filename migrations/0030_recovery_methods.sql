-- Recovery by three methods and at the branch, its hold, and the way back for who did not ask for it.

alter table account drop constraint account_state_known;
-- locked: a recovery was disowned. No sign-in, and recovery only by a method that is not compromised.
alter table account add constraint account_state_known check (state in ('active', 'locked', 'disabled'));
-- Methods by which somebody else got in.
alter table account add column compromised_methods text[] not null default '{}';

-- What the flow offered at its start, those of a decoy where it stands for nobody.
alter table recovery add column methods text[] not null default '{sms}';
alter table recovery add column proved_methods text[] not null default '{}';
alter table recovery drop constraint recovery_method_known;
alter table recovery add constraint recovery_method_known check (method in ('sms', 'email', 'questions'));
-- At the branch: SHA-256 of the code that was printed for the person, and the officers who answer for it.
-- No code yet: a second officer is awaited.
alter table recovery add column printed_digest bytea;
alter table recovery add column officers text[] not null default '{}';
create unique index recovery_printed on recovery (printed_digest) where printed_digest is not null;

-- A proof too weak to set a password at once: who comes back after `ends_at` and proves it again may.
create table recovery_hold (
  account_id uuid constraint recovery_hold_pk primary key
    constraint recovery_hold_account_fk references account (id) on delete cascade,
  ends_at timestamptz not null,
  expires_at timestamptz not null
);
create index recovery_hold_expiry on recovery_hold (expires_at);

-- What a notice's "it was not me" undoes. The secret of its link is a keyed function of the id.
create table recovery_cancellation (
  id uuid constraint recovery_cancellation_pk primary key default uuidv7(),
  account_id uuid not null
    constraint recovery_cancellation_account_fk references account (id) on delete cascade,
  -- Methods that the disowned recovery was proved by.
  methods text[] not null,
  expires_at timestamptz not null
);
create index recovery_cancellation_account on recovery_cancellation (account_id);
create index recovery_cancellation_expiry on recovery_cancellation (expires_at);

-- Nothing is counted, and nothing allowed, until then.
alter table budget add column blocked_until timestamptz;
