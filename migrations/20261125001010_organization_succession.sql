-- Mergers, and the registered facts that had no history yet.
-- Owner: internal/organization.

-- +goose Up
-- Who took over from whom. An organization is taken over once; what it was goes
-- on in its successor.
create table organization_succession (
  predecessor_id uuid primary key references organization (id),
  successor_id uuid not null references organization (id),
  kind text not null check (kind in ('absorption', 'consolidation')),
  since date not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  check (predecessor_id <> successor_id)
);
create index organization_succession_of on organization_succession (successor_id, since);
revoke update, delete, truncate on organization_succession from portal_app;

alter table organization_fact drop constraint organization_fact_field_check;
alter table organization_fact add constraint organization_fact_field_check check (field in ('name', 'org_type', 'status_basis',
  'category', 'uscc', 'filing_no', 'established_on', 'registrar', 'origin', 'status', 'head_person_id', 'head_name',
  'community_code', 'subdistrict_code', 'address', 'business_scope', 'supervising_unit', 'registered_capital_fen'));
-- What stands in the record is what is known of the past.
insert into organization_fact (org_id, field, value, effective_on, recorded_at, recorded_by, reason)
  select o.id, f.field, f.value, o.established_on, o.created_at, '00000000-0000-0000-0000-000000000000', '补录现有记录'
  from organization o cross join lateral (values
    ('address', o.address), ('business_scope', o.business_scope), ('supervising_unit', o.supervising_unit),
    ('registered_capital_fen', coalesce(o.registered_capital_fen::text, ''))) as f (field, value);

-- +goose Down
delete from organization_fact where field in ('address', 'business_scope', 'supervising_unit', 'registered_capital_fen');
alter table organization_fact drop constraint organization_fact_field_check;
alter table organization_fact add constraint organization_fact_field_check check (field in ('name', 'org_type', 'status_basis',
  'category', 'uscc', 'filing_no', 'established_on', 'registrar', 'origin', 'status', 'head_person_id', 'head_name',
  'community_code', 'subdistrict_code'));
drop table organization_succession;
