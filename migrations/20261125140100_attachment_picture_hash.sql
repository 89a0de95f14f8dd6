-- The difference hash of a picture, by which features find pictures that look
-- alike. Owner: internal/attachment.

-- +goose Up
-- 0: no picture, a plain one, or one received before this column was there.
alter table attachment add column picture_hash bigint not null default 0,
  add constraint attachment_picture_hash check (picture_hash = 0 or width > 0);

-- +goose Down
alter table attachment drop column picture_hash;
