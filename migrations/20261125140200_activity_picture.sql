-- The pictures of activity claims by their difference hash, so that the one that was
-- handed in before, for another event or by another organization, is found among all
-- years' by index. Owner: internal/funding/activity.

-- +goose Up
-- One row for each picture that was handed in and has something to compare by. Of two
-- hashes that differ in at most three bits, one of four bands is the same.
create table activity_picture (
  attachment_id uuid primary key references attachment,
  case_id uuid not null references activity_claim,
  hash bigint not null check (hash <> 0),
  band1 int not null generated always as (((hash >> 48) & 65535)::int) stored,
  band2 int not null generated always as (((hash >> 32) & 65535)::int) stored,
  band3 int not null generated always as (((hash >> 16) & 65535)::int) stored,
  band4 int not null generated always as ((hash & 65535)::int) stored
);
create index activity_picture_of on activity_picture (case_id);
create index activity_picture_band1 on activity_picture (band1);
create index activity_picture_band2 on activity_picture (band2);
create index activity_picture_band3 on activity_picture (band3);
create index activity_picture_band4 on activity_picture (band4);
revoke update, delete, truncate on activity_picture from portal_app;

-- +goose Down
drop table activity_picture;
