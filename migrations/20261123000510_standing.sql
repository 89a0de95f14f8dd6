-- Standing of organizations: list entries, bans and violations with from and to,
-- star grades in force, and the record of lists having been looked up.
-- Owner: internal/standing.

-- +goose Up
create extension if not exists btree_gist;

create table standing_entry (
  id uuid primary key,
  org_id uuid not null references organization (id),
  kind text not null check (kind in
    ('abnormal_list', 'serious_list', 'court_defaulter', 'ban', 'violation', 'recovery_open')),
  from_on date not null,
  to_on date,                       -- the last day in force; null while open
  basis text not null check (char_length(basis) between 2 and 200),
  reason text not null check (char_length(reason) between 5 and 500),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  closed_at timestamptz,
  closed_by uuid,
  close_reason text not null default '' check (char_length(close_reason) <= 500),
  void boolean not null default false, -- recorded by mistake: kept, but counts for nothing
  version int not null default 1,
  check (to_on >= from_on),
  check ((closed_at is null) = (closed_by is null)),
  check ((closed_at is null) = (close_reason = '')),
  check (not void or closed_at is not null),
  -- A ban and a violation end by themselves or never; a list entry needs a removal.
  check (kind = 'violation' or kind = 'ban' or to_on is null or closed_at is not null)
);
create index standing_entry_of on standing_entry (org_id, from_on desc, id desc);
-- One entry of a list at a time. Violations and bans may overlap.
alter table standing_entry add constraint standing_entry_one_at_a_time exclude using gist
  (org_id with =, kind with =, daterange(from_on, to_on, '[]') with &&)
  where (kind in ('abnormal_list', 'serious_list', 'court_defaulter') and not void);
revoke update, delete, truncate on standing_entry from portal_app;
grant update (to_on, closed_at, closed_by, close_reason, void, version) on standing_entry to portal_app;

create table standing_grade (
  id uuid primary key,
  org_id uuid not null references organization (id),
  star int not null check (star between 1 and 3),
  from_on date not null,
  to_on date not null,
  cert_no text not null check (char_length(cert_no) between 4 and 40),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  ended_at timestamptz,
  ended_by uuid,
  end_reason text not null default '' check (char_length(end_reason) <= 500),
  void boolean not null default false,
  version int not null default 1,
  check (to_on >= from_on),
  check ((ended_at is null) = (ended_by is null)),
  check ((ended_at is null) = (end_reason = '')),
  check (not void or ended_at is not null)
);
alter table standing_grade add constraint standing_grade_one_at_a_time exclude using gist
  (org_id with =, daterange(from_on, to_on, '[]') with &&) where (not void);
revoke update, delete, truncate on standing_grade from portal_app;
grant update (to_on, ended_at, ended_by, end_reason, void, version) on standing_grade to portal_app;

create unique index standing_grade_cert_no on standing_grade (cert_no) where not void;

-- That somebody looked at a list, and what it said. A list never looked at is
-- unknown, whatever the entries say.
create table standing_check (
  id uuid primary key,
  org_id uuid not null references organization (id),
  list text not null check (list in
    ('abnormal_list', 'serious_list', 'court_defaulter', 'ban', 'violation', 'recovery_open')),
  checked_on date not null,
  result text not null check (result in ('clear', 'listed')),
  source text not null check (char_length(source) between 2 and 210),
  recorded_at timestamptz not null,
  recorded_by uuid not null
);
create index standing_check_latest on standing_check (org_id, list, checked_on desc, recorded_at desc);
revoke update, delete, truncate on standing_check from portal_app;

-- +goose Down
drop table standing_check, standing_grade, standing_entry;
