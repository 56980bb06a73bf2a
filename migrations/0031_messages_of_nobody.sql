-- Codes that nobody was to get are rows like all others, so that unknown people take as long as known ones; they
-- are removed soon, so that a flood of made-up national codes leaves nothing behind.
create index message_of_nobody on message (created_at) where account_id is null and destination is null;
