-- What every case has, whatever its kind. Owner: internal/casework.

-- +goose Up
create table case_file (
  id uuid primary key,
  kind text not null check (kind ~ '^[a-z_]{2,30}$'),
  no text not null unique check (no ~ '^[A-Z]{2,4}-[0-9]{4}-[0-9]{4,}$'),
  no_year int not null,
  no_serial bigint not null,
  title text not null check (title <> ''),
  organization_id uuid,
  community text not null default '',
  subdistrict text not null default '',
  channel text not null default 'online' check (channel in ('online', 'counter')),
  state text not null check (state in (
    'draft', 'opining', 'accepting', 'correcting', 'scoring', 'reviewing', 'consenting', 'signing', 'noticing',
    'disputed', 'granted', 'running', 'reporting', 'closed', 'refused', 'withdrawn', 'lapsed', 'terminated')),
  class text not null check (class in ('open', 'granted', 'final')),
  waits_role text not null default '',
  amount_fen bigint check (amount_fen >= 0),
  edition_id uuid,
  created_by uuid not null,
  created_at timestamptz not null,
  submitted_at timestamptz,
  entered_at timestamptz not null,
  closed_at timestamptz,
  -- The clock of the present place, in working days. due_on is clock_days working
  -- days after clock_from; provisional while it runs into a year not yet announced.
  clock_from date,
  clock_days int check (clock_days >= 0),
  due_on date,
  due_provisional boolean not null default false,
  -- What was left of the office's clock when it was paused for a correction.
  paused_days int,
  correction_rounds int not null default 0,
  version int not null default 1,
  unique (kind, no_year, no_serial),
  check ((class = 'final') = (closed_at is not null)),
  check (class <> 'final' or waits_role = ''),
  check (state = 'draft' or state = 'withdrawn' or submitted_at is not null),
  check (submitted_at is null or edition_id is not null),
  check ((clock_from is null) = (due_on is null))
);
create index case_file_waiting on case_file (waits_role, due_on nulls last, id) where class = 'open';
create index case_file_organization on case_file (organization_id, created_at desc);
create index case_file_place on case_file (subdistrict, community) where class = 'open';
create index case_file_due on case_file (due_on) where class = 'open' and due_on is not null;
create index case_file_closed on case_file (closed_at desc, id) where class = 'final';

-- The timeline: one row per act, never altered. note is for the applicant's
-- eyes unless office_only.
create table case_event (
  case_id uuid not null references case_file,
  seq int not null,
  at timestamptz not null,
  action text not null,
  label text not null,
  from_state text not null,
  to_state text not null,
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null,
  actor_role text not null,
  note text not null default '',
  office_only boolean not null default false,
  primary key (case_id, seq)
);

create table case_opinion (
  id uuid primary key,
  case_id uuid not null references case_file,
  stage text not null check (stage in ('community', 'subdistrict')),
  stance text not null check (stance in ('support', 'oppose', 'lapsed')),
  text text not null default '',
  account_id uuid not null,
  actor_name text not null,
  at timestamptz not null,
  unique (case_id, stage),
  check (stance <> 'oppose' or length(text) >= 5)
);

-- One notice of everything that is missing, and the applicant's answer to it.
create table case_correction (
  id uuid primary key,
  case_id uuid not null references case_file,
  round int not null check (round between 1 and 9),
  issued_by uuid not null,
  issuer_name text not null,
  issued_at timestamptz not null,
  answered_at timestamptz,
  unique (case_id, round)
);
create unique index case_correction_open on case_correction (case_id) where answered_at is null;
create table case_correction_field (
  correction_id uuid not null references case_correction,
  field text not null,
  label text not null,
  reason text not null check (length(reason) >= 2),
  ordinal int not null,
  primary key (correction_id, field)
);

-- What was signed, as it was signed. Sensitive values appear masked only.
create table case_submission (
  case_id uuid not null references case_file,
  round int not null,
  document json not null, -- not jsonb: digest is of these very bytes
  digest text not null,
  statement_version text not null,
  method text not null check (method in ('reauthenticated', 'stamped_print')),
  signer_name text not null,
  account_id uuid not null,
  person_id uuid not null,
  at timestamptz not null,
  primary key (case_id, round)
);

-- Official letters. Their numbers are gapless, drawn when the letter is issued.
create table case_letter_counter (
  kind text not null,
  year int not null,
  last int not null check (last > 0),
  primary key (kind, year)
);
create table case_letter (
  id uuid primary key,
  case_id uuid not null references case_file,
  kind text not null check (kind in ('accepted', 'correction', 'not_accepted')),
  year int not null,
  serial int not null,
  issued_on date not null,
  issued_at timestamptz not null,
  account_id uuid not null,
  actor_name text not null,
  addressee text not null,
  body jsonb not null,
  unique (kind, year, serial)
);
create index case_letter_case on case_letter (case_id, issued_at);

revoke update, delete, truncate on case_event, case_opinion, case_submission, case_letter from portal_app;
revoke delete, truncate on case_file, case_correction, case_correction_field, case_letter_counter from portal_app;

-- +goose Down
drop table case_letter, case_letter_counter, case_submission, case_correction_field, case_correction, case_opinion, case_event, case_file;
