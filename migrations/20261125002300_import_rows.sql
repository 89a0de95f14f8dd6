-- What became of the rows of an import: references only, so that its result leads
-- to the records. Owner: internal/importing.

-- +goose Up
create table import_run_row (
  run_id uuid not null references import_run,
  number int not null check (number > 0),  -- as the spreadsheet shows it
  result text not null check (result in ('made', 'adopted', 'unchanged', 'changed', 'left_out', 'doubtful', 'faulty')),
  record uuid,                             -- of the kind of the import; gone once the import is undone
  primary key (run_id, number),
  check (result not in ('made', 'adopted', 'unchanged', 'changed') or record is not null)
);
create index import_run_row_result on import_run_row (run_id, result, number);
revoke update, delete, truncate on import_run_row from portal_app;

-- +goose Down
drop table import_run_row;
