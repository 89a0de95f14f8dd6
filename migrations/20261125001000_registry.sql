-- The cases of the registry beyond what every case has: documents as signed,
-- people with sealed numbers, proposals, consent of merging parties, statements,
-- certificates, hand-over of the head. Owner: internal/registry.

-- +goose Up
create table registry_case (
  case_id uuid primary key references case_file,
  family text not null check (family in ('filing', 'registration', 'change', 'merger', 'deregistration', 'revocation')),
  organization_id uuid references organization (id), -- of a founding: once it is there
  name text not null default '', -- that is asked for: two may want the same
  name_stem text generated always as (name_stem(name)) stored,
  live boolean not null default true,
  document jsonb not null, -- as signed last; numbers masked
  version int not null default 1,
  check (family in ('filing', 'registration') or organization_id is not null)
);
-- One change, merger or deregistration at a time; a revocation runs beside them.
create unique index registry_case_live on registry_case (organization_id, (family = 'revocation'))
  where live and organization_id is not null;
create index registry_case_names on registry_case (name_stem) where live and name <> '';
create index registry_case_organization on registry_case (organization_id);
revoke delete, truncate on registry_case from portal_app;

-- The people whom a document names. Answering a correction replaces them.
create table registry_person (
  case_id uuid not null references registry_case,
  role text not null check (role in ('head', 'initiator')),
  ordinal int not null check (ordinal >= 0),
  id uuid not null,            -- what the seals are bound to
  id_sealed bytea not null,    -- context registry_person.id
  mobile_sealed bytea,         -- context registry_person.mobile
  primary key (case_id, role, ordinal)
);

-- What a reviewer puts to the leader.
create table registry_proposal (
  case_id uuid not null references registry_case,
  seq int not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('support', 'refuse')),
  ground text not null default '',
  reason text not null default '' check (char_length(reason) <= 1000),
  code text not null default '', -- 统一社会信用代码 that the registrar gives
  code_reason text not null default '' check (char_length(code_reason) <= 200),
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null,
  primary key (case_id, seq),
  check (outcome = 'support' or ground <> '' and char_length(reason) >= 10)
);
revoke update, delete, truncate on registry_proposal from portal_app;

-- The other parties of a merger and what their heads say to it. digest is of the
-- document that they were shown: what is changed afterwards has no consent.
create table registry_party (
  case_id uuid not null references case_file,
  organization_id uuid not null references organization (id),
  digest text not null,
  terms jsonb not null,
  asked_at timestamptz not null,
  answer text not null default '' check (answer in ('', 'consent', 'dissent')),
  answered_at timestamptz,
  account_id uuid,
  person_id uuid,
  actor_name text not null default '',
  reason text not null default '' check (char_length(reason) <= 500),
  version int not null default 1,
  primary key (case_id, organization_id),
  check ((answer = '') = (answered_at is null) and (answered_at is null) = (account_id is null)),
  check (answer <> 'dissent' or reason <> '')
);
create index registry_party_of on registry_party (organization_id, asked_at desc);

-- Organizations that stand still while a merger or deregistration runs, and what
-- they come back to when it comes to nothing.
create table registry_pause (
  case_id uuid not null references registry_case,
  organization_id uuid not null references organization (id),
  prior text not null check (prior in ('active', 'abnormal')),
  primary key (case_id, organization_id)
);

create table registry_statement (
  case_id uuid primary key references registry_case,
  text text not null check (char_length(text) between 5 and 2000),
  at timestamptz not null,
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null
);
revoke update, delete, truncate on registry_statement from portal_app;

-- Numbers without gaps, drawn when the decision is signed.
create table registry_counter (
  kind text not null check (kind in ('filing', 'certificate')),
  year int not null,
  last int not null check (last > 0),
  primary key (kind, year)
);
revoke delete, truncate on registry_counter from portal_app;

create table registry_certificate (
  id uuid primary key,
  no text not null unique check (no ~ '^ZS-[0-9]{4}-[0-9]{4,}$'),
  organization_id uuid not null references organization (id),
  case_id uuid not null references registry_case,
  facts jsonb not null, -- as printed
  issued_on date not null,
  issued_at timestamptz not null,
  signer_name text not null,
  void_on date,
  void_reason text not null default '' check (char_length(void_reason) <= 200),
  replaced_by uuid references registry_certificate,
  check ((void_on is null) = (void_reason = '')),
  check (void_on >= issued_on),
  check (replaced_by is null or void_on is not null)
);
create unique index registry_certificate_current on registry_certificate (organization_id) where void_on is null;
create index registry_certificate_of on registry_certificate (organization_id, issued_at desc);
revoke update, delete, truncate on registry_certificate from portal_app;
grant update (void_on, void_reason, replaced_by) on registry_certificate to portal_app;

-- +goose StatementBegin
-- A certificate that is void stays void.
create function registry_certificate_guard() returns trigger language plpgsql as $$
begin
  if old.void_on is not null and (new.void_on, new.void_reason) is distinct from (old.void_on, old.void_reason) then
    raise exception 'certificate % is void and stays so', old.no using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger registry_certificate_guard before update on registry_certificate
  for each row execute function registry_certificate_guard();

create table registry_handover (
  case_id uuid primary key references registry_case,
  organization_id uuid not null references organization (id),
  old_account_id uuid,
  old_stays boolean not null,
  new_account_id uuid not null,
  username text not null,
  made boolean not null, -- the account is new
  at timestamptz not null
);
create index registry_handover_of on registry_handover (organization_id, at desc);
revoke update, delete, truncate on registry_handover from portal_app;

-- +goose Down
drop table registry_handover, registry_certificate, registry_counter, registry_statement, registry_pause, registry_party,
  registry_proposal, registry_person, registry_case;
drop function registry_certificate_guard();
