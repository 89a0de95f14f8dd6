-- Tokens of submitted forms: each makes one thing and gives one answer, however
-- often it arrives. Owner: internal/once.

-- +goose Up
create table form_token (
  token text primary key check (token ~ '^[A-Z2-7]{26}$'),
  account_id uuid not null, -- the zero uuid for a visitor without an account
  result text,              -- null until the transaction that made it has its answer
  at timestamptz not null default portal_now()
);
create index form_token_at on form_token (at);
revoke truncate on form_token from portal_app;

-- +goose Down
drop table form_token;
