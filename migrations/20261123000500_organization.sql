-- The registry of community social organizations: current record, registered
-- facts by date, public events, payee accounts, and the facts that eligibility
-- reads (systems on file, activities, annual reports, earlier grants).
-- Owner: internal/organization.

-- +goose Up

-- +goose StatementBegin
-- What a name is searched and compared by: one width, one case, no white space.
create function search_key(t text) returns text language sql immutable strict parallel safe as
  $$ select lower(regexp_replace(normalize(t, NFKC), '\s', '', 'g')) $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Every single character and every pair of neighbours, so that one index serves
-- words of any length, one character included. Schema-qualified, because a
-- restored dump recomputes the column under an empty search path.
create function search_grams(t text) returns text[] language sql immutable strict parallel safe as
$$
  select coalesce(array_agg(distinct substr(k, i, n)), '{}')
  from public.search_key(t) k, generate_series(1, length(k)) i, generate_series(1, 2) n
  where i + n - 1 <= length(k)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The form in which 六联长者服务中心 and 六联长者中心 are the same name.
create function name_stem(t text) returns text language sql immutable strict parallel safe as
  $$ select replace(regexp_replace(public.search_key(t), '[][()·•.,、，。“”"《》—–-]', '', 'g'), '服务', '') $$;
-- +goose StatementEnd

create table organization (
  id uuid primary key,
  name text not null check (char_length(name) between 4 and 60),
  org_type text not null check (org_type in ('association', 'social_service', 'foundation')),
  status_basis text not null check (status_basis in ('registered', 'filed')),
  category text not null check (category in
    ('welfare', 'charity', 'social_service_cat', 'culture_sport', 'sci_tech', 'rights')),
  uscc text check (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
  uscc_override_reason text check (char_length(uscc_override_reason) between 5 and 200),
  filing_no text check (char_length(filing_no) between 4 and 40),
  established_on date not null check (established_on >= '1949-10-01'),
  registrar text not null check (char_length(registrar) between 2 and 60),
  origin text not null check (origin in ('new', 'rename', 'merge')),
  status text not null default 'active' check (status in
    ('active', 'abnormal', 'merging', 'deregistering', 'deregistered', 'filing_revoked', 'registration_revoked')),
  status_since date not null,
  status_reason text not null default '' check (char_length(status_reason) <= 500),
  head_person_id uuid not null references person,
  head_name text not null check (char_length(head_name) between 2 and 60),
  head_mobile bytea,        -- sealed, context organization.head_mobile
  head_mobile_mask text not null default '',
  community_code text not null references region check (length(community_code) = 12),
  subdistrict_code text not null references region check (starts_with(community_code, subdistrict_code) and length(subdistrict_code) = 9),
  address text not null default '' check (char_length(address) <= 200),
  postcode text not null default '' check (postcode ~ '^([0-9]{6})?$'),
  premises_type text not null default '' check (premises_type in ('', 'own', 'rented', 'lent', 'shared')),
  activity_scope text not null default '' check (char_length(activity_scope) <= 200),
  business_scope text not null default '' check (char_length(business_scope) <= 500),
  supervising_unit text not null default '' check (char_length(supervising_unit) <= 60),
  registered_capital_fen bigint check (registered_capital_fen >= 0),
  contact_name text not null default '' check (char_length(contact_name) <= 60),
  contact_phone text not null default '' check (char_length(contact_phone) <= 20),
  contact_mobile bytea,     -- sealed, context organization.contact_mobile
  contact_mobile_mask text not null default '',
  contact_email text not null default '' check (char_length(contact_email) <= 120),
  members int check (members between 0 and 1000000),
  staff int check (staff between 0 and 1000000),
  full_time int check (full_time between 0 and 1000000),
  volunteers int check (volunteers between 0 and 1000000),
  social_workers int check (social_workers between 0 and 1000000),
  party_org text not null default '' check (party_org in ('', 'none', 'joint', 'own')),
  party_members int check (party_members between 0 and 1000000),
  base_id uuid,
  introduction text not null default '' check (char_length(introduction) <= 500),
  claim_id uuid unique,     -- the account claim it was registered from
  demo boolean not null default false,
  search_text text generated always as (search_key(name)) stored,
  search_grams text[] generated always as (search_grams(name)) stored,
  name_stem text generated always as (name_stem(name)) stored,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version int not null default 1,
  check (status_basis = 'filed' or uscc is not null),
  check (status_basis = 'registered' or filing_no is not null),
  check (status_basis = 'registered' or uscc is null or uscc_override_reason is not null),
  check (status_basis = 'registered' or registered_capital_fen is null),
  check (full_time <= staff),
  check (party_members <= members + staff),
  check (status_since >= established_on),
  check ((status <> 'filing_revoked' or status_basis = 'filed') and
         (status <> 'registration_revoked' or status_basis = 'registered'))
);
-- A name belongs to one living organization; one that has ended may be followed.
create unique index organization_name on organization (search_text)
  where status in ('active', 'abnormal', 'merging', 'deregistering');
create unique index organization_uscc on organization (uscc);
create unique index organization_filing_no on organization (filing_no);
create index organization_stem on organization (name_stem);
create index organization_grams on organization using gin (search_grams);
create index organization_head on organization (head_person_id);
create index organization_newest on organization (established_on desc, id desc);
create index organization_community on organization (community_code, established_on desc, id desc);
create index organization_subdistrict on organization (subdistrict_code, established_on desc, id desc);
create index organization_category on organization (category, established_on desc, id desc);
create index organization_status_basis on organization (status_basis, established_on desc, id desc);

-- Registered facts by the date from which they hold. The organization row holds
-- today's; a past date reads the latest row not after it. A correction repeats
-- the date of what it corrects, a change has its own date; the later entry of
-- one date wins. Nothing is ever altered.
create table organization_fact (
  id bigint generated always as identity primary key,
  org_id uuid not null references organization (id),
  field text not null check (field in ('name', 'org_type', 'status_basis', 'category', 'uscc', 'filing_no',
    'established_on', 'registrar', 'origin', 'status', 'head_person_id', 'head_name', 'community_code', 'subdistrict_code')),
  value text not null,
  effective_on date not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  reason text not null default '' check (char_length(reason) <= 500)
);
create index organization_fact_by_date on organization_fact (org_id, field, effective_on desc, id desc);
create index organization_fact_head on organization_fact (value, org_id) where field = 'head_person_id';
revoke update, delete, truncate on organization_fact from portal_app;

-- The public timeline of one organization.
create table organization_event (
  id uuid primary key,
  org_id uuid not null references organization (id),
  happened_on date not null,
  kind text not null check (kind in ('established', 'changed', 'status')),
  title text not null check (char_length(title) between 2 and 120),
  detail text not null default '' check (char_length(detail) <= 500),
  recorded_at timestamptz not null
);
create index organization_event_by_date on organization_event (org_id, happened_on, id);
revoke update, delete, truncate on organization_event from portal_app;

-- Where money may be paid. Saving another account replaces the row, so that a
-- payment can name exactly the one that it went to.
create table payee_account (
  id uuid primary key,
  org_id uuid not null references organization (id),
  kind text not null check (kind in ('own', 'agent')),
  bank_name text not null check (char_length(bank_name) between 2 and 60),
  branch text not null check (char_length(branch) between 2 and 80),
  account_name text not null check (char_length(account_name) between 2 and 60),
  account_no bytea not null,         -- sealed, context payee_account.account_no
  account_no_index bytea not null,
  account_no_last4 text not null check (account_no_last4 ~ '^[0-9]{4}$'),
  cnaps text not null default '' check (cnaps ~ '^([0-9]{12})?$'),
  agent_name text not null default '' check (char_length(agent_name) <= 60),
  agent_kind text not null default '' check (agent_kind in ('', 'subdistrict', 'community', 'hub')),
  authorization_note text not null default '' check (char_length(authorization_note) <= 200),
  saved_at timestamptz not null,
  saved_by uuid not null,
  verified_at timestamptz,
  verified_by uuid,
  replaced_at timestamptz,
  version int not null default 1,
  check ((kind = 'agent') = (agent_name <> '')),
  check ((kind = 'agent') = (agent_kind <> '')),
  check (kind = 'own' or (account_name = agent_name and authorization_note <> '')),
  check ((verified_at is null) = (verified_by is null)),
  check (verified_by <> saved_by)
);
create unique index payee_account_current on payee_account (org_id) where replaced_at is null;
create index payee_account_number on payee_account (account_no_index);
revoke update, delete, truncate on payee_account from portal_app;
grant update (verified_at, verified_by, replaced_at, version) on payee_account to portal_app;

-- Internal systems (charter, finance, disclosure …) that the organization put on
-- file and an office confirmed.
create table organization_system (
  id uuid primary key,
  org_id uuid not null references organization (id),
  kind text not null check (kind in ('charter', 'finance', 'disclosure', 'personnel', 'assembly', 'council', 'supervisors', 'election')),
  title text not null check (char_length(title) between 2 and 100),
  adopted_on date,
  filed_on date not null,
  attachment_id uuid,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  confirmed_on date,
  confirmed_by uuid,
  confirmed_office text not null default '' check (char_length(confirmed_office) <= 60),
  void_on date,
  void_reason text not null default '' check (char_length(void_reason) <= 200),
  version int not null default 1,
  check (adopted_on <= filed_on),
  check ((confirmed_on is null) = (confirmed_by is null)),
  check (confirmed_on >= filed_on),
  check (void_on >= filed_on),
  check ((void_on is null) = (void_reason = ''))
);
create index organization_system_of on organization_system (org_id, kind, filed_on desc);
-- Of one kind one is in force: a new text replaces the old.
create unique index organization_system_current on organization_system (org_id, kind) where void_on is null;
revoke delete, truncate on organization_system from portal_app;

create table organization_activity (
  id uuid primary key,
  org_id uuid not null references organization (id),
  title text not null check (char_length(title) between 4 and 80),
  held_on date not null,
  place text not null check (char_length(place) between 2 and 120),
  community_code text not null references region,
  participants int not null check (participants between 1 and 100000),
  volunteers int not null check (volunteers between 0 and 100000),
  social_workers int not null default 0 check (social_workers between 0 and 100000),
  summary text not null check (char_length(summary) between 10 and 1000),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  recorded_role text not null,
  confirmed_on date,
  confirmed_by uuid,
  confirmed_office text not null default '' check (char_length(confirmed_office) <= 60),
  void_on date,
  void_reason text not null default '' check (char_length(void_reason) <= 200),
  version int not null default 1,
  check ((confirmed_on is null) = (confirmed_by is null)),
  check (confirmed_on >= held_on),
  check ((void_on is null) = (void_reason = ''))
);
create index organization_activity_of on organization_activity (org_id, held_on desc, id desc);
-- The same activity entered twice is not two activities.
create unique index organization_activity_once on organization_activity (org_id, held_on, search_key(title)) where void_on is null;
revoke delete, truncate on organization_activity from portal_app;

-- Conclusions of annual reports; 'missing' says that the office looked and found
-- none handed in, no row says that nobody recorded anything.
create table annual_report (
  id uuid primary key,
  org_id uuid not null references organization (id),
  report_year int not null check (report_year between 1990 and 2999),
  submitted_on date,
  conclusion text not null check (conclusion in ('pass', 'basic', 'fail', 'missing')),
  unit text not null check (char_length(unit) between 2 and 60),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  version int not null default 1,
  unique (org_id, report_year),
  check ((conclusion = 'missing') = (submitted_on is null))
);
revoke delete, truncate on annual_report from portal_app;

-- Grants received before the portal kept its ledger: opening history.
create table earlier_grant (
  id uuid primary key,
  org_id uuid not null references organization (id),
  programme text not null check (programme in ('startup', 'activity', 'venture', 'talent', 'other')),
  title text not null check (char_length(title) between 2 and 100),
  awarded_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  document_no text not null default '' check (char_length(document_no) <= 60),
  head_person_id uuid not null references person, -- who headed the organization when it was awarded
  community_code text not null references region,
  use_report_due_on date,
  use_report_filed_on date,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  void_on date,
  void_reason text not null default '' check (char_length(void_reason) <= 200),
  version int not null default 1,
  check (use_report_due_on >= awarded_on),
  check (use_report_filed_on >= awarded_on),
  check ((void_on is null) = (void_reason = ''))
);
create index earlier_grant_of on earlier_grant (org_id, awarded_on desc);
create index earlier_grant_head on earlier_grant (head_person_id, community_code) where void_on is null;
-- Start-up support is given once in a lifetime (policy 三(二)1(1)).
create unique index earlier_grant_startup_once on earlier_grant (org_id) where programme = 'startup' and void_on is null;
revoke delete, truncate on earlier_grant from portal_app;

-- That an office looked for a kind of record up to a date. Without it an empty
-- table means unknown, with it that there is nothing.
create table organization_check (
  id uuid primary key,
  org_id uuid not null references organization (id),
  subject text not null check (subject in ('earlier_grants', 'annual_reports')),
  checked_on date not null,
  source text not null check (char_length(source) between 2 and 200),
  recorded_at timestamptz not null,
  recorded_by uuid not null
);
create index organization_check_latest on organization_check (org_id, subject, checked_on desc, recorded_at desc);
revoke update, delete, truncate on organization_check from portal_app;

-- +goose Down
drop table organization_check, earlier_grant, annual_report, organization_activity, organization_system,
  payee_account, organization_event, organization_fact, organization;
drop function name_stem(text);
drop function search_grams(text);
drop function search_key(text);
