-- Requests that came with an Idempotency-Key, for 24 hours: a repeat gets the same answer, and does nothing.
create table idempotency_key (
  -- Keyed digest of the key with route and caller.
  digest bytea constraint idempotency_key_pk primary key,
  -- Keyed digest of what was sent with it.
  fingerprint bytea not null,
  -- Whoever serves the request, and until when nobody else does: a process that dies leaves the key usable again.
  claim uuid not null,
  claimed_until timestamptz not null,
  -- Sealed by the Idempotency-Key itself, which is not kept: nobody else can open it. Null: under way.
  answer bytea,
  expires_at timestamptz not null
);
create index idempotency_key_expiry on idempotency_key (expires_at);
