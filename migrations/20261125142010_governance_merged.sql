-- Of a year there is one annual report and one text of each kind that is public,
-- whichever record of an organization it was begun under; and records whose
-- reports contradict each other are not merged.
-- Owner: internal/governance.

-- +goose Up
-- +goose StatementBegin
-- The report about a year that counts for an organization and every record merged
-- into it: one that was handed in before a draft, the own one before another's.
-- Two that were handed in before the merge both stay; see annual_report_conflicts.
create function annual_report_filing_counting(organization uuid, year int) returns uuid language sql stable set search_path = public, pg_temp as $$
  select f.id from annual_report_filing f
  where f.org_id = any (organization_ids(organization)) and f.report_year = year
  order by f.round > 0 desc, f.org_id = organization desc, f.id limit 1
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- None is begun beside another, and none handed in: whoever does either has locked
-- the record that stays.
create function annual_report_filing_family() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  root uuid := organization_root(new.org_id);
begin
  perform from organization where id = root for no key update;
  if exists (select from annual_report_filing f where f.org_id = any (organization_ids(root)) and f.id <> new.id and f.report_year = new.report_year
      and (tg_op = 'INSERT' or f.round > 0)) then
    raise exception 'another record of this organization has a report about %', new.report_year
      using errcode = 'unique_violation', constraint = 'annual_report_filing_once';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger annual_report_filing_family before insert on annual_report_filing
  for each row execute function annual_report_filing_family();
create trigger annual_report_filing_family_signed before update on annual_report_filing
  for each row when (old.round = 0 and new.round > 0) execute function annual_report_filing_family();

-- +goose StatementBegin
create or replace function annual_report_in_portal() returns trigger language plpgsql as $$
begin
  if exists (select from annual_report_filing f where f.id = annual_report_filing_counting(organization_root(new.org_id), new.report_year)
      and (f.state in ('submitted', 'correcting') or f.state = 'concluded'
        and (f.conclusion, f.first_submitted_on) is distinct from (new.conclusion, new.submitted_on))) then
    raise exception 'this report was handed in through the portal' using errcode = '23514', constraint = 'annual_report_in_portal';
  end if;
  return new;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function annual_report_on_record() returns trigger language plpgsql as $$
begin
  if not exists (select from annual_report_filing f where f.id = new.id and (f.state <> 'concluded' or exists (
      select from annual_report r where r.org_id = any (organization_ids(organization_root(f.org_id)))
        and r.report_year = f.report_year and r.conclusion = f.conclusion))) then
    raise exception 'the conclusion is not on record' using errcode = '23514', constraint = 'annual_report_on_record';
  end if;
  return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The years for which the reports of two records contradict each other: one is
-- being dealt with while the other has a report or a conclusion (running), or the
-- conclusions differ (differ). That nothing was handed in (missing) contradicts
-- nothing: it may have been handed in under the other record.
create function annual_report_conflicts(kept uuid, absorbed uuid) returns table (report_year int, kind text) language sql stable set search_path = public, pg_temp as $$
  with one as (
    select i.id, o.root, i.id = o.root as own from (values
      (kept, array(select unnest(organization_ids(kept)) except select unnest(organization_ids(absorbed)))), (absorbed, organization_ids(absorbed))
    ) o (root, ids), lateral unnest(o.ids) i (id)
  ), counting as ( -- the conclusion of each side
    select distinct on (one.root, r.report_year) one.root, r.report_year, r.conclusion
    from one join annual_report r on r.org_id = one.id where r.conclusion <> 'missing'
    order by one.root, r.report_year, one.own desc, r.id
  ), said as (
    select one.root, f.report_year, f.state <> 'concluded' as running, null as conclusion
    from one join annual_report_filing f on f.org_id = one.id where f.round > 0
    union all select root, report_year, false, conclusion from counting
  )
  select report_year, case when bool_or(running) then 'running' else 'differ' end from said
  group by report_year
  having count(distinct root) > 1 and (bool_or(running) or count(distinct conclusion) > 1)
  order by report_year
$$;
-- +goose StatementEnd
-- +goose StatementBegin
create function annual_report_merge() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from annual_report_conflicts(new.merged_into, new.id)) then
    raise exception 'annual reports of the two records contradict each other' using errcode = 'check_violation', constraint = 'annual_report_merge';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger annual_report_merge after update of merged_into on organization
  for each row when (new.merged_into is not null and old.merged_into is distinct from new.merged_into) execute function annual_report_merge();

-- +goose StatementBegin
-- Two texts of one kind and year that were begun before a merge both stay; a third
-- is not begun.
create function disclosure_family() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  root uuid := organization_root(new.org_id);
begin
  if new.kind <> 'document' and exists (select from disclosure d where d.org_id = any (organization_ids(root)) and d.org_id <> new.org_id
      and d.kind = new.kind and d.year is not distinct from new.year) then
    raise exception 'another record of this organization has this text' using errcode = 'unique_violation', constraint = 'disclosure_once';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger disclosure_family before insert on disclosure for each row execute function disclosure_family();

-- +goose Down
drop trigger disclosure_family on disclosure;
drop trigger annual_report_merge on organization;
drop trigger annual_report_filing_family on annual_report_filing;
drop trigger annual_report_filing_family_signed on annual_report_filing;
drop function disclosure_family(), annual_report_merge(), annual_report_conflicts(uuid, uuid), annual_report_filing_family();
-- +goose StatementBegin
create or replace function annual_report_in_portal() returns trigger language plpgsql as $$
begin
  if exists (select from annual_report_filing f where f.org_id = new.org_id and f.report_year = new.report_year
      and (f.state in ('submitted', 'correcting') or f.state = 'concluded'
        and (f.conclusion, f.first_submitted_on) is distinct from (new.conclusion, new.submitted_on))) then
    raise exception 'this report was handed in through the portal' using errcode = '23514', constraint = 'annual_report_in_portal';
  end if;
  return new;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function annual_report_on_record() returns trigger language plpgsql as $$
begin
  if not exists (select from annual_report r join annual_report_filing f on f.org_id = r.org_id and f.report_year = r.report_year
      where f.id = new.id and (f.state <> 'concluded' or r.conclusion = f.conclusion)) then
    raise exception 'the conclusion is not on record' using errcode = '23514', constraint = 'annual_report_on_record';
  end if;
  return null;
end $$;
-- +goose StatementEnd
drop function annual_report_filing_counting(uuid, int);
