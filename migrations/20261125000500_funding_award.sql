-- What the reviewer proposes, what was granted, and how it was used. Owner:
-- internal/funding.

-- +goose Up
-- One row per proposal, never altered: after one that came back there is another.
create table application_proposal (
  case_id uuid not null references application,
  seq int not null check (seq > 0),
  at timestamptz not null,
  outcome text not null check (outcome in ('support', 'refuse')),
  -- The amount by the rules with its lines, and the one proposed: the same, or
  -- less with a reason.
  computed_fen bigint not null check (computed_fen >= 0),
  computation jsonb not null,
  amount_fen bigint check (amount_fen > 0 and amount_fen <= computed_fen),
  large boolean not null default false, -- needs the leading group's consent, 四（一）
  ground text not null default '',
  reason text not null default '',
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null,
  primary key (case_id, seq),
  check ((outcome = 'support') = (amount_fen is not null)),
  check ((outcome = 'refuse') = (ground <> '')),
  check (outcome = 'support' or length(reason) >= 10),
  check (amount_fen is null or amount_fen = computed_fen or length(reason) >= 10)
);
revoke update, delete, truncate on application_proposal from portal_app;

-- A signed grant with what the public reads of it, as it stood at signature.
-- Public from granted_at, when its notice has settled; what was paid and came
-- back stands in the ledger.
create table award (
  case_id uuid primary key references application,
  no text not null unique,
  programme text not null,
  year int not null check (year between 2000 and 2999), -- of the pool that it was committed from
  organization_id uuid not null,
  organization_name text not null check (organization_name <> ''),
  category text not null,
  subdistrict text not null,
  community text not null,
  title text not null check (title <> ''),
  purpose text not null,
  amount_fen bigint not null check (amount_fen > 0),
  large boolean not null,
  edition_id uuid not null,
  signed_at timestamptz not null,
  signed_by uuid not null,
  signer_name text not null,
  granted_at timestamptz,
  granted_on date,
  search_text text generated always as (search_key(no || ' ' || organization_name || ' ' || title || ' ' || purpose)) stored,
  search_grams text[] generated always as (search_grams(no || ' ' || organization_name || ' ' || title || ' ' || purpose)) stored,
  check ((granted_at is null) = (granted_on is null)),
  check (granted_at >= signed_at)
);
create index award_public on award (granted_on desc, no desc) where granted_on is not null;
create index award_organization on award (organization_id);
create index award_grams on award using gin (search_grams) where granted_on is not null;
revoke delete, truncate on award from portal_app;

-- +goose StatementBegin
-- What was signed stays as signed; only the day on which it became final is added.
create function award_guard() returns trigger language plpgsql as $$
begin
  if row(new.case_id, new.no, new.programme, new.year, new.organization_id, new.organization_name, new.category, new.subdistrict, new.community,
      new.title, new.purpose, new.amount_fen, new.large, new.edition_id, new.signed_at, new.signed_by, new.signer_name)
    is distinct from row(old.case_id, old.no, old.programme, old.year, old.organization_id, old.organization_name, old.category, old.subdistrict, old.community,
      old.title, old.purpose, old.amount_fen, old.large, old.edition_id, old.signed_at, old.signed_by, old.signer_name)
    or old.granted_at is not null and new.granted_at is distinct from old.granted_at then
    raise exception 'award % is signed and does not change', old.no using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger award_guard before update on award for each row execute function award_guard();

-- The use report (三（三）3): typed as a draft, kept as signed by round.
create table use_report (
  case_id uuid primary key references award,
  typed jsonb not null default '{}',
  version int not null default 1,
  saved_by_name text not null,
  saved_at timestamptz not null,
  -- From the report that was accepted: spent on the three lawful uses, and left.
  spent_fen bigint check (spent_fen >= 0),
  unspent_fen bigint check (unspent_fen >= 0),
  accepted_at timestamptz,
  check ((accepted_at is null) = (spent_fen is null)),
  check ((accepted_at is null) = (unspent_fen is null))
);
revoke delete, truncate on use_report from portal_app;

create table use_report_round (
  case_id uuid not null references use_report,
  round int not null check (round > 0),
  document json not null, -- not jsonb: digest is of these very bytes
  digest text not null,
  signer_name text not null,
  account_id uuid not null,
  person_id uuid not null,
  at timestamptz not null,
  primary key (case_id, round)
);
revoke update, delete, truncate on use_report_round from portal_app;

-- +goose Down
drop table use_report_round, use_report, award, application_proposal;
drop function award_guard();
