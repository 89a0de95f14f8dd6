-- Organizations that came through an import, and how they are taken back as a
-- whole. Owner: internal/organization.

-- +goose Up
alter table organization add column import_id uuid;
create index organization_import on organization (import_id) where import_id is not null;

-- +goose StatementBegin
-- Removes exactly the organizations that an import made. What has been changed
-- since, or has an account or a case, keeps all of it; other tables refer to the
-- organization by a foreign key and so stop it themselves.
create function organization_import_undo(import uuid) returns int
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
  -- What duplicates are found by is derived from the record and goes with it.
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

-- +goose Down
drop function organization_import_undo(uuid);
alter table organization drop column import_id;
