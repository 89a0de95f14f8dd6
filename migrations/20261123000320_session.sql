-- Sessions. Owner: internal/account (account_session), web/session (sessions, by the name
-- that its store uses).

-- +goose Up
-- The browser's session: token (its digest), data, and when the row may be swept.
create table sessions (
  token text primary key,
  data bytea not null,
  expiry timestamptz not null
);
create index sessions_expiry on sessions (expiry);

-- The signed-in part, on the database's clock: idle and absolute limits and the
-- epoch are judged from it on every request.
create table account_session (
  id uuid primary key,
  account_id uuid not null references account (id),
  epoch int not null,
  opened_at timestamptz not null,
  seen_at timestamptz not null check (seen_at >= opened_at),
  address text not null,
  agent text not null
);
create index account_session_of_account on account_session (account_id, seen_at);

-- +goose Down
drop table account_session;
drop table sessions;
