-- Accounts, their passwords, sign-in attempts and registration claims.
-- Owner: internal/account.

-- +goose Up
create table account (
  id uuid primary key,
  username text not null check (username ~ '^[a-z0-9][a-z0-9._-]{2,31}$'),
  password_hash text not null check (password_hash like '$argon2id$%'),
  role text not null check (role in ('initiator', 'org_clerk', 'org_head', 'community', 'subdistrict',
    'bureau_clerk', 'bureau_reviewer', 'bureau_leader', 'finance', 'expert', 'evaluator', 'department',
    'leading_group', 'auditor', 'admin_system', 'admin_security')),
  status text not null check (status in ('pending', 'active', 'disabled', 'refused')),
  status_reason text not null default '',
  person_id uuid references person (id),
  organization_id uuid,         -- the registry stands above this table: no foreign key from here
  community text not null default '',
  subdistrict text not null default '',
  department text not null default '',
  name text not null check (name <> ''),
  email text not null default '',
  mobile_sealed bytea,
  must_change_password boolean not null default false,
  password_changed_at timestamptz not null,
  totp_sealed bytea,
  totp_last_step bigint,        -- a code of this step or an earlier one was used: replay is refused
  totp_enrolled_at timestamptz,
  session_epoch int not null default 1, -- sessions of an earlier epoch are over
  created_token text not null unique check (created_token <> ''), -- the form that made it: sent twice makes one
  created_by uuid references account (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version int not null default 1 check (version > 0),
  constraint account_person check (person_id is not null or status in ('pending', 'refused')),
  constraint account_reason check (status_reason <> '' or status not in ('disabled', 'refused')),
  constraint account_organization check (
    case when role in ('org_head', 'org_clerk') then organization_id is not null or status in ('pending', 'refused')
         else organization_id is null end),
  constraint account_pending_role check (status not in ('pending', 'refused') or role in ('org_head', 'org_clerk')),
  constraint account_area check (
    case role when 'community' then community <> '' and subdistrict <> ''
              when 'subdistrict' then community = '' and subdistrict <> ''
              when 'org_head' then community <> '' and subdistrict <> ''
              when 'org_clerk' then community <> '' and subdistrict <> ''
              when 'initiator' then community <> '' and subdistrict <> ''
              else community = '' and subdistrict = '' end),
  constraint account_department check ((role = 'department') = (department <> '')),
  constraint account_totp check ((totp_enrolled_at is null) = (totp_sealed is null))
);
-- A refused registration gives its user name back.
create unique index account_username on account (username) where status <> 'refused';
-- One organization has one head in office.
create unique index account_one_head on account (organization_id) where role = 'org_head' and status = 'active';
create index account_of_organization on account (organization_id) where organization_id is not null;
create index account_of_area on account (subdistrict, role) where subdistrict <> '';
create index account_of_role on account (role, status);
revoke delete, truncate on account from portal_app;

create table account_password (
  account_id uuid not null references account (id),
  password_hash text not null,
  set_at timestamptz not null,
  primary key (account_id, set_at)
);

create table account_recovery_code (
  account_id uuid not null references account (id),
  code_index bytea not null,    -- keyed digest: the codes have 80 random bits
  used_at timestamptz,
  primary key (account_id, code_index)
);

-- Who tried to sign in, from where. A row starts as a failure and is turned into
-- a success afterwards: what never finished counts against the guesser.
create table sign_in_attempt (
  id bigint generated always as identity primary key,
  username_index bytea not null, -- keyed digest: people type passwords into this field
  account_id uuid references account (id),
  address text not null,        -- an IPv4 address or an IPv6 /64
  at timestamptz not null,
  step text not null check (step in ('password', 'code')),
  outcome text not null check (outcome in ('failed', 'passed', 'ok', 'held', 'locked', 'unlocked'))
);
create index sign_in_attempt_recent on sign_in_attempt (username_index, at);
revoke update, delete, truncate on sign_in_attempt from portal_app;
grant update (outcome) on sign_in_attempt to portal_app;

-- A person's claim to act for an organization, confirmed by the subdistrict.
create table account_claim (
  id uuid primary key,
  account_id uuid not null unique references account (id),
  role text not null check (role in ('org_head', 'org_clerk')),
  number_kind text not null check (number_kind in ('credit', 'filing')),
  number text not null check (number <> ''),
  organization_name text not null check (organization_name <> ''),
  community text not null check (community <> ''),
  subdistrict text not null check (subdistrict <> ''),
  name text not null,
  id_sealed bytea,              -- resident ID number; becomes the person's at confirmation
  status text not null check (status in ('waiting', 'confirmed', 'refused')),
  organization_id uuid,
  reason text not null default '',
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references account (id),
  version int not null default 1 check (version > 0),
  constraint account_claim_head_id check (role <> 'org_head' or id_sealed is not null),
  constraint account_claim_decided check (
    case status when 'waiting' then decided_at is null and decided_by is null and organization_id is null
                when 'confirmed' then decided_at is not null and decided_by is not null and organization_id is not null
                else decided_at is not null and decided_by is not null and reason <> '' end)
);
create index account_claim_waiting on account_claim (subdistrict, created_at) where status = 'waiting';
revoke delete, truncate on account_claim from portal_app;

-- +goose Down
drop table account_claim;
drop table sign_in_attempt;
drop table account_recovery_code;
drop table account_password;
drop table account;
