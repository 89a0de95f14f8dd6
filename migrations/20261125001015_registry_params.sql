-- Parameters of founding, change and end, in every edition there is. None stands
-- in the policy text, so all are 待确认. Owner: internal/policy.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, p.type, p.value::jsonb, p.article, p.source, false
  from policy_edition e, (values
    ('filing.initiators_association', 'integer', '3', '三（三）1', 'precedent'),
    ('filing.initiator_units_association', 'integer', '2', '三（三）1', 'precedent'),
    ('filing.initiators_service', 'integer', '2', '三（三）1', 'precedent'),
    ('filing.initiator_units_service', 'integer', '1', '三（三）1', 'precedent'),
    ('filing.min_members', 'integer', '10', '三（三）1', 'precedent'),
    ('filing.min_staff', 'integer', '2', '三（三）1', 'precedent'),
    ('registration.min_members', 'integer', '50', '三（三）1', 'default'),
    ('registration.min_unit_members', 'integer', '30', '三（三）1', 'default'),
    ('registration.min_capital', 'money', '3000000', '三（三）1', 'default'),
    ('head.organizations', 'integer', '3', '三（三）1', 'default'),
    ('revocation.statement_wd', 'integer', '5', '三（三）3', 'default'),
    ('revocation.idle_months', 'integer', '12', '三（三）3', 'default')
  ) as p (key, type, value, article, source);
alter table policy_parameter enable trigger policy_parameter_guard;

-- +goose Down
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key in ('filing.initiators_association', 'filing.initiator_units_association',
  'filing.initiators_service', 'filing.initiator_units_service', 'filing.min_members', 'filing.min_staff',
  'registration.min_members', 'registration.min_unit_members', 'registration.min_capital', 'head.organizations',
  'revocation.statement_wd', 'revocation.idle_months');
alter table policy_parameter enable trigger policy_parameter_guard;
