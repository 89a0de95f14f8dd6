-- Parameters of activity claims beyond those of the first edition, in every
-- edition there is. None stands in the policy text, so all are 待确认. Owner:
-- internal/policy.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, p.type, p.value::jsonb, '三（二）1（2）', p.source, false
  from policy_edition e, (values
    ('activity.receipt_days', 'integer', '30', 'default'),
    ('activity.photo_distance', 'integer', '3', 'default'),
    ('activity.intake', 'choice', '"always"', 'default'),
    ('activity.intake_from', 'monthday', '"03-07"', 'precedent'),
    ('activity.intake_to', 'monthday', '"03-28"', 'precedent'),
    ('activity.pay_wd', 'integer', '15', 'default')
  ) as p (key, type, value, source);
alter table policy_parameter enable trigger policy_parameter_guard;

-- +goose Down
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key in ('activity.receipt_days', 'activity.photo_distance', 'activity.intake',
  'activity.intake_from', 'activity.intake_to', 'activity.pay_wd');
alter table policy_parameter enable trigger policy_parameter_guard;
