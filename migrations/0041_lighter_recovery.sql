-- What every start of a recovery pays for, made lighter.

-- Rows come in the order they expire in, so a summary of ranges finds what to sweep and costs an insert nothing.
drop index recovery_expiry;
create index recovery_expiry on recovery using brin (expires_at) with (pages_per_range = 16, autosummarize = on);
-- A sweep reads all counters: they are few beside the guesses that would pay for an index.
drop index budget_reset;

-- Where a recovery may go to right now: the oldest address that could still be put back, else the current one.
create or replace view recovery_address as
select
  account.id as account_id,
  coalesce(
    (select previous from contact_hold
     where account_id = account.id and kind = 'mobile' and held_until > now() order by id limit 1),
    account.mobile
  ) as mobile,
  case
    when exists (select from contact_hold where account_id = account.id and kind = 'email' and held_until > now())
    -- There may have been none.
    then (select previous from contact_hold
      where account_id = account.id and kind = 'email' and held_until > now() order by id limit 1)
    when account.email_verified_at is not null then account.email
  end as email
from account;
