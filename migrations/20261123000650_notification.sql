-- In-app messages and the mail outbox. Owner: internal/notification.

-- +goose Up
create table notification (
  id uuid primary key,
  account_id uuid not null,
  kind text not null,
  case_no text not null default '',
  title text not null,
  body text not null,
  at timestamptz not null,
  read_at timestamptz
);
create index notification_account on notification (account_id, id desc);
create index notification_unread on notification (account_id) where read_at is null;

-- Written in the transaction of the act, sent by a job: no mail without its
-- commit, none lost when the mail server is down. id is the Message-ID.
create table mail_outbox (
  id uuid primary key,
  recipient text not null,
  subject text not null,
  body text not null,
  queued_at timestamptz not null,
  sent_at timestamptz,
  attempts int not null default 0,
  next_try_at timestamptz not null,
  last_error text not null default ''
);
create index mail_outbox_due on mail_outbox (next_try_at) where sent_at is null;

-- +goose Down
drop table mail_outbox, notification;
