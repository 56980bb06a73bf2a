-- Requests that came with an Idempotency-Key, for 24 hours: a repeat gets the same answer, and does nothing.
create table idempotency_key (
  -- Keyed digest of the key with route and caller.
  digest bytea constraint idempotency_key_pk primary key,
  -- Keyed digest of what was sent with it.
  fingerprint bytea not null,
  -- Whoever serves the request, and until when its end can be awaited: after that its process has died, and nobody knows
  -- what it did.
  claim uuid not null,
  claimed_until timestamptz not null,
  -- Sealed by the Idempotency-Key itself, which is not kept: nobody else can open it. Null: under way, or never told.
  answer bytea,
  expires_at timestamptz not null
);
create index idempotency_key_expiry on idempotency_key (expires_at);
