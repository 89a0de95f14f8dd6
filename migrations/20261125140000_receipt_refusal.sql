-- Submissions that were refused because of a paper that another case uses. Owner:
-- internal/receipt. The applicant reads 该票据已被使用 and no more; whoever
-- reviews either case learns who tried what.

-- +goose Up
-- References only, written in a transaction of its own after the submission came to
-- nothing, and never changed.
create table receipt_refusal (
  id uuid primary key,
  case_id uuid not null references case_file, -- whose submission was refused
  other_id uuid not null references case_file, -- which uses the paper
  receipt_id uuid not null references receipt,
  reason text not null check (reason in ('used_up', 'differs')),
  at timestamptz not null,
  by uuid not null,
  check (case_id <> other_id)
);
create index receipt_refusal_of on receipt_refusal (case_id);
create index receipt_refusal_other on receipt_refusal (other_id);
revoke update, delete, truncate on receipt_refusal from portal_app;

-- +goose Down
drop table receipt_refusal;
