-- Roles, clock and numbers. Owner: internal/postgres, internal/casework (numbers).
-- The owner role migrates; portal_app serves. Append-only tables revoke UPDATE
-- and DELETE from portal_app in their own migration.

-- +goose Up
-- +goose StatementBegin
do $$
begin
  if not exists (select from pg_roles where rolname = 'portal_app') then
    create role portal_app login;
  end if;
exception when duplicate_object or unique_violation then
  null; -- another database of the same cluster made it at the same moment
end $$;
-- +goose StatementEnd

grant usage on schema public to portal_app;
alter default privileges in schema public grant select, insert, update, delete on tables to portal_app;
alter default privileges in schema public grant usage, select on sequences to portal_app;

-- The stored offset moves the clock of business rules. Only tests and demo mode
-- may set it, through the owner role: portal_app can read it and no more.
create table clock_offset (
  only_row boolean primary key default true check (only_row),
  shift interval not null default '0'
);
insert into clock_offset default values;
revoke insert, update, delete on clock_offset from portal_app;

create function portal_now() returns timestamptz language sql stable as
  $$ select now() + shift from clock_offset $$;

-- +goose StatementBegin
-- Readable numbers: one sequence per kind and year. Gaps are allowed, waiting is
-- not: two submissions never queue behind each other for a number.
create function next_number(kind text, year int) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare name text := format('number_%s_%s', lower(kind), year);
begin
  if kind !~ '^[A-Za-z]{2,4}$' or year not between 2000 and 2999 then
    raise exception 'no number of kind % and year %', kind, year;
  end if;
  begin
    return nextval(format('%I', name)::regclass);
  exception when undefined_table then
    begin
      execute format('create sequence if not exists %I', name);
    exception when unique_violation then
      null; -- made by a concurrent transaction
    end;
    return nextval(format('%I', name)::regclass);
  end;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function next_number(text, int);
drop function portal_now();
drop table clock_offset;
