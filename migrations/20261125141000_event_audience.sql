-- Whom an activity is for has the same limit on the calendar as in what is reported
-- before it. Owner: internal/event.

-- +goose Up
alter table event drop constraint event_audience_check, add constraint event_audience_check check (char_length(audience) <= 100);

-- +goose Down
update event set audience = left(audience, 60) where char_length(audience) > 60;
alter table event drop constraint event_audience_check, add constraint event_audience_check check (char_length(audience) <= 60);
