-- The roster of people of each organization, with contracts and insurance months.
-- Owner: internal/roster. Policy 三(二)1(4): the monthly subsidy of full-time
-- workers asks who worked where, under which contract, insured for which months.

-- +goose Up
-- One row per person, organization and stay. Contracts and insurance months are
-- sensitive personal information (PIPL 28) and leave the database only sealed.
create table roster_member (
  id uuid primary key,
  org_id uuid not null references organization,
  person_id uuid not null references person,
  post text not null check (post in
    ('president', 'vice_president', 'council', 'supervisor', 'secretary', 'worker', 'part_time', 'volunteer')),
  -- The order of the list: leaders, supervisors, workers, volunteers.
  rank int not null generated always as (case post
    when 'president' then 1 when 'vice_president' then 2 when 'secretary' then 3 when 'council' then 4
    when 'supervisor' then 5 when 'worker' then 6 when 'part_time' then 7 else 8 end) stored,
  full_time boolean not null,
  education text not null check (education in ('', 'middle', 'high', 'college', 'bachelor', 'master', 'doctor')),
  qualification text not null check (qualification in ('', 'assistant', 'social_worker', 'senior', 'other')),
  joined_on date not null check (joined_on >= '1949-10-01'),
  left_on date,             -- the last day
  left_reason text not null default '' check (left_reason in
    ('', 'resigned', 'expired', 'term_over', 'dismissed', 'retired', 'moved', 'died', 'other')),
  terms bytea not null,     -- sealed, context roster_member.terms
  import_id uuid,           -- the import that made the row
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  updated_at timestamptz not null,
  void_on date,
  void_reason text not null default '' check (char_length(void_reason) <= 200),
  version int not null default 1 check (version > 0),
  check (left_on >= joined_on),
  check ((left_on is null) = (left_reason = '')),
  check (not full_time or post <> 'volunteer'),
  check ((void_on is null) = (void_reason = ''))
);
create index roster_member_list on roster_member (org_id, rank, joined_on, id) where void_on is null;
create index roster_member_person on roster_member (person_id) where void_on is null;
create index roster_member_import on roster_member (import_id) where import_id is not null;

-- +goose StatementBegin
-- A person has one stay at a time in one organization. Whoever else writes about
-- the same person waits for the lock and then sees what was committed.
create function roster_member_once() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  clash uuid;
begin
  perform from person where id in (select person_id from written where void_on is null) order by id for no key update;
  select n.person_id into clash
    from written n join roster_member m on m.person_id = n.person_id and m.org_id = n.org_id and m.id <> n.id
    where n.void_on is null and m.void_on is null
      and daterange(m.joined_on, m.left_on, '[]') && daterange(n.joined_on, n.left_on, '[]')
    limit 1;
  if clash is not null then
    raise exception 'person % has another stay in the organization at the time', clash
      using errcode = 'exclusion_violation', constraint = 'roster_member_once';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger roster_member_once after insert on roster_member
  referencing new table as written for each statement execute function roster_member_once();
create trigger roster_member_still_once after update on roster_member
  referencing new table as written for each statement execute function roster_member_once();

-- Nothing is deleted, nobody becomes somebody else, and nobody moves.
revoke update, delete, truncate on roster_member from portal_app;
grant update (post, full_time, education, qualification, joined_on, left_on, left_reason, terms, updated_at,
  void_on, void_reason, version) on roster_member to portal_app;

-- Persons that an import made can go with it while nothing else needs them.
alter table person add column import_id uuid;
create index person_import on person (import_id) where import_id is not null;

-- +goose StatementBegin
create function person_import_undo(import uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  p uuid;
  gone int := 0;
begin
  for p in select id from person where import_id = import order by id for update loop
    begin
      delete from person where id = p;
      gone := gone + 1;
    exception when foreign_key_violation then
      null; -- has become something else meanwhile and stays
    end;
  end loop;
  return gone;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function person_import_undo(uuid);
alter table person drop column import_id;
drop table roster_member;
drop function roster_member_once();
