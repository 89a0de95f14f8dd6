-- Activity claims (成长关爱工程, 三（二）1（2）): what organizations tell of before,
-- and what they claim afterwards. Owner: internal/funding/activity.

-- +goose Up
-- 事前报备: one row, told by the organization, noted by its community and its
-- subdistrict. Nobody has to tell, and no claim is refused for want of it.
create table activity_plan (
  id uuid primary key,
  organization_id uuid not null references organization,
  title text not null check (char_length(title) between 4 and 80),
  theme text not null check (theme in
    ('hardship', 'neighbours', 'governance', 'safety', 'women', 'family', 'waste', 'civic', 'local', 'other')),
  held_on date not null,
  starts text not null check (starts ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  ends text not null check (ends ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  community text not null references region,
  place text not null check (char_length(place) between 2 and 120),
  target text not null check (char_length(target) between 2 and 100),
  expected int not null check (expected between 1 and 100000),
  budget_fen bigint not null check (budget_fen between 0 and 100000000000),
  intro text not null check (char_length(intro) between 10 and 1000),
  open boolean not null, -- for residents to see, on the public calendar
  filed_at timestamptz not null,
  filed_by uuid not null,
  filer_name text not null,
  community_noted_at timestamptz,
  community_noted_by uuid,
  community_noter text not null default '',
  community_note text not null default '' check (char_length(community_note) <= 300),
  subdistrict_noted_at timestamptz,
  subdistrict_noted_by uuid,
  subdistrict_noter text not null default '',
  subdistrict_note text not null default '' check (char_length(subdistrict_note) <= 300),
  withdrawn_at timestamptz,
  withdrawn_reason text not null default '' check (char_length(withdrawn_reason) <= 300),
  version int not null default 1,
  check (ends > starts),
  check ((community_noted_at is null) = (community_noted_by is null)),
  check ((subdistrict_noted_at is null) = (subdistrict_noted_by is null)),
  check ((withdrawn_at is null) = (withdrawn_reason = ''))
);
create index activity_plan_of on activity_plan (organization_id, held_on desc, id desc);
create index activity_plan_public on activity_plan (held_on, id) where open and withdrawn_at is null;
create index activity_plan_to_note on activity_plan (community, held_on) where withdrawn_at is null and community_noted_at is null;
revoke delete, truncate on activity_plan from portal_app;

-- What an organization was granted for the events of one year. The row is the
-- lock of that year, its check the last word on the year's cap; only the
-- functions below write it.
create table activity_year (
  organization_id uuid not null references organization,
  year int not null check (year between 2000 and 2999),
  granted_fen bigint not null default 0,
  cap_fen bigint not null default 0, -- of the edition under which was granted last
  primary key (organization_id, year),
  constraint activity_year_within_cap check (granted_fen between 0 and cap_fen)
);
revoke insert, update, delete, truncate on activity_year from portal_app;

create table activity_claim (
  case_id uuid primary key references case_file,
  organization_id uuid not null references organization,
  plan_id uuid references activity_plan,
  title text not null check (char_length(title) between 4 and 80),
  theme text not null check (theme in
    ('hardship', 'neighbours', 'governance', 'safety', 'women', 'family', 'waste', 'civic', 'local', 'other')),
  held_on date not null,
  year int not null generated always as (extract(year from held_on)::int) stored,
  starts text not null check (starts ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  ends text not null check (ends ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  community text not null references region,
  place text not null check (char_length(place) between 2 and 120),
  capacity int not null check (capacity between 0 and 100000), -- of the place, 0: not said
  target text not null check (char_length(target) between 2 and 100),
  participants int not null check (participants between 1 and 100000),
  volunteers int not null check (volunteers between 0 and 100000),
  hours int not null check (hours between 0 and 100000), -- of service, all volunteers and social workers together
  partner text not null check (char_length(partner) <= 100),
  satisfaction int check (satisfaction between 0 and 100), -- per cent; null: not asked
  links text[] not null,
  minors text not null check (minors in ('none', 'blurred', 'consent')),
  summary text not null check (char_length(summary) between 20 and 1000),
  cost_fen bigint not null check (cost_fen > 0),
  other_fen bigint not null check (other_fen >= 0 and other_fen < cost_fen),
  other_source text not null check ((other_fen > 0) = (other_source <> '')),
  requested_fen bigint not null check (requested_fen > 0 and requested_fen <= cost_fen - other_fen),
  cap_event_fen bigint not null check (cap_event_fen > 0),
  cap_year_fen bigint not null check (cap_year_fen > 0),
  payee_id uuid not null,
  contact_name text not null,
  contact_mobile text not null,
  -- Which claim of its year it is, of how many at most.
  slot int not null,
  slots int not null,
  awarded_fen bigint,
  -- false once the application ended without a grant
  live boolean not null default true,
  check (ends > starts),
  constraint activity_claim_participants_fit check (capacity = 0 or participants <= capacity),
  constraint activity_claim_slot check (slot between 1 and slots),
  constraint activity_claim_awarded check (awarded_fen > 0 and awarded_fen <= least(requested_fen, cap_event_fen, cost_fen - other_fen))
);
create unique index activity_claim_of_year on activity_claim (organization_id, year, slot) where live;
-- One event is claimed once.
create unique index activity_claim_event on activity_claim (organization_id, held_on, search_key(title)) where live;
create index activity_claim_held on activity_claim (held_on desc, case_id) where live;

revoke insert, update, delete, truncate on activity_claim from portal_app;
grant insert (case_id, organization_id, plan_id, title, theme, held_on, starts, ends, community, place, capacity, target, participants, volunteers,
  hours, partner, satisfaction, links, minors, summary, cost_fen, other_fen, other_source, requested_fen, cap_event_fen, cap_year_fen, payee_id,
  contact_name, contact_mobile, slot, slots) on activity_claim to portal_app;
grant update (plan_id, title, theme, held_on, starts, ends, community, place, capacity, target, participants, volunteers, hours, partner,
  satisfaction, links, minors, summary, cost_fen, other_fen, other_source, requested_fen, cap_event_fen, cap_year_fen, payee_id, contact_name,
  contact_mobile, slot, slots, live) on activity_claim to portal_app;

-- What the money was spent on, in the words of the programme; paper and amount
-- stand in the allocation of the same ordinal.
create table activity_cost (
  case_id uuid not null references activity_claim,
  ordinal int not null check (ordinal between 1 and 40),
  category text not null check (category in ('venue', 'material', 'lecturer', 'volunteer', 'publicity', 'equipment')),
  item text not null check (char_length(item) between 2 and 100),
  amount_fen bigint not null check (amount_fen > 0),
  primary key (case_id, ordinal)
);

-- +goose StatementBegin
-- Makes the row of a year and locks it: grants of one year wait for each other.
create function activity_year_lock(organization uuid, of_year int) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into activity_year (organization_id, year) values (organization, of_year) on conflict do nothing;
  perform from activity_year y where y.organization_id = organization and y.year = of_year for update;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A signed grant counts towards its claim and its year at once; beyond a bound
-- there is no grant.
create function activity_awarded() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  claim activity_claim;
begin
  update activity_claim c set awarded_fen = new.amount_fen where c.case_id = new.case_id and c.live returning c.* into claim;
  if not found then
    if exists (select from activity_claim c where c.case_id = new.case_id) then
      raise exception 'the claim of grant % has ended', new.no using errcode = 'check_violation';
    end if;
    return null; -- invented in bulk, for measurements: there is nothing to count
  end if;
  perform activity_year_lock(claim.organization_id, claim.year);
  update activity_year y set cap_fen = claim.cap_year_fen, granted_fen = y.granted_fen + new.amount_fen
    where y.organization_id = claim.organization_id and y.year = claim.year;
  return null;
end $$;
-- +goose StatementEnd
create trigger activity_awarded after insert on award
  for each row when (new.programme = 'activity') execute function activity_awarded();

-- +goose StatementBegin
-- What a grant that came to nothing had taken of its year is free again. An ended
-- claim does not come back to life, and a granted one stays in its year.
create function activity_released() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.live and not old.live or old.awarded_fen is not null and
      row(new.held_on, new.cost_fen, new.other_fen, new.requested_fen) is distinct from row(old.held_on, old.cost_fen, old.other_fen, old.requested_fen) then
    raise exception 'claim % is granted or has ended', old.case_id using errcode = 'check_violation';
  end if;
  if old.live and not new.live and old.awarded_fen is not null then
    update activity_year y set granted_fen = y.granted_fen - old.awarded_fen
      where y.organization_id = old.organization_id and y.year = old.year;
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger activity_released after update on activity_claim for each row execute function activity_released();

-- +goose Down
drop trigger activity_awarded on award;
drop table activity_cost, activity_claim, activity_year, activity_plan;
drop function activity_released(), activity_awarded(), activity_year_lock(uuid, int);
