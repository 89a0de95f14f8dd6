-- The office of a department is known by its code, no more by its name, so that a
-- renamed one goes on. Owner: internal/liaison.

-- +goose Up
alter table liaison_entry disable trigger user;
alter table liaison_request disable trigger user;
update liaison_entry set office = 'department/' || department_of(substr(office, 12))
  where starts_with(office, 'department/') and department_of(substr(office, 12)) is not null;
update liaison_request set from_office = 'department/' || department_of(substr(from_office, 12))
  where starts_with(from_office, 'department/') and department_of(substr(from_office, 12)) is not null;
update liaison_request set to_office = 'department/' || department_of(substr(to_office, 12))
  where starts_with(to_office, 'department/') and department_of(substr(to_office, 12)) is not null;
alter table liaison_entry enable trigger user;
alter table liaison_request enable trigger user;

-- +goose Down
-- Nothing: both are keys of offices, and the name follows from the list.
select 1;
