-- People who act for others at the desk of a branch, and what they have begun there.

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
