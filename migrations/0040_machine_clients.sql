-- Programs that call the service in their own name: employers' software, institutions.

create table machine_client (
  id uuid constraint machine_client_pk primary key default uuidv7(),
  name text not null,
  state text not null default 'active'
    constraint machine_client_state_known check (state in ('active', 'disabled')),
  scopes text[] not null,
  -- Workshops that the client may act for; null: any.
  workshop_codes text[],
  requests_per_minute integer not null
    constraint machine_client_requests_positive check (requests_per_minute > 0),
  created_at timestamptz not null default now()
);

-- What a client proves itself by: the SHA-256 of a random secret, or a public key. Two places, so that a new
-- one can be brought in before the old one goes. A token names the credential it was got with and ends with it.
create table machine_client_credential (
  id uuid constraint machine_client_credential_pk primary key default uuidv7(),
  client_id uuid not null
    constraint machine_client_credential_client_fk references machine_client (id) on delete cascade,
  place smallint not null constraint machine_client_credential_two_places check (place in (1, 2)),
  secret_digest bytea,
  public_key text,
  algorithm text,
  key_id text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint machine_client_credential_place_key unique (client_id, place),
  constraint machine_client_credential_of_one_kind check (
    (secret_digest is not null and public_key is null and algorithm is null and key_id is null)
    or (secret_digest is null and public_key is not null and algorithm is not null and key_id is not null)
  )
);

-- Assertions (RFC 7523) that were used, until they expire.
create table machine_client_assertion (
  client_id uuid not null
    constraint machine_client_assertion_client_fk references machine_client (id) on delete cascade,
  jti_digest bytea not null,
  expires_at timestamptz not null,
  constraint machine_client_assertion_pk primary key (client_id, jti_digest)
);
create index machine_client_assertion_expiry on machine_client_assertion (expires_at);
