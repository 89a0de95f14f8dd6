-- Files that come with what offices tell each other. They are received before
-- their entry stands, so that a fault at another field of the form costs no file,
-- and sealed with it: then nothing is added and nothing taken out.
-- Owner: internal/liaison.

-- +goose Up
-- Whose the attachments of an entry are; null without any. Never altered: the
-- grant on the table names what may be.
alter table liaison_entry add column files uuid constraint liaison_entry_files unique;

-- +goose StatementBegin
create function liaison_files_sealed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from liaison_entry where files = new.owner_id) then
    raise exception 'the files of an entry stand' using errcode = 'check_violation', constraint = 'liaison_files_sealed';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger liaison_files_new before insert on attachment
  for each row when (new.owner_kind = 'liaison') execute function liaison_files_sealed();
create trigger liaison_files_removed before update of state on attachment
  for each row when (new.owner_kind = 'liaison' and new.state = 'removed') execute function liaison_files_sealed();

-- +goose Down
drop trigger liaison_files_removed on attachment;
drop trigger liaison_files_new on attachment;
drop function liaison_files_sealed();
alter table liaison_entry drop column files;
