-- What depends on members and trainings that an import made, and the undo that
-- asks for it. Owner: internal/roster.

-- +goose Up
-- +goose StatementBegin
-- record is the member or the training that something depends on; the rule is
-- 'changed' or the table that refers to it.
create function roster_import_dependents(import uuid) returns table (rule text, org_id uuid, record uuid, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select 'changed', m.org_id, m.id, 1::bigint from roster_member m where m.import_id = import and m.version > 1
  union all
  select r.child, m.org_id, m.id, r.n
  from referring('roster_member', (select array_agg(id) from roster_member where import_id = import)) r join roster_member m on m.id = r.id
  union all
  select r.child, t.org_id, t.id, r.n
  from referring('training_record', (select array_agg(id) from training_record where import_id = import)) r join training_record t on t.id = r.id
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function roster_import_undo(import uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  trainings int;
  members int;
begin
  -- Locked, so that nobody begins to refer to one while it is judged.
  perform from roster_member where import_id = import order by id for update;
  perform from training_record where import_id = import order by id for update;
  if exists (select from roster_import_dependents(import)) then
    raise exception 'something depends on import %', import using errcode = 'check_violation', constraint = 'roster_import_depends';
  end if;
  delete from training_record where import_id = import;
  get diagnostics trainings = row_count;
  delete from roster_member where import_id = import;
  get diagnostics members = row_count;
  return trainings + members;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function roster_import_undo(import uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  trainings int;
  members int;
begin
  perform from roster_member where import_id = import order by id for update;
  if exists (select from roster_member where import_id = import and version > 1) then
    raise exception 'a member of import % has been changed since', import
      using errcode = 'check_violation', constraint = 'roster_import_untouched';
  end if;
  delete from training_record where import_id = import;
  get diagnostics trainings = row_count;
  delete from roster_member where import_id = import;
  get diagnostics members = row_count;
  return trainings + members;
end $$;
-- +goose StatementEnd
drop function roster_import_dependents(uuid);
