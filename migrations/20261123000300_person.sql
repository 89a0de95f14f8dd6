-- Natural persons. Owner: internal/person.
-- One row per person whatever they are: head, council member, worker, expert,
-- official, account holder. Separation of duties compares these ids.

-- +goose Up
create table person (
  id uuid primary key,
  name text not null check (name <> ''),
  id_type text check (id_type in ('resident', 'residence_permit', 'passport', 'foreign_permanent')),
  id_sealed bytea,              -- the document number, readable with the key outside the database
  id_index bytea,               -- keyed digest of type and number: equality without reading
  mobile_sealed bytea,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version int not null default 1 check (version > 0),
  constraint person_id_whole check (num_nonnulls(id_type, id_sealed, id_index) in (0, 3)),
  constraint person_id_once unique (id_index)
);
-- A person is referred to by decisions for ever.
revoke delete, truncate on person from portal_app;

-- +goose Down
drop table person;
