-- Confirmed activities in the order of the calendar.
-- Owner: internal/organization.

-- +goose Up
create index organization_activity_calendar on organization_activity (held_on, id) where void_on is null and confirmed_on is not null;
create index organization_activity_calendar_community on organization_activity (community_code, held_on, id) where void_on is null and confirmed_on is not null;

-- +goose Down
drop index organization_activity_calendar, organization_activity_calendar_community;
