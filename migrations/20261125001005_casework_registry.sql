-- Letters of the registry, and the word of the organization that is to be revoked.
-- Owner: internal/casework.

-- +goose Up
alter table case_letter drop constraint case_letter_kind_check;
alter table case_letter add constraint case_letter_kind_check check (kind in (
  'accepted', 'correction', 'not_accepted', 'not_supported', 'approval', 'payment', 'termination',
  'registry_approval', 'registry_refusal', 'revocation_notice', 'revocation', 'no_revocation'));
-- 陈述申辩 lapses as an opinion does.
alter table case_opinion drop constraint case_opinion_stage_check;
alter table case_opinion add constraint case_opinion_stage_check check (stage in ('community', 'subdistrict', 'org_head'));

-- +goose Down
alter table case_opinion drop constraint case_opinion_stage_check;
alter table case_opinion add constraint case_opinion_stage_check check (stage in ('community', 'subdistrict'));
alter table case_letter drop constraint case_letter_kind_check;
alter table case_letter add constraint case_letter_kind_check check (kind in (
  'accepted', 'correction', 'not_accepted', 'not_supported', 'approval', 'payment', 'termination'));
