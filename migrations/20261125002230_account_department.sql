-- An account of a department belongs to one on the list, by its code instead of
-- by a text. Owner: internal/account.

-- +goose Up
-- Units that have accounts and are not on the list come onto it, to be confirmed.
insert into department (code, valid_from, confirmed)
  select distinct 'unit-' || left(md5(department_key(department)), 12), date '2017-01-07', false from account
  where department <> '' and department_of(department) is null and department_key(department) <> '';
insert into department_name (department_code, valid_from, name, short_name)
  select distinct on (department_key(department)) 'unit-' || left(md5(department_key(department)), 12), date '2017-01-07', btrim(department), left(btrim(department), 20) from account
  where department <> '' and department_of(department) is null and department_key(department) <> ''
  order by department_key(department), created_at;

alter table account drop constraint account_department;
alter table account rename column department to department_said;
alter table account alter column department_said drop not null, alter column department_said drop default;
alter table account add column department text references department;
update account set department = department_of(department_said) where department_said <> '';
alter table account drop column department_said;
alter table account add constraint account_department check ((role = 'department') = (department is not null));
create index account_of_department on account (department) where department is not null;

-- +goose Down
alter table account drop constraint account_department;
alter table account rename column department to code;
alter table account add column department text not null default '';
update account set department = department_name_on(code, current_date) where code is not null;
alter table account drop column code;
alter table account add constraint account_department check ((role = 'department') = (department <> ''));
