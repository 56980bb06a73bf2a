-- The outbox: what is to reach a person, written in the transaction of its cause. Carries ids and
-- parameters, never a code or the secret of a link: those are derived when the message is handed over.

create table message (
  id uuid constraint message_pk primary key default uuidv7(),
  channel text not null constraint message_channel_known check (channel in ('sms', 'email')),
  purpose text not null,
  locale text not null constraint message_locale_known check (locale in ('fa', 'en')),
  -- Where to, if that is not simply the account's own address at the time of sending.
  destination text,
  -- Whose address, and null where there is nobody to send to: such a row is written all the same and
  -- ends as dropped. No foreign key: its check would cost time for known people only.
  account_id uuid,
  -- Where the newest attempt went, or would have gone: the account's address may be another one since.
  sent_to text,
  -- The challenge whose code the text carries.
  challenge_id uuid,
  -- Client network of the cause, so that one network cannot use up everybody's share of messages.
  network text,
  parameters jsonb not null default '{}',
  state text not null default 'queued' constraint message_state_known
    check (state in ('queued', 'sending', 'handed_over', 'delivered', 'failed', 'expired', 'dropped')),
  -- Claims so far; also the fencing token of the claim that is under way.
  attempts smallint not null default 0,
  -- Answers that leave open whether the provider took the message.
  unknown_answers smallint not null default 0,
  -- When somebody is to look at a row that is not finished: the next attempt of a queued message, the
  -- end of the claim of one that is being sent.
  due_at timestamptz not null default now(),
  -- Set before the provider is called, so that after a death the message is repeated there and nowhere else.
  provider text,
  provider_message_id text,
  failure text,
  useful_until timestamptz not null,
  created_at timestamptz not null default now(),
  handed_over_at timestamptz,
  -- When the provider is to be asked next what became of the message; null: not any more, or it tells by itself.
  receipt_due_at timestamptz,
  updated_at timestamptz not null default now()
);
create index message_unfinished on message (due_at) where state in ('queued', 'sending');
create index message_receipt on message (provider, provider_message_id) where provider_message_id is not null;
create index message_receipt_due on message (receipt_due_at)
  where state = 'handed_over' and receipt_due_at is not null;
-- Erasing an account, and asking when a notice left, look for its messages.
create index message_account on message (account_id);
-- Codes that nobody was to get are rows like all others, so that unknown people take as long as known ones; they
-- are removed soon, so that a flood of made-up national codes leaves nothing behind.
create index message_of_nobody on message (created_at) where account_id is null and destination is null;
