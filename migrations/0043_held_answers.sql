-- Answers that were changed are not trusted with a recovery at once: whoever stole a password could leave a way back.

-- What recoveries go on asking for until `answers_held_until`, and what a recovery by the owner puts back.
alter table account
  add column previous_security_questions text[],
  add column previous_answers_hash text,
  add column answers_held_until timestamptz,
  add constraint account_holds_whole_answers
    check (num_nulls(previous_security_questions, previous_answers_hash, answers_held_until) in (0, 3));
-- For the sweep; few accounts hold any.
create index account_answers_held on account (answers_held_until) where answers_held_until is not null;
