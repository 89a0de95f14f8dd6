-- What depends on organizations that an import made, and the undo that asks for
-- it. Owner: internal/organization.

-- +goose Up
-- +goose StatementBegin
-- import_id is of the import that brought the dependent rows, null for what was
-- entered in the portal; no is the number of a case.
create function organization_import_dependents(import uuid) returns table (rule text, org_id uuid, import_id uuid, no text, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  with made as (select id, version from organization where organization.import_id = import)
  select 'changed', id, null::uuid, '', 1::bigint from made where version > 1
  union all
  select 'account', a.organization_id, null, '', count(*) from account a where a.organization_id in (select id from made) group by 2
  union all
  select 'case', c.organization_id, null, coalesce(c.no, ''), 1 from case_file c where c.organization_id in (select id from made)
  union all
  -- Pairs of possible duplicates go with the records until somebody has judged one.
  select 'organization_pair', o.id, null, '', count(*) from made o join organization_pair p on o.id in (p.one, p.other) where p.state <> 'open' group by 2
  union all
  select r.child, r.id, r.import, '', r.n
  from referring('organization', (select array_agg(id) from made), '{organization_fact, organization_trait, organization_pair}') r
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function organization_import_undo(import uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
begin
  perform from organization where import_id = import order by id for update;
  if exists (select from organization_import_dependents(import)) then
    raise exception 'something depends on import %', import using errcode = 'check_violation', constraint = 'organization_import_depends';
  end if;
  -- What duplicates are found by is derived from the record and goes with it.
  delete from organization_pair where one in (select id from organization where import_id = import) or other in (select id from organization where import_id = import);
  delete from organization_trait where org_id in (select id from organization where import_id = import);
  delete from organization_fact where org_id in (select id from organization where import_id = import);
  delete from organization where import_id = import;
  get diagnostics gone = row_count;
  return gone;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function organization_import_undo(import uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  kept text;
  gone int;
begin
  perform from organization where import_id = import order by id for update;
  select o.name into kept from organization o where o.import_id = import and (o.version > 1
    or exists (select from account a where a.organization_id = o.id) or exists (select from case_file c where c.organization_id = o.id))
  order by o.name limit 1;
  if kept is not null then
    raise exception '%', kept using errcode = 'check_violation', constraint = 'organization_import_untouched';
  end if;
  delete from organization_pair where state = 'open' and (one in (select id from organization where import_id = import) or other in (select id from organization where import_id = import));
  delete from organization_trait where org_id in (select id from organization where import_id = import);
  delete from organization_fact where org_id in (select id from organization where import_id = import);
  delete from organization where import_id = import;
  get diagnostics gone = row_count;
  return gone;
exception when foreign_key_violation then
  raise exception 'something refers to an organization of import %', import
    using errcode = 'check_violation', constraint = 'organization_import_referred';
end $$;
-- +goose StatementEnd
drop function organization_import_dependents(uuid);
