-- What sweeps and erasure look for, and nothing that they do not.

-- When a session ends unless it is refreshed is from now on never later than when it ends at the latest: one
-- condition says whether it lives, and the index on it finds what to sweep.
update session set idle_expires_at = expires_at where idle_expires_at > expires_at;

-- Summaries of ranges never shrink, so they led to nothing once rows had come and gone. A sweep reads all rows:
-- they live for half an hour.
drop index recovery_expiry;

-- Erasing an account looks for its messages.
create index message_account on message (account_id);
