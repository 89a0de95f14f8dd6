-- Imports from spreadsheets: what was read, by whom, and what became of it.
-- Owner: internal/importing.

-- +goose Up
-- The rows hold document numbers: they are sealed, and gone once the import is
-- confirmed, discarded, or thirty days old.
create table import_run (
  id uuid primary key,
  kind text not null check (kind ~ '^[a-z_]{2,20}$'),
  filename text not null check (char_length(filename) between 1 and 200),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),   -- SHA-256 of the file
  rows int not null check (rows between 1 and 20000),
  state text not null default 'waiting' check (state in ('waiting', 'confirmed', 'discarded', 'undone')),
  cells bytea,                                              -- sealed, context import_run.cells
  choices jsonb not null default '{}',                      -- row number: same, new, skip
  planted int check (planted between 0 and rows),
  uploaded_at timestamptz not null,
  uploaded_by uuid not null references account,
  ended_at timestamptz,                                     -- confirmed or discarded
  ended_by uuid references account,                         -- null: discarded because of its age
  undone_at timestamptz,
  undone_by uuid references account,
  undo_reason text not null default '' check (char_length(undo_reason) <= 200),
  version int not null default 1 check (version > 0),
  check ((state = 'waiting') = (cells is not null)),
  check ((state = 'waiting') = (ended_at is null)),
  check ((state in ('confirmed', 'undone')) = (planted is not null)),
  check ((state = 'undone') = (undone_at is not null) and (state = 'undone') = (undo_reason <> ''))
);
create index import_run_newest on import_run (uploaded_at desc, id desc);
create index import_run_digest on import_run (digest);
create index import_run_waiting on import_run (uploaded_at) where state = 'waiting';

-- +goose StatementBegin
-- An import goes one way: read, then confirmed or discarded, then perhaps undone.
create function import_run_guard() returns trigger language plpgsql as $$
begin
  if (old.state, new.state) not in (('waiting', 'waiting'), ('waiting', 'confirmed'), ('waiting', 'discarded'), ('confirmed', 'undone')) then
    raise exception 'an import does not go from % to %', old.state, new.state using errcode = 'check_violation', constraint = 'import_run_guard';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before update on import_run for each row execute function import_run_guard();
revoke update, delete, truncate on import_run from portal_app;
grant update (state, cells, choices, planted, ended_at, ended_by, undone_at, undone_by, undo_reason, version) on import_run to portal_app;

-- +goose Down
drop table import_run;
drop function import_run_guard();
