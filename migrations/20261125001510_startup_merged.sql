-- Start-up support follows the merge of two records of one organization, so that
-- startup_grant_once goes on saying “once in its life”. Owner: internal/funding/startup.

-- +goose Up
-- +goose StatementBegin
create function startup_grant_follow() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.merged_into is not null then
    -- Where both have it, the one of the record that stays bars another already.
    update startup_grant g set organization_id = new.merged_into
    where g.organization_id = new.id and g.live
      and not exists (select from startup_grant k where k.organization_id = new.merged_into and k.live);
  else
    update startup_grant g set organization_id = new.id
    from case_file f
    where f.id = g.case_id and f.organization_id = new.id and g.organization_id = old.merged_into;
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger startup_grant_follow after update of merged_into on organization
  for each row when (old.merged_into is distinct from new.merged_into) execute function startup_grant_follow();

-- +goose Down
drop trigger startup_grant_follow on organization;
drop function startup_grant_follow();
