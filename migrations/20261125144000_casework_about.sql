-- What one case of several of an applicant is about, such as the name of the
-- activity. Owner: internal/casework.

-- +goose Up
alter table case_file add column about text not null default '' check (char_length(about) <= 120);

-- +goose Down
alter table case_file drop column about;
