-- A request to an organization waits for the record that its people work under:
-- after a merge for the one that stays, after its undoing for the own one again.
-- Owner: internal/liaison.

-- +goose Up
-- +goose StatementBegin
create function liaison_request_follow() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.merged_into is not null then
    update liaison_request set to_office = 'organization/' || new.merged_into
      where org_id = any (organization_ids(new.id)) and to_office = 'organization/' || new.id and state = 'open';
  else
    update liaison_request set to_office = 'organization/' || new.id
      where org_id = any (organization_ids(new.id)) and to_office = 'organization/' || old.merged_into and state = 'open';
  end if;
  return null;
end $$;
-- +goose StatementEnd
revoke execute on function liaison_request_follow() from public;
create trigger liaison_request_follow after update of merged_into on organization
  for each row when (old.merged_into is distinct from new.merged_into) execute function liaison_request_follow();

-- +goose Down
drop trigger liaison_request_follow on organization;
drop function liaison_request_follow();
