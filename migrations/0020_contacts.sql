-- Changing mobile and e-mail; whoever is known by an insurance number; who did what to an account.

-- Foreign nationals have no national code: their insurance number is their user name.
alter table account alter column national_code drop not null;
alter table account add column insurance_number text constraint account_insurance_number_key unique;
alter table account add constraint account_has_user_name check (num_nonnulls(national_code, insurance_number) = 1);
alter table registration alter column national_code drop not null;
alter table registration add column insurance_number text;
alter table registration
  add constraint registration_has_user_name check (num_nonnulls(national_code, insurance_number) = 1);

-- A new mobile or e-mail address whose owner has not given the code yet. Holds nothing.
create table contact_change (
  id uuid constraint contact_change_pk primary key default uuidv7(),
  account_id uuid not null constraint contact_change_account_fk references account (id) on delete cascade,
  kind text not null constraint contact_change_kind_known check (kind in ('mobile', 'email')),
  destination text not null,
  -- The address was given at sign-up, by whoever had just proved the mobile.
  at_sign_up boolean not null default false,
  challenge_id uuid not null,
  challenge_expires_at timestamptz not null,
  attempts smallint not null default 0,
  sends smallint not null default 1,
  sent_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index contact_change_account on contact_change (account_id);
create index contact_change_expiry on contact_change (expires_at);

-- An address that was replaced and can still be put back. Of one account they are made one after the other, so that
-- ids tell which came first. While such a row lives, the new address is not
-- trusted with a recovery. `previous` is null for an e-mail address where there was none.
create table contact_hold (
  id uuid constraint contact_hold_pk primary key default uuidv7(),
  account_id uuid not null constraint contact_hold_account_fk references account (id) on delete cascade,
  kind text not null constraint contact_hold_kind_known check (kind in ('mobile', 'email')),
  previous text,
  created_at timestamptz not null default now(),
  held_until timestamptz not null
);
create index contact_hold_account on contact_hold (account_id, kind, id);
create index contact_hold_end on contact_hold (held_until);

-- Where a recovery may go to right now: the oldest address that could still be put back, else the current one.
create view recovery_address as
select
  account.id as account_id,
  case when mobile_hold.id is null then account.mobile else mobile_hold.previous end as mobile,
  case
    when email_hold.id is not null then email_hold.previous
    when account.email_verified_at is not null then account.email
  end as email
from account
left join lateral (
  select id, previous from contact_hold
  where account_id = account.id and kind = 'mobile' and held_until > now()
  order by id limit 1
) as mobile_hold on true
left join lateral (
  select id, previous from contact_hold
  where account_id = account.id and kind = 'email' and held_until > now()
  order by id limit 1
) as email_hold on true;

-- Who did it, where it was not the person: 'operator:NAME', 'officer:CLIENT/ID'.
alter table activity add column actor text;
