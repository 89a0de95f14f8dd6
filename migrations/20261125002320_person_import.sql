-- Persons of an import go in one statement, those that something else needs stay.
-- Owner: internal/person.

-- +goose Up
-- +goose StatementBegin
create or replace function person_import_undo(import uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made uuid[];
  gone int;
begin
  -- Locked, so that nobody begins to refer to one while it is judged.
  select array_agg(id) into made from (select id from person where import_id = import order by id for update) p;
  delete from person where import_id = import and id not in (select r.id from referring('person', made) r);
  get diagnostics gone = row_count;
  return gone;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function person_import_undo(import uuid) returns int
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
      null;
    end;
  end loop;
  return gone;
end $$;
-- +goose StatementEnd
