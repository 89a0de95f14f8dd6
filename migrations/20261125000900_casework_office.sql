-- Cases that an office opens itself. Owner: internal/casework.

-- +goose Up
alter table case_file drop constraint case_file_channel_check;
alter table case_file add constraint case_file_channel_check check (channel in ('online', 'counter', 'office'));
-- What an initiator began, before there is an organization.
create index case_file_creator on case_file (created_by, created_at desc) where organization_id = '00000000-0000-0000-0000-000000000000';

-- +goose Down
drop index case_file_creator;
alter table case_file drop constraint case_file_channel_check;
alter table case_file add constraint case_file_channel_check check (channel in ('online', 'counter'));
