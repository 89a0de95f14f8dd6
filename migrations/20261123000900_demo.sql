-- That this database holds invented data. Owner: internal/demo.
-- The row is written before the first invented record and never goes: such a
-- database cannot become a real one, and a real one never gets the row.

-- +goose Up
create table demo_mark (
  only_row boolean primary key default true check (only_row),
  planted_at timestamptz not null,
  seed bigint not null
);
-- That the planting came to its end: a second mark, so that the first is never altered.
create table demo_complete (
  only_row boolean primary key default true references demo_mark check (only_row),
  completed_at timestamptz not null
);
revoke update, delete, truncate on demo_mark, demo_complete from portal_app;

-- +goose Down
drop table demo_complete, demo_mark;
