-- The policy desk: documents and editions are drafted by one person, approved by
-- another, and every change is kept with who, when and why. Owner:
-- internal/policy; calendar_proposal: internal/calendar.
-- What was approved does not change, except that its last day is set by a
-- closing, which is approved in the same way.

-- +goose Up
alter table policy_document
  add column status text not null default 'draft' check (status in ('draft', 'submitted', 'approved', 'discarded')),
  add column under_id uuid references policy_document,      -- the policy that detailed rules carry out
  add column revised_by_id uuid references policy_document, -- the document that took its place: 已修订
  add column created_by uuid,   -- persons; null for what the installation or the demo brings
  add column submitted_by uuid,
  add column approved_by uuid,
  add column approved_at timestamptz;
update policy_document set status = 'approved', approved_at = '2026-11-23 00:00:00+08';
alter table policy_document drop constraint policy_document_one_in_force;
alter table policy_document
  add constraint policy_document_one_in_force exclude using gist (daterange(effective_from, effective_to, '[]') with &&)
    where (kind = 'policy' and status = 'approved'),
  add constraint policy_document_under check ((kind = 'rules') = (under_id is not null)),
  add constraint policy_document_revised check (revised_by_id is null or (effective_to is not null and revised_by_id <> id)),
  add constraint policy_document_decided check ((status = 'approved') = (approved_at is not null)),
  -- Two persons: who wrote or handed it in does not approve it.
  add constraint policy_document_two_persons check (status <> 'approved' or approved_by is null or
    (created_by is not null and submitted_by is not null and approved_by <> created_by and approved_by <> submitted_by));

alter table policy_edition
  add column copied_from uuid references policy_edition,
  add column reason text not null default '',
  add column created_by uuid,
  add column submitted_by uuid,
  add column approved_by uuid,
  drop constraint policy_edition_status_check,
  drop constraint policy_edition_check1;
alter table policy_edition
  add constraint policy_edition_status_check check (status in ('draft', 'submitted', 'approved', 'discarded', 'void')),
  add constraint policy_edition_decided check ((status in ('approved', 'void')) = (approved_at is not null)),
  add constraint policy_edition_two_persons check (status <> 'approved' or approved_by is null or
    (created_by is not null and submitted_by is not null and approved_by <> created_by and approved_by <> submitted_by));

-- Who changed what of a document or an edition, and why: one row for every
-- parameter, act and closing. Append-only.
create table policy_change (
  id bigint generated always as identity primary key,
  document_id uuid not null references policy_document,
  edition_id uuid references policy_edition,
  key text not null default '', -- of a parameter; empty for an act on the whole
  action text not null check (action in ('create', 'edit', 'submit', 'return', 'approve', 'discard', 'end', 'void', 'propose', 'refuse')),
  before jsonb,
  after jsonb,
  reason text not null default '',
  at timestamptz not null,
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null,
  actor_role text not null,
  check (key = '' or (edition_id is not null and reason <> ''))
);
create index policy_change_document on policy_change (document_id, id);
create index policy_change_edition on policy_change (edition_id, key, id);
revoke update, delete, truncate on policy_change from portal_app;

-- A proposal to set the last day of a document in force, to archive it or to name
-- the document that revised it.
create table policy_closing (
  id uuid primary key,
  document_id uuid not null references policy_document,
  last_day date,
  archived_on date,
  revised_by_id uuid references policy_document,
  reason text not null check (reason <> ''),
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused')),
  proposed_by uuid not null,
  proposed_name text not null,
  proposed_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decided_reason text not null default '',
  version int not null default 1,
  check (last_day is not null or archived_on is not null or revised_by_id is not null),
  check ((state = 'proposed') = (decided_at is null) and (decided_at is null) = (decided_by is null)),
  constraint policy_closing_two_persons check (decided_by <> proposed_by),
  check (state <> 'refused' or decided_reason <> '')
);
create unique index policy_closing_one_open on policy_closing (document_id) where state = 'proposed';
revoke delete, truncate on policy_closing from portal_app;

-- +goose StatementBegin
-- Articles are written while their document is a draft.
create function policy_article_guard() returns trigger language plpgsql as $$
begin
  if exists (select from policy_document d where d.status <> 'draft'
    and d.id in (case when tg_op <> 'INSERT' then old.document_id end, case when tg_op <> 'DELETE' then new.document_id end)) then
    raise exception 'articles change only while their document is a draft' using errcode = 'check_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

-- An approved document keeps everything but its end, its archiving and its
-- successor, and these change by an approved closing only. Approving one needs
-- two persons: who drafted, changed or handed it in is not who approves.
create function policy_document_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception 'policy document % begins as a draft', new.slug using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.status = 'discarded' then
    raise exception 'policy document % was discarded', old.slug using errcode = 'check_violation';
  end if;
  if old.status = 'approved' then
    if (new.id, new.slug, new.kind, new.no, new.title, new.issued_by, new.issued_on, new.effective_from, new.source, new.demo, new.status,
        new.under_id, new.created_by, new.submitted_by, new.approved_by, new.approved_at)
      is distinct from (old.id, old.slug, old.kind, old.no, old.title, old.issued_by, old.issued_on, old.effective_from, old.source, old.demo, old.status,
        old.under_id, old.created_by, old.submitted_by, old.approved_by, old.approved_at) then
      raise exception 'policy document % is approved and does not change', old.slug using errcode = 'check_violation';
    end if;
    if (new.effective_to, new.archived_on, new.revised_by_id) is distinct from (old.effective_to, old.archived_on, old.revised_by_id)
      and not exists (select from policy_closing c where c.document_id = new.id and c.state = 'approved'
        and new.effective_to is not distinct from coalesce(c.last_day, old.effective_to)
        and new.archived_on is not distinct from coalesce(c.archived_on, old.archived_on)
        and new.revised_by_id is not distinct from coalesce(c.revised_by_id, old.revised_by_id)) then
      raise exception 'policy document % is closed by an approved proposal only', old.slug using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.status = 'approved' then
    if not new.demo and (old.status <> 'submitted' or new.approved_by is null) then
      raise exception 'policy document % was not handed in and approved by a person', new.slug using errcode = 'check_violation';
    end if;
    if exists (select from policy_change c where c.document_id = new.id and c.edition_id is null
      and c.action in ('create', 'edit', 'submit') and c.person_id = new.approved_by) then
      raise exception 'policy document % is approved by another person than its author', new.slug using errcode = 'check_violation';
    end if;
  elsif old.status = 'submitted' and new.status = 'submitted' then
    raise exception 'policy document % waits for approval and does not change', new.slug using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- As before, and: it begins as a draft, is approved by a person who did not
-- write it, and may become void only when its document ended before it began, so
-- that nothing was ever decided under it.
create or replace function policy_edition_guard() returns trigger language plpgsql as $$
declare d policy_document;
begin
  select * into strict d from policy_document where id = new.document_id;
  if tg_op = 'INSERT' and new.status <> 'draft' then
    raise exception 'policy edition % begins as a draft', new.label using errcode = 'check_violation';
  end if;
  if tg_op = 'UPDATE' and old.status in ('discarded', 'void') then
    raise exception 'policy edition % is closed', old.label using errcode = 'check_violation';
  end if;
  if tg_op = 'UPDATE' and old.status = 'approved' then
    if (new.id, new.document_id, new.label, new.effective_from, new.approved_at, new.demo, new.created_by, new.submitted_by, new.approved_by)
      is distinct from (old.id, old.document_id, old.label, old.effective_from, old.approved_at, old.demo, old.created_by, old.submitted_by, old.approved_by)
      or new.status not in ('approved', 'void')
      or coalesce(new.effective_to, 'infinity') > coalesce(old.effective_to, 'infinity') then
      raise exception 'policy edition % is approved and does not change', old.label using errcode = 'check_violation';
    end if;
    if new.status = 'void' then
      if d.effective_to is null or new.effective_from <= d.effective_to then
        raise exception 'policy edition % lies within its document and is not void', old.label using errcode = 'check_violation';
      end if;
      return new;
    end if;
  end if;
  if tg_op = 'UPDATE' and old.status <> 'approved' and new.status = 'approved' then
    if not new.demo and (old.status <> 'submitted' or new.approved_by is null) then
      raise exception 'policy edition % was not handed in and approved by a person', new.label using errcode = 'check_violation';
    end if;
    if d.status <> 'approved' then
      raise exception 'policy edition % belongs to a document that is not approved', new.label using errcode = 'check_violation';
    end if;
    if exists (select from policy_change c where c.edition_id = new.id and c.action in ('create', 'edit', 'submit') and c.person_id = new.approved_by) then
      raise exception 'policy edition % is approved by another person than its author', new.label using errcode = 'check_violation';
    end if;
  end if;
  if new.status <> 'discarded' and not daterange(new.effective_from, new.effective_to, '[]') <@ daterange(d.effective_from, d.effective_to, '[]') then
    raise exception 'policy edition % is not within the force of its document', new.label using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- Parameters are written while their edition is a draft.
create or replace function policy_parameter_guard() returns trigger language plpgsql as $$
begin
  if exists (select from policy_edition e where e.status <> 'draft'
    and e.id in (case when tg_op <> 'INSERT' then old.edition_id end, case when tg_op <> 'DELETE' then new.edition_id end)) then
    raise exception 'parameters change only while their edition is a draft' using errcode = 'check_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
-- +goose StatementEnd
create trigger policy_article_guard before insert or update or delete on policy_article
  for each row execute function policy_article_guard();
create trigger policy_document_guard before insert or update on policy_document
  for each row execute function policy_document_guard();
grant update, delete on policy_article to portal_app;

-- Two more parameters, in every edition there is. They are new words for what the
-- text leaves open, so they are 待确认 in all of them.
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, 'integer', p.value::jsonb, p.article, 'default', false
  from policy_edition e, (values
    ('notice.objection_wd', '15', '四（四）'),       -- 异议多久内处理
    ('decision.leading_group_wd', '10', '四（一）')  -- 领导小组同意的期限
  ) as p (key, value, article);
alter table policy_parameter enable trigger policy_parameter_guard;

-- A year of the working-day calendar, entered by one person after the published
-- notice and approved by another; approval loads it.
create table calendar_proposal (
  id uuid primary key,
  year int not null check (year between 1949 and 2999),
  source text not null check (source <> ''),
  days jsonb not null, -- [{"date": …, "kind": "off" | "work", "name": …}]
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused')),
  proposed_by uuid not null,
  proposed_name text not null,
  proposed_at timestamptz not null,
  decided_by uuid,
  decided_name text not null default '',
  decided_at timestamptz,
  reason text not null default '', -- of a refusal
  version int not null default 1,
  check ((state = 'proposed') = (decided_at is null) and (decided_at is null) = (decided_by is null)),
  constraint calendar_proposal_two_persons check (decided_by <> proposed_by),
  check (state <> 'refused' or reason <> '')
);
create unique index calendar_proposal_one_open on calendar_proposal (year) where state = 'proposed';
revoke delete, truncate on calendar_proposal from portal_app;

-- +goose Down
drop table calendar_proposal;
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key in ('notice.objection_wd', 'decision.leading_group_wd');
alter table policy_parameter enable trigger policy_parameter_guard;
revoke update, delete on policy_article from portal_app;
drop trigger policy_document_guard on policy_document;
drop trigger policy_article_guard on policy_article;
drop function policy_document_guard();
drop function policy_article_guard();
drop table policy_closing, policy_change;
-- +goose StatementBegin
create or replace function policy_edition_guard() returns trigger language plpgsql as $$
declare d policy_document;
begin
  if tg_op = 'UPDATE' and old.status = 'approved'
    and (new.id, new.document_id, new.label, new.effective_from, new.status, new.approved_at, new.demo)
      is distinct from (old.id, old.document_id, old.label, old.effective_from, old.status, old.approved_at, old.demo) then
    raise exception 'policy edition % is approved and does not change', old.label using errcode = 'check_violation';
  end if;
  select * into strict d from policy_document where id = new.document_id;
  if not daterange(new.effective_from, new.effective_to, '[]') <@ daterange(d.effective_from, d.effective_to, '[]') then
    raise exception 'policy edition % is not within the force of its document', new.label using errcode = 'check_violation';
  end if;
  return new;
end $$;
create or replace function policy_parameter_guard() returns trigger language plpgsql as $$
begin
  if exists (select from policy_edition e where e.status = 'approved'
    and e.id in (case when tg_op <> 'INSERT' then old.edition_id end, case when tg_op <> 'DELETE' then new.edition_id end)) then
    raise exception 'parameters of an approved edition do not change' using errcode = 'check_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
-- +goose StatementEnd
-- What was written at the desk and never approved has no place in the older schema.
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where edition_id in (select id from policy_edition where status <> 'approved');
alter table policy_parameter enable trigger policy_parameter_guard;
update policy_edition set copied_from = null where copied_from in (select id from policy_edition where status <> 'approved');
delete from policy_edition where status <> 'approved';
update policy_document set revised_by_id = null;
delete from policy_article where document_id in (select id from policy_document where status <> 'approved');
delete from policy_document where status <> 'approved';
alter table policy_edition
  drop column copied_from, drop column reason, drop column created_by, drop column submitted_by, drop column approved_by,
  drop constraint policy_edition_status_check, drop constraint policy_edition_decided;
alter table policy_edition
  add constraint policy_edition_status_check check (status in ('draft', 'approved', 'rejected')),
  add constraint policy_edition_check1 check ((status = 'approved') = (approved_at is not null));
alter table policy_document drop constraint policy_document_one_in_force;
alter table policy_document
  drop column status, drop column under_id, drop column revised_by_id, drop column created_by, drop column submitted_by,
  drop column approved_by, drop column approved_at,
  add constraint policy_document_one_in_force exclude using gist (daterange(effective_from, effective_to, '[]') with &&)
    where (kind = 'policy');
