-- The supervising unit as a reference. Its text stays as it was registered; the
-- department that it means follows from it here, so that no writer can forget it
-- and no reader compares texts. Owner: internal/organization.

-- +goose Up
alter table organization add column department_code text references department;
update organization set department_code = department_of(supervising_unit) where supervising_unit <> '';
create index organization_department on organization (department_code, established_on desc, id desc) where department_code is not null;
create index organization_unit_unknown on organization (department_key(supervising_unit)) where supervising_unit <> '' and department_code is null;
create index organization_fact_unit on organization_fact (department_key(value)) where field = 'supervising_unit' and value <> '';

-- +goose StatementBegin
create function organization_unit() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.department_code := department_of(nullif(new.supervising_unit, ''));
  return new;
end $$;
-- +goose StatementEnd
create trigger organization_unit before insert or update of supervising_unit, department_code on organization
  for each row execute function organization_unit();

-- +goose StatementBegin
-- A name or an alias that the list learns finds the organizations that used it.
create function organization_unit_learnt() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  update organization set department_code = new.department_code
    where supervising_unit <> '' and department_code is null and department_key(supervising_unit) = new.key;
  return null;
end $$;
-- +goose StatementEnd
create trigger organization_unit_learnt after insert on department_label for each row execute function organization_unit_learnt();

-- +goose StatementBegin
-- A text that a record stands on is not forgotten.
create function organization_unit_used() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from organization where department_code = old.department_code and department_key(supervising_unit) = old.key)
    or exists (select from organization_fact where field = 'supervising_unit' and value <> '' and department_key(value) = old.key) then
    raise exception '% is in use', old.label using errcode = 'foreign_key_violation', constraint = 'department_label_used';
  end if;
  return old;
end $$;
-- +goose StatementEnd
create trigger organization_unit_used before delete on department_label for each row execute function organization_unit_used();

-- +goose Down
drop trigger organization_unit_used on department_label;
drop trigger organization_unit_learnt on department_label;
drop trigger organization_unit on organization;
drop function organization_unit_used();
drop function organization_unit_learnt();
drop function organization_unit();
drop index organization_fact_unit;
alter table organization drop column department_code;
