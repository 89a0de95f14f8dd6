-- Letters of the decision, and the queue of cases that are granted and still
-- wait for somebody: payment, use report. Owner: internal/casework.

-- +goose Up
alter table case_letter drop constraint case_letter_kind_check;
alter table case_letter add constraint case_letter_kind_check check (kind in (
  'accepted', 'correction', 'not_accepted', 'not_supported', 'approval', 'payment', 'termination'));
drop index case_file_waiting, case_file_place;
create index case_file_waiting on case_file (waits_role, due_on nulls last, id) where class <> 'final';
create index case_file_place on case_file (subdistrict, community) where class <> 'final';

-- +goose Down
drop index case_file_waiting, case_file_place;
create index case_file_waiting on case_file (waits_role, due_on nulls last, id) where class = 'open';
create index case_file_place on case_file (subdistrict, community) where class = 'open';
alter table case_letter drop constraint case_letter_kind_check;
alter table case_letter add constraint case_letter_kind_check check (kind in ('accepted', 'correction', 'not_accepted'));
