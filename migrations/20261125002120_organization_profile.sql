-- Whom an organization serves and how far it reaches, as it says itself, dated like
-- other facts; the bounds of its size (policy 二(二): nature, size, scope, service
-- targets). Owner: internal/organization.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, 'integer', p.value::jsonb, '二（二）', 'default', false
  from policy_edition e, (values ('organization.size_medium_from', '30'), ('organization.size_large_from', '100')) as p (key, value);
alter table policy_parameter enable trigger policy_parameter_guard;

alter table organization
  add column service_targets text[] not null default '{}'
    constraint organization_service_targets check (service_targets <@ array['elderly', 'children', 'women', 'disabled', 'needy', 'migrants', 'veterans', 'residents', 'other'] and cardinality(service_targets) <= 9),
  add column activity_reach text not null default '' check (activity_reach in ('', 'community', 'subdistrict', 'district', 'beyond'));
create index organization_targets on organization using gin (service_targets);

alter table organization_fact drop constraint organization_fact_field_check;
alter table organization_fact add constraint organization_fact_field_check check (field in ('name', 'org_type', 'status_basis',
  'category', 'uscc', 'filing_no', 'established_on', 'registrar', 'origin', 'status', 'head_person_id', 'head_name',
  'community_code', 'subdistrict_code', 'address', 'business_scope', 'supervising_unit', 'registered_capital_fen',
  'service_targets', 'activity_reach'));

-- +goose Down
delete from organization_fact where field in ('service_targets', 'activity_reach');
alter table organization_fact drop constraint organization_fact_field_check;
alter table organization_fact add constraint organization_fact_field_check check (field in ('name', 'org_type', 'status_basis',
  'category', 'uscc', 'filing_no', 'established_on', 'registrar', 'origin', 'status', 'head_person_id', 'head_name',
  'community_code', 'subdistrict_code', 'address', 'business_scope', 'supervising_unit', 'registered_capital_fen'));
alter table organization drop column activity_reach, drop column service_targets;
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key like 'organization.size_%';
alter table policy_parameter enable trigger policy_parameter_guard;
