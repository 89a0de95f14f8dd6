-- Whose desk a report is on follows its organization: the office that is registrar,
-- the supervising department, and whether it is the report that counts of records
-- that are one organization. Kept beside the report, so that the head of every page
-- counts by an index. Owner: internal/governance.

-- +goose Up
alter table annual_report_filing
  add column registrar_area text not null default '', -- 'bureau', or the subdistrict
  add column department_code text,
  add column counts boolean not null default true;

-- +goose StatementBegin
create function annual_report_filing_place() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  o organization;
begin
  select * into o from organization where id = organization_root(new.org_id);
  new.registrar_area := case when o.status_basis = 'filed' and o.registrar like '%街道办事处' then o.subdistrict_code else 'bureau' end;
  new.department_code := o.department_code;
  new.counts := not exists (select from annual_report_filing f where f.org_id = any (organization_ids(o.id)) and f.report_year = new.report_year and f.id <> new.id
    and row(f.round > 0, f.org_id = o.id) > row(new.round > 0, new.org_id = o.id));
  return new;
end $$;
-- +goose StatementEnd
create trigger annual_report_filing_place before insert or update on annual_report_filing for each row execute function annual_report_filing_place();

-- +goose StatementBegin
create or replace function annual_report_filing_moved() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update annual_report_filing f set counts = f.counts
    where f.state in ('submitted', 'correcting') and f.org_id = any (organization_ids(organization_root(new.id)) || organization_ids(coalesce(old.merged_into, new.id)));
  return null;
end $$;
-- +goose StatementEnd
create trigger annual_report_filing_moved after update of registrar, status_basis, subdistrict_code, supervising_unit, department_code, merged_into on organization
  for each row when (row(old.registrar, old.status_basis, old.subdistrict_code, old.department_code, old.merged_into)
    is distinct from row(new.registrar, new.status_basis, new.subdistrict_code, new.department_code, new.merged_into))
  execute function annual_report_filing_moved();

create index annual_report_filing_registrar on annual_report_filing (registrar_area, conclude_due_on, id) where state in ('submitted', 'correcting') and counts;
create index annual_report_filing_department on annual_report_filing (department_code, opinion_due_on, id) where state in ('submitted', 'correcting') and counts;

-- Those that are open now; the triggers do the rest.
alter table annual_report_filing disable trigger annual_report_filing_guard;
update annual_report_filing set counts = counts where state <> 'draft';
alter table annual_report_filing enable trigger annual_report_filing_guard;

-- +goose Down
drop trigger annual_report_filing_moved on organization;
drop trigger annual_report_filing_place on annual_report_filing;
drop function annual_report_filing_moved(), annual_report_filing_place();
alter table annual_report_filing drop column registrar_area, drop column department_code, drop column counts;
