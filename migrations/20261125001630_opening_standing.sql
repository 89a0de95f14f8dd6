-- Grades and list entries that came through an import, and how one is taken back
-- as a whole. Owner: internal/standing.

-- +goose Up
alter table standing_entry add column import_id uuid;
alter table standing_grade add column import_id uuid;
create index standing_entry_import on standing_entry (import_id) where import_id is not null;
create index standing_grade_import on standing_grade (import_id) where import_id is not null;

-- +goose StatementBegin
-- What was built on an import: an act on one of its rows, or a case submitted
-- since by an organization that it speaks of, and so judged by it.
create function standing_dependents(import uuid) returns table (rule text, org_id uuid, what text)
language sql stable security definer set search_path = public, pg_temp as $$
  with brought as (
    select s.org_id, s.version, s.recorded_at from standing_entry s where s.import_id = import
    union all
    select s.org_id, s.version, s.recorded_at from standing_grade s where s.import_id = import)
  select 'changed', b.org_id, '' from brought b where b.version > 1
  union all
  select distinct 'case', b.org_id, c.no from brought b join case_file c on c.organization_id = b.org_id where c.submitted_at >= b.recorded_at
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function standing_undo(import uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from standing_entry where import_id = import for update;
  perform from standing_grade where import_id = import for update;
  if exists (select from standing_dependents(import)) then
    raise exception 'something depends on this import' using errcode = 'check_violation', constraint = 'standing_undo_depends';
  end if;
  delete from standing_entry where import_id = import;
  delete from standing_grade where import_id = import;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function standing_undo(uuid);
drop function standing_dependents(uuid);
alter table standing_entry drop column import_id;
alter table standing_grade drop column import_id;
