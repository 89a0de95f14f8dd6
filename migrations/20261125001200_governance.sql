-- What an organization keeps of its internal governance (policy 三(三)2): what its
-- charter says, meetings, council members and supervisors.
-- Owner: internal/governance.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, p.type, p.value::jsonb, '三（三）2', 'default', false
  from policy_edition e, (values
    ('governance.setup_months', 'integer', '6'),      -- 成立后多久内备齐制度
    ('governance.assembly_months', 'integer', '12'),  -- 会员大会多久至少开一次
    ('governance.council_months', 'integer', '6'),    -- 理事会多久至少开一次
    ('governance.term_years', 'integer', '5'),        -- 一届最长几年
    ('governance.quorum', 'choice', '"two_thirds"'),  -- 到会多少人才能开会
    ('governance.remind_first_days', 'integer', '30')
  ) as p (key, type, value);
alter table policy_parameter enable trigger policy_parameter_guard;

-- What the organization's own charter says; a column left null is not known.
create table governance_charter (
  org_id uuid primary key references organization (id),
  term_years int check (term_years between 1 and 10),
  assembly_months int check (assembly_months between 1 and 60),
  council_months int check (council_months between 1 and 60),
  has_council boolean,
  has_supervisors boolean,
  saved_at timestamptz not null,
  saved_by uuid not null,
  version int not null default 1
);
revoke delete, truncate on governance_charter from portal_app;

create table governance_meeting (
  id uuid primary key,
  org_id uuid not null references organization (id),
  kind text not null check (kind in ('assembly', 'election', 'council', 'supervisors')),
  held_on date not null,
  place text not null check (char_length(place) between 2 and 120),
  expected int not null check (expected between 1 and 100000),
  present int not null check (present between 1 and expected),
  resolutions text not null check (char_length(resolutions) between 5 and 2000),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  void_on date,
  void_reason text not null default '' check (char_length(void_reason) <= 200),
  version int not null default 1,
  check ((void_on is null) = (void_reason = ''))
);
-- The same meeting entered twice is not two meetings.
create unique index governance_meeting_once on governance_meeting (org_id, kind, held_on) where void_on is null;
revoke delete, truncate on governance_meeting from portal_app;

-- Council members and supervisors, by term. Names only: the roster of people is
-- another registry.
create table governance_officer (
  id uuid primary key,
  org_id uuid not null references organization (id),
  body text not null check (body in ('council', 'supervisors')),
  post text not null check (post in ('chair', 'vice_chair', 'member', 'secretary', 'chief_supervisor', 'supervisor')),
  name text not null check (char_length(name) between 2 and 60),
  elected_on date not null,
  term_to date not null,
  left_on date,
  left_reason text not null default '' check (char_length(left_reason) <= 200),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  version int not null default 1,
  check ((body = 'supervisors') = (post in ('chief_supervisor', 'supervisor'))),
  check (term_to > elected_on and term_to <= elected_on + interval '10 years'),
  check (left_on >= elected_on),
  check ((left_on is null) = (left_reason = ''))
);
create unique index governance_officer_once on governance_officer (org_id, body, name) where left_on is null;
create unique index governance_officer_first on governance_officer (org_id, post)
  where left_on is null and post in ('chair', 'chief_supervisor');
create index governance_officer_of on governance_officer (org_id, elected_on desc, id);
revoke delete, truncate on governance_officer from portal_app;

-- +goose Down
drop table governance_officer, governance_meeting, governance_charter;
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key like 'governance.%';
alter table policy_parameter enable trigger policy_parameter_guard;
