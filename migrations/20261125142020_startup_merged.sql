-- Start-up support goes back with the record that it was given to, also when that
-- was given to one that is merged into the record that comes back.
-- Owner: internal/funding/startup.

-- +goose Up
-- +goose StatementBegin
create or replace function startup_grant_follow() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.merged_into is not null then
    -- Where both have it, the one of the record that stays bars another already.
    update startup_grant g set organization_id = new.merged_into
    where g.organization_id = new.id and g.live
      and not exists (select from startup_grant k where k.organization_id = new.merged_into and k.live);
  else
    update startup_grant g set organization_id = new.id
    from case_file f
    where f.id = g.case_id and f.organization_id = any (organization_ids(new.id)) and g.organization_id = old.merged_into;
  end if;
  return null;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function startup_grant_follow() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
