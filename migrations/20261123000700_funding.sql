-- The application common to all programmes. Owner: internal/funding.

-- +goose Up
create table application (
  case_id uuid primary key references case_file,
  programme text not null,
  organization_id uuid not null,
  -- The profile as it stood at submission: later changes of registered facts do
  -- not reach back. No sensitive value in clear.
  organization jsonb,
  version int not null default 1
);
create index application_organization on application (organization_id, programme);

-- What was typed, section by section, as it was typed: a draft always saves,
-- however incomplete. version lets two people edit different sections at once.
create table application_section (
  case_id uuid not null references application,
  section text not null,
  typed jsonb not null,
  version int not null default 1,
  saved_by uuid not null,
  saved_by_name text not null,
  saved_at timestamptz not null,
  primary key (case_id, section)
);

-- Every check of eligibility with its reasons, so that a decision can be
-- explained line by line later.
create table application_check (
  case_id uuid not null references application,
  stage text not null check (stage in ('submission', 'resubmission', 'acceptance', 'approval', 'payment')),
  at timestamptz not null,
  edition_id uuid not null,
  lines jsonb not null,
  primary key (case_id, stage, at)
);
revoke update, delete, truncate on application_check from portal_app;

-- +goose Down
drop table application_check, application_section, application;
