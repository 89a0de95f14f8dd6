-- Reminders of the duties of internal governance, each sent once, and the weekly
-- digest of a subdistrict. Owner: internal/governance.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, 'governance.remind_last_days', 'integer', '7'::jsonb, '三（三）2', 'default', false from policy_edition e;
alter table policy_parameter enable trigger policy_parameter_guard;

-- One reminder of one duty, due on one day, at one step: sent once, whoever runs
-- the job and however often. It is written in the transaction of the messages.
create table governance_reminder (
  org_id uuid not null references organization,
  duty text not null check (duty in ('charter', 'assembly', 'council', 'supervisors', 'election', 'finance', 'disclosure', 'party', 'annual_report')),
  due_on date not null,
  step text not null check (step in ('first', 'last', 'overdue')),
  sent_at timestamptz not null,
  constraint governance_reminder_once primary key (org_id, duty, due_on, step)
);
create table governance_digest (
  subdistrict_code text not null references region check (length(subdistrict_code) = 9),
  week_of date not null check (extract(isodow from week_of) = 1),
  overdue int not null check (overdue >= 0),   -- items
  soon int not null check (soon >= 0),
  sent_at timestamptz not null,
  constraint governance_digest_once primary key (subdistrict_code, week_of)
);
revoke update, delete, truncate on governance_reminder, governance_digest from portal_app;

-- How the organizations of a community stand, counted anew by the job every hour:
-- the checklist is derived, and the page of work must not derive it for a district.
create table governance_count (
  community_code text primary key references region check (length(community_code) = 12),
  organizations int not null check (organizations >= 0),   -- with an open problem
  overdue int not null check (overdue >= 0),               -- items that need an act
  soon int not null check (soon >= 0),                     -- items due within the first reminder
  counted_at timestamptz not null
);

-- +goose Down
drop table governance_count, governance_digest, governance_reminder;
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key = 'governance.remind_last_days';
alter table policy_parameter enable trigger policy_parameter_guard;
