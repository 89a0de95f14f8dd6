-- How many working days an objection is handled within: taken from the edition
-- that its case pinned, when it arrives.
-- Owner: internal/notice.

-- +goose Up
alter table notice_objection add column due_wd int not null default 15 check (due_wd between 1 and 60);
alter table notice_objection alter column due_wd drop default;

-- +goose Down
alter table notice_objection drop column due_wd;
