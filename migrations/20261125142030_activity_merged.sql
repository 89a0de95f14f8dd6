-- The cap of a year and that an event is claimed once hold for an organization
-- with every record merged into it. The year of the record that stays is locked by
-- whoever claims or grants: no other takes claims any more.
-- Owner: internal/funding/activity.

-- +goose Up
-- +goose StatementBegin
create function activity_year_family() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if (select sum(y.granted_fen) from activity_year y
      where y.organization_id = any (organization_ids(organization_root(new.organization_id))) and y.year = new.year) > new.cap_fen then
    raise exception 'the records of this organization were granted more than the cap of %', new.year
      using errcode = 'check_violation', constraint = 'activity_year_within_cap';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger activity_year_family after update on activity_year
  for each row when (new.granted_fen > old.granted_fen) execute function activity_year_family();

-- +goose StatementBegin
create function activity_claim_family() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from activity_claim c where c.organization_id = any (organization_ids(organization_root(new.organization_id)))
      and c.organization_id <> new.organization_id and c.live and c.held_on = new.held_on and search_key(c.title) = search_key(new.title)) then
    raise exception 'another record of this organization claimed this event'
      using errcode = 'unique_violation', constraint = 'activity_claim_event';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger activity_claim_family before insert or update of held_on, title on activity_claim
  for each row when (new.live) execute function activity_claim_family();

-- +goose Down
drop trigger activity_claim_family on activity_claim;
drop function activity_claim_family();
drop trigger activity_year_family on activity_year;
drop function activity_year_family();
