-- Institutions that read a person's record with the person's word.

-- What people are told of a machine client that may ask for a grant, and where its answers go to.
create table institution (
  client_id uuid constraint institution_pk primary key
    constraint institution_client_fk references machine_client (id) on delete cascade,
  name_fa text not null,
  name_en text not null,
  purpose_fa text not null,
  purpose_en text not null,
  redirect_uris text[] not null
    constraint institution_redirects_somewhere check (cardinality(redirect_uris) between 1 and 10)
);

-- A grant; one that was withdrawn has no row. It holds while it was kept after the last new password, the account is open
-- and client and scope are still there, which whoever reads asks in the statement of the read.
create table record_grant (
  id uuid constraint record_grant_pk primary key default uuidv7(),
  account_id uuid not null constraint record_grant_account_fk references account (id) on delete cascade,
  client_id uuid not null constraint record_grant_institution_fk references institution (client_id) on delete cascade,
  scopes text[] not null constraint record_grant_has_scopes check (cardinality(scopes) > 0),
  looks_left integer not null constraint record_grant_looks_not_negative check (looks_left >= 0),
  first_looked_at timestamptz,
  kept_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index record_grant_account on record_grant (account_id);
create index record_grant_client on record_grant (client_id);
create index record_grant_expiry on record_grant (expires_at);

-- A look: the first read with one access token. It outlives its grant, for the person to see.
create table record_access (
  id uuid constraint record_access_pk primary key default uuidv7(),
  grant_id uuid not null,
  account_id uuid not null constraint record_access_account_fk references account (id) on delete cascade,
  client_id uuid not null constraint record_access_institution_fk references institution (client_id) on delete cascade,
  token_id text not null,
  scope text not null,
  accessed_at timestamptz not null default now(),
  constraint record_access_token_key unique (grant_id, token_id)
);
create index record_access_account on record_access (account_id, id);
create index record_access_client on record_access (client_id);

-- What the OAuth provider keeps of an authorization under way, by the digest of what it is asked for by.
create table oauth_state (
  model text not null,
  id_digest bytea not null,
  payload jsonb not null,
  grant_id uuid,
  consumed_at timestamptz,
  expires_at timestamptz not null,
  constraint oauth_state_pk primary key (model, id_digest)
);
create index oauth_state_grant on oauth_state (grant_id);
create index oauth_state_expiry on oauth_state (expires_at);
