-- Trainings of before the portal. Owner: internal/roster (training.go), until a
-- feature of trainings takes them over.
-- Policy 三(二)1(4): leaders and staff are trained at regular intervals.

-- +goose Up
create table training_record (
  id uuid primary key,
  org_id uuid not null references organization,
  person_id uuid not null references person,
  kind text not null check (kind in ('leader', 'staff')),
  title text not null check (char_length(title) between 2 and 100),
  held_on date not null check (held_on >= '1990-01-01'),
  hours int not null check (hours between 1 and 1000),
  certificate_no text not null default '' check (char_length(certificate_no) <= 60),
  organizer text not null check (char_length(organizer) between 2 and 60),
  import_id uuid,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  constraint training_record_once unique (org_id, person_id, held_on, title)
);
create index training_record_person on training_record (person_id, held_on desc);
create index training_record_import on training_record (import_id) where import_id is not null;
create unique index training_record_certificate on training_record (organizer, certificate_no) where certificate_no <> '';
revoke update, delete, truncate on training_record from portal_app;

-- +goose StatementBegin
-- Removes exactly what an import made in the roster and in the trainings. What has
-- been changed since, or is referred to, keeps all of it.
create function roster_import_undo(import uuid) returns int
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

-- +goose Down
drop function roster_import_undo(uuid);
drop table training_record;
