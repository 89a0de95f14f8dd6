-- Activities of organizations as everyone sees them (policy 三(三)1: residents find
-- activities and volunteer; 二(三): 双工一社): what is planned and what took place,
-- volunteers, hours, pictures and requests to take a picture down.
-- Owner: internal/event.

-- +goose Up
create table event (
  id uuid primary key,
  no text not null unique check (no ~ '^HD-[0-9]{4}-[0-9]{4,}$'),
  org_id uuid not null references organization (id),
  state text not null check (state in ('draft', 'planned', 'held', 'cancelled', 'blocked')),
  -- A draft saves however incomplete; nothing else does.
  title text not null check (char_length(title) between 1 and 80),
  theme text not null default '' check (theme in ('', 'hardship', 'neighbours', 'governance', 'safety', 'women', 'family', 'waste', 'civic', 'local', 'other')),
  day date check (day between '1990-01-01' and '2100-12-31'),
  from_min int check (from_min between 0 and 1439),   -- minutes from midnight
  until_min int check (until_min between 1 and 1440),
  starts_at timestamptz generated always as ((day + make_interval(mins => from_min)) at time zone 'Asia/Shanghai') stored,
  ends_at timestamptz generated always as ((day + make_interval(mins => until_min)) at time zone 'Asia/Shanghai') stored,
  place text not null default '' check (char_length(place) <= 120),
  community_code text references region,
  audience text not null default '' check (char_length(audience) <= 60),
  intro text not null default '' check (char_length(intro) <= 1000),
  expected int check (expected between 1 and 100000),
  wanted int not null default 0 check (wanted between 0 and 1000), -- volunteers asked for
  -- The plan reported before (事前报备) that it came from.
  plan_id uuid unique,
  -- What it came to.
  participants int check (participants between 1 and 100000),
  outcome text not null default '' check (outcome = '' or char_length(outcome) between 10 and 1000),
  activity_id uuid unique references organization_activity (id), -- the record that the community confirms
  held_at timestamptz, -- when that was recorded
  ended_why text not null default '' check (char_length(ended_why) <= 200), -- of cancelling and blocking
  published_at timestamptz,
  created_at timestamptz not null,
  created_by uuid not null,
  updated_at timestamptz not null,
  version int not null default 1,
  constraint event_complete check (state = 'draft' or (char_length(title) >= 4 and theme <> '' and starts_at is not null and ends_at is not null
    and char_length(place) >= 2 and community_code is not null and char_length(intro) >= 10 and expected is not null and published_at is not null)),
  constraint event_order check (state = 'draft' or until_min > from_min),
  constraint event_held check ((state = 'held') = (held_at is not null) or state = 'blocked'),
  constraint event_outcome check (num_nonnulls(held_at, participants) in (0, 2) and (held_at is null) = (outcome = '')),
  constraint event_over check (held_at >= ends_at),
  constraint event_why check ((state in ('cancelled', 'blocked')) = (ended_why <> ''))
);
create index event_calendar on event (starts_at, id) where state in ('planned', 'held', 'cancelled');
create index event_calendar_community on event (community_code, starts_at, id) where state in ('planned', 'held', 'cancelled');
create index event_calendar_theme on event (theme, starts_at, id) where state in ('planned', 'held', 'cancelled');
create index event_of on event (org_id, id desc);
revoke delete, truncate on event from portal_app;

-- +goose StatementBegin
create function event_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.org_id <> new.org_id or old.no <> new.no then
    raise exception 'event % stays with its organization', old.no using errcode = 'check_violation';
  end if;
  if old.state in ('cancelled', 'blocked') and new.state <> old.state and not (old.state = 'blocked' and new.state in ('planned', 'held')) then
    raise exception 'event % is over', old.no using errcode = 'check_violation';
  end if;
  if old.state <> 'draft' and new.state = 'draft' then
    raise exception 'event % was public', old.no using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger event_guard before update on event for each row execute function event_guard();

-- Whether an organization takes volunteers, and what it asks them for. Without it
-- the public has no form.
create table volunteer_call (
  org_id uuid primary key references organization (id),
  open boolean not null,
  text text not null check (char_length(text) between 10 and 500),
  updated_at timestamptz not null,
  updated_by uuid not null,
  version int not null default 1
);
revoke delete, truncate on volunteer_call from portal_app;

-- A resident who offers to help an organization. Whoever it is stays sealed.
create table volunteer (
  id uuid primary key,
  org_id uuid not null references organization (id),
  event_id uuid references event (id), -- for one activity, null for the organization
  origin text not null check (origin in ('public', 'organization')),
  name_sealed bytea,
  mobile_sealed bytea,
  note_sealed bytea,
  person_key bytea,    -- name and mobile, keyed: the same person everywhere
  receipt_index bytea unique, -- of the code that the resident keeps
  adult boolean not null, -- false: a guardian agreed
  consent int not null check (consent > 0), -- edition of the text agreed to
  state text not null check (state in ('waiting', 'confirmed', 'declined', 'left', 'erased')),
  applied_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  reason text not null default '' check (char_length(reason) <= 200),
  left_at timestamptz,
  erased_at timestamptz,
  erased_why text not null default '' check (erased_why in ('', 'self', 'organization', 'period')),
  version int not null default 1,
  constraint volunteer_erased check ((state = 'erased') = (erased_at is not null) and (state = 'erased') = (erased_why <> '')),
  constraint volunteer_nobody check ((state = 'erased') = (name_sealed is null) and (name_sealed is null) = (mobile_sealed is null)
    and (name_sealed is null) = (person_key is null) and (state <> 'erased' or note_sealed is null and reason = '')),
  constraint volunteer_decided check (state <> 'confirmed' or decided_at is not null),
  constraint volunteer_declined check (state <> 'declined' or decided_at is not null and reason <> '')
);
-- One person is one volunteer of an organization. Who applies twice learns nothing
-- of the first time; the organization sees both.
create unique index volunteer_once on volunteer (org_id, person_key) where state = 'confirmed';
create index volunteer_person on volunteer (person_key) where state = 'waiting';
create index volunteer_of on volunteer (org_id, state, id desc);
create index volunteer_stale on volunteer (coalesce(left_at, decided_at)) where state in ('declined', 'left');
create index volunteer_of_event on volunteer (event_id) where event_id is not null;
revoke delete, truncate on volunteer from portal_app;

-- +goose StatementBegin
create function volunteer_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.state = 'erased' then
    raise exception 'volunteer % is erased', old.id using errcode = 'check_violation';
  end if;
  if old.org_id <> new.org_id or old.applied_at <> new.applied_at or old.origin <> new.origin then
    raise exception 'a registration stays as it was made' using errcode = 'check_violation';
  end if;
  if new.state <> old.state and not (new.state = 'erased'
      or old.state = 'waiting' and new.state in ('confirmed', 'declined', 'left') or old.state = 'confirmed' and new.state = 'left') then
    raise exception 'volunteer % does not go from % to %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger volunteer_guard before update on volunteer for each row execute function volunteer_guard();

-- Time that one person gave to one activity. The exclusion is what keeps an hour of
-- a person from counting twice, whichever organizations record it.
create table event_service (
  id uuid primary key,
  event_id uuid not null references event (id),
  org_id uuid not null references organization (id),
  community_code text not null references region,
  kind text not null check (kind in ('social_worker', 'volunteer')),
  volunteer_id uuid references volunteer (id),
  member_id uuid references roster_member (id),
  person_key bytea not null,
  during tstzrange not null check (not isempty(during) and lower_inc(during) and not upper_inc(during) and not lower_inf(during) and not upper_inf(during)),
  minutes int not null generated always as ((extract(epoch from (upper(during) - lower(during))) / 60)::int) stored check (minutes between 15 and 720),
  year int not null check (year between 2000 and 2999),
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  void_at timestamptz,
  void_by uuid,
  void_why text not null default '' check (char_length(void_why) <= 200),
  check ((kind = 'volunteer') = (volunteer_id is not null) and (kind = 'social_worker') = (member_id is not null)),
  check (upper(during) <= recorded_at),
  check (num_nonnulls(void_at, void_by) in (0, 2) and (void_at is null) = (void_why = '')),
  constraint event_service_once exclude using gist (person_key with =, during with &&) where (void_at is null)
);
create index event_service_of on event_service (event_id, id);
create index event_service_volunteer on event_service (volunteer_id) where volunteer_id is not null;
revoke update, delete, truncate on event_service from portal_app;
grant update (void_at, void_by, void_why, person_key) on event_service to portal_app;

-- Sums of what stands, so that no page adds up rows.
create table service_tally (
  org_id uuid not null references organization (id),
  community_code text not null references region,
  year int not null,
  kind text not null check (kind in ('social_worker', 'volunteer')),
  entries bigint not null check (entries >= 0),
  minutes bigint not null check (minutes >= 0),
  primary key (org_id, community_code, year, kind)
);
revoke insert, update, delete, truncate on service_tally from portal_app;

-- +goose StatementBegin
create function event_service_follow() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare sign int := 1;
begin
  if tg_op = 'UPDATE' then
    if old.void_at is not null and new.void_at is distinct from old.void_at then
      raise exception 'entry % is withdrawn already', old.id using errcode = 'check_violation';
    end if;
    if new.void_at is not distinct from old.void_at then return new; end if; -- a person erased
    sign := -1;
  end if;
  insert into service_tally as t (org_id, community_code, year, kind, entries, minutes)
    values (new.org_id, new.community_code, new.year, new.kind, greatest(sign, 0), greatest(sign, 0) * new.minutes)
    on conflict (org_id, community_code, year, kind) do update set entries = t.entries + sign, minutes = t.minutes + sign * new.minutes;
  return new;
end $$;
-- +goose StatementEnd
create trigger event_service_follow after insert or update on event_service for each row execute function event_service_follow();

-- What does not add up; nothing, ever.
create function service_differences() returns table (org_id uuid, year int, kind text, tallied bigint, recorded bigint) language sql stable set search_path = public, pg_temp as $$
  select coalesce(t.org_id, s.org_id), coalesce(t.year, s.year), coalesce(t.kind, s.kind), coalesce(t.minutes, 0), coalesce(s.minutes, 0)
  from (select org_id, community_code, year, kind, entries, minutes from service_tally where entries > 0) t
  full join (select org_id, community_code, year, kind, count(*) as entries, sum(minutes)::bigint as minutes from event_service where void_at is null group by 1, 2, 3, 4) s
    on (s.org_id, s.community_code, s.year, s.kind) = (t.org_id, t.community_code, t.year, t.kind)
  where t.minutes is distinct from s.minutes or t.entries is distinct from s.entries
$$;

-- Pictures of an activity. Only a released one is public; of what is doubtful
-- somebody of the bureau releases it, and never who uploaded it.
create table event_picture (
  id uuid primary key references attachment (id),
  event_id uuid not null references event (id),
  caption text not null check (char_length(caption) between 4 and 80),
  minors text not null default '' check (minors in ('', 'none', 'consented', 'doubtful')), -- said at the release
  state text not null check (state in ('kept', 'waiting', 'released', 'refused', 'hidden', 'removed')),
  added_at timestamptz not null,
  added_by uuid not null,
  released_at timestamptz,
  released_by uuid,
  judged_by uuid, -- somebody of the bureau
  reason text not null default '' check (char_length(reason) <= 200),
  version int not null default 1,
  constraint event_picture_released check (state not in ('released', 'hidden') or released_at is not null and released_by is not null),
  constraint event_picture_doubtful check (state not in ('released', 'hidden') or minors in ('none', 'consented') or minors = 'doubtful' and judged_by is not null),
  constraint event_picture_two check (judged_by <> added_by),
  constraint event_picture_reason check (state not in ('refused', 'removed') or reason <> '')
);
create index event_picture_of on event_picture (event_id, id);
create index event_picture_waiting on event_picture (id) where state = 'waiting';
revoke delete, truncate on event_picture from portal_app;

-- +goose StatementBegin
create function event_picture_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.state = 'removed' then
    raise exception 'picture % is removed', old.id using errcode = 'check_violation';
  end if;
  if new.id <> old.id or new.event_id <> old.event_id or new.added_by <> old.added_by or old.minors <> '' and new.minors <> old.minors then
    raise exception 'a picture stays what it is' using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger event_picture_guard before update on event_picture for each row execute function event_picture_guard();

-- Somebody asks for a picture to be taken down. Who asks stays sealed.
create table picture_request (
  id uuid primary key,
  picture_id uuid not null references event_picture (id),
  relation text not null check (relation in ('self', 'guardian', 'other')),
  reason_sealed bytea not null,
  phone_sealed bytea,
  receipt_index bytea not null unique,
  hid boolean not null, -- the picture was out of sight from then on
  received_at timestamptz not null,
  due_on date not null,
  due_provisional boolean not null,
  state text not null default 'open' check (state in ('open', 'removed', 'kept')),
  outcome text not null default '' check (outcome = '' or char_length(outcome) between 5 and 200),
  handled_at timestamptz,
  handled_by uuid,
  version int not null default 1,
  check ((state = 'open') = (handled_at is null) and (handled_at is null) = (handled_by is null) and (state = 'open') = (outcome = ''))
);
create unique index picture_request_open on picture_request (picture_id) where state = 'open';
create index picture_request_waiting on picture_request (due_on, id) where state = 'open';
create index picture_request_of on picture_request (picture_id);
revoke update, delete, truncate on picture_request from portal_app;
grant update (state, outcome, handled_at, handled_by, version) on picture_request to portal_app;

-- +goose StatementBegin
create function picture_request_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.state <> 'open' then
    raise exception 'request % is decided', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger picture_request_guard before update on picture_request for each row execute function picture_request_guard();

-- +goose Down
drop table picture_request, event_picture, service_tally, event_service, volunteer, volunteer_call, event;
drop function picture_request_guard();
drop function event_picture_guard();
drop function service_differences();
drop function event_service_follow();
drop function volunteer_guard();
drop function event_guard();
