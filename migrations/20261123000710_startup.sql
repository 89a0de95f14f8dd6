-- Start-up support (孵化关爱工程). Owner: internal/funding/startup.

-- +goose Up
create table startup_grant (
  case_id uuid primary key references case_file,
  organization_id uuid not null,
  established_on date not null,
  requested_fen bigint not null check (requested_fen > 0 and requested_fen <= cap_fen),
  cap_fen bigint not null check (cap_fen > 0),
  activities text not null,
  purpose text not null,
  payee_id uuid not null,
  contact_name text not null,
  contact_mobile text not null,
  -- false once the application ended without a grant
  live boolean not null default true
);
-- Once in an organization's life (domain §3): whoever comes second waits here.
create unique index startup_grant_once on startup_grant (organization_id) where live;

create table startup_use (
  case_id uuid not null references startup_grant,
  ordinal int not null check (ordinal between 1 and 20),
  -- the three lawful uses of the policy, 三（三）3
  category text not null check (category in ('hardware', 'service', 'capacity')),
  item text not null check (item <> ''),
  amount_fen bigint not null check (amount_fen > 0),
  primary key (case_id, ordinal)
);

-- +goose Down
drop table startup_use, startup_grant;
