-- Public notices (公示), their texts, release, clock, items and objections.
-- Owner: internal/notice. Every instant that a constraint compares is recorded;
-- none of them asks what time it is.

-- +goose Up
create table notice (
  id uuid primary key,
  type text not null check (type in ('grant')),
  kind text not null check (kind ~ '^[a-z_]{2,30}$'), -- of the cases in it
  state text not null check (state in ('preparing', 'scheduled', 'running', 'ended', 'withdrawn', 'discarded')),
  -- 公示号: gapless, drawn at signature.
  no text unique check (no ~ '^GS-[0-9]{4}-[0-9]{4,}$'),
  no_year int,
  no_serial int,
  publish_on date,            -- chosen at signature, when later than that day
  published_at timestamptz,   -- of the text shown now: an erratum starts the clock anew
  published_on date,
  first_published_at timestamptz,
  -- The period: period_wd + extra_wd working days after published_on (domain §10).
  period_wd int check (period_wd between 1 and 60),
  extra_wd int not null default 0 check (extra_wd >= 0),
  end_hour int check (end_hour between 1 and 24),
  starts_on date,
  ends_on date,
  ends_at timestamptz,
  provisional boolean not null default false, -- counted into a year not yet announced
  ended_at timestamptz,
  withdrawn_at timestamptz,
  withdrawn_reason text not null default '' check (char_length(withdrawn_reason) <= 500),
  created_by uuid not null,
  created_at timestamptz not null,
  version int not null default 1,
  unique (no_year, no_serial),
  constraint notice_number_at_signature check ((no is null) = (state in ('preparing', 'discarded'))),
  check ((no is null) = (no_year is null) and (no is null) = (no_serial is null)),
  check (state <> 'scheduled' or publish_on is not null),
  check (state not in ('running', 'ended') or published_at is not null),
  check ((published_at is null) = (ends_at is null) and (published_at is null) = (starts_on is null)),
  constraint notice_period_forwards check (ends_on >= starts_on and starts_on > published_on and ends_at > published_at),
  constraint notice_ends_when_over check ((state = 'ended') = (ended_at is not null) and ended_at >= ends_at),
  constraint notice_ends_when_known check (state <> 'ended' or not provisional),
  check ((state = 'withdrawn') = (withdrawn_at is not null)),
  constraint notice_withdrawal_reason check (state <> 'withdrawn' or char_length(withdrawn_reason) >= 10)
);
create index notice_due on notice (ends_at) where state = 'running';
create index notice_scheduled on notice (publish_on) where state = 'scheduled';
create index notice_public on notice (first_published_at desc, id desc) where state in ('ended', 'withdrawn');
create index notice_work on notice (created_at desc) where state = 'preparing';

create table notice_counter (
  year int primary key check (year between 2000 and 2999),
  last int not null check (last > 0)
);

-- A text on its way to publication: the first (seq 0) or an erratum (勘误). What
-- was issued is never rewritten.
create table notice_manuscript (
  id uuid primary key,
  notice_id uuid not null references notice,
  seq int not null check (seq >= 0),
  state text not null check (state in ('draft', 'reviewing', 'signing', 'issued', 'discarded')),
  title text not null check (char_length(title) <= 120),
  body text not null check (char_length(body) <= 10000),
  contact_phone text not null default '' check (char_length(contact_phone) <= 40),
  contact_address text not null default '' check (char_length(contact_address) <= 120),
  supervision_phone text not null default '' check (char_length(supervision_phone) <= 40),
  objection_how text not null default '' check (char_length(objection_how) <= 500),
  period_wd int not null check (period_wd between 1 and 60),
  minimum_wd int not null check (minimum_wd between 1 and 60), -- from the pinned editions of its items
  end_hour int not null check (end_hour between 1 and 24),
  publish_on date,
  reason text not null default '' check (char_length(reason) <= 500), -- of an erratum
  created_at timestamptz not null,
  issued_at timestamptz,
  unique (notice_id, seq),
  constraint notice_manuscript_long_enough check (state in ('draft', 'discarded') or period_wd >= minimum_wd),
  constraint notice_manuscript_complete check (state in ('draft', 'discarded')
    or (title <> '' and body <> '' and contact_phone <> '' and contact_address <> '' and supervision_phone <> '' and objection_how <> '')),
  check (seq = 0 or char_length(reason) >= 10),
  check ((state = 'issued') = (issued_at is not null))
);
create unique index notice_manuscript_open on notice_manuscript (notice_id) where state in ('draft', 'reviewing', 'signing');

-- The three-step release (三审): 撰稿, 审核, 签发, and what was sent back.
create table notice_release (
  manuscript_id uuid not null references notice_manuscript,
  seq int not null check (seq >= 1),
  step text not null check (step in ('drafted', 'reviewed', 'signed', 'returned', 'discarded')),
  at timestamptz not null,
  account_id uuid not null,
  person_id uuid not null check (person_id <> '00000000-0000-0000-0000-000000000000'),
  actor_name text not null,
  actor_role text not null,
  reason text not null default '' check (char_length(reason) <= 500),
  primary key (manuscript_id, seq),
  check (step <> 'returned' or char_length(reason) >= 5)
);

-- Every setting of the clock, with its reason: append-only.
create table notice_clock (
  notice_id uuid not null references notice,
  seq int not null check (seq >= 1),
  cause text not null check (cause in ('published', 'erratum', 'extension', 'recount')),
  at timestamptz not null,
  starts_on date not null,
  ends_on date not null,
  ends_at timestamptz not null,
  working_days int not null check (working_days >= 1),
  provisional boolean not null,
  reason text not null default '' check (char_length(reason) <= 500),
  account_id uuid not null,
  actor_name text not null,
  primary key (notice_id, seq),
  check (cause <> 'extension' or char_length(reason) >= 10)
);

create table notice_item (
  id uuid primary key,
  notice_id uuid not null references notice,
  ordinal int not null check (ordinal >= 1),
  case_id uuid not null,
  case_no text not null,
  organization_id uuid not null,
  organization_name text not null check (organization_name <> ''),
  community text not null,      -- code
  programme text not null,      -- as people call it
  amount_fen bigint not null check (amount_fen > 0),
  purpose text not null,
  edition_id uuid not null,     -- pinned by the case: the least period comes from it
  state text not null check (state in ('pending', 'open', 'disputed', 'settled', 'upheld', 'removed')),
  settled_at timestamptz,
  closed_at timestamptz,
  version int not null default 1,
  check ((state = 'settled') = (settled_at is not null)),
  check ((state in ('settled', 'upheld', 'removed')) = (closed_at is not null))
);
create index notice_item_of on notice_item (notice_id, ordinal);
create index notice_item_case on notice_item (case_id);
-- A case stands in one notice; only what was taken out may stand in another.
create unique index notice_item_one_notice on notice_item (case_id) where state <> 'removed';
create index notice_item_waiting on notice_item (notice_id) where state in ('open', 'disputed');

-- An objection. Who made it, and what they wrote, is sealed: the text of an
-- objection often names its author.
create table notice_objection (
  id uuid primary key,
  notice_id uuid not null references notice,
  item_id uuid not null references notice_item,
  name_sealed bytea,
  phone_sealed bytea,
  content_sealed bytea not null,
  contact_index bytea not null check (octet_length(contact_index) = 32),
  content_index bytea not null check (octet_length(content_index) = 32),
  receipt_index bytea not null unique check (octet_length(receipt_index) = 32),
  files int not null default 0 check (files between 0 and 5),
  received_at timestamptz not null,
  due_on date not null,
  due_provisional boolean not null default false,
  state text not null check (state in ('open', 'upheld', 'dismissed', 'moot')),
  finding text not null default '' check (char_length(finding) <= 2000), -- for the office
  outcome text not null default '' check (char_length(outcome) <= 500),  -- published, without identity
  handled_at timestamptz,
  handled_by uuid,
  handler_person uuid,
  handler_name text not null default '',
  version int not null default 1,
  constraint notice_objection_contact check (name_sealed is not null or phone_sealed is not null),
  constraint notice_objection_once unique (item_id, contact_index, content_index),
  check ((state = 'open') = (handled_at is null)),
  constraint notice_objection_reasoned check (state in ('open', 'moot') or (char_length(outcome) >= 10 and char_length(finding) >= 10)),
  check (state in ('open', 'moot') or handler_person is not null)
);
create index notice_objection_queue on notice_objection (due_on, id) where state = 'open';
create index notice_objection_item on notice_objection (item_id, received_at);
create index notice_objection_notice on notice_objection (notice_id, received_at);

-- +goose StatementBegin
-- A text is issued by three different people, in the order of the release, none
-- of it sent back since.
create function notice_three_persons() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare steps text[]; people uuid[]; roles text[];
begin
  if tg_op = 'INSERT' then
    if new.state <> 'draft' then
      raise exception 'a manuscript begins as a draft' using errcode = 'check_violation', constraint = 'notice_three_persons';
    end if;
    return new;
  end if;
  if old.state in ('issued', 'discarded') then
    raise exception 'manuscript % is %: it is not rewritten', old.id, old.state using errcode = 'check_violation', constraint = 'notice_manuscript_fixed';
  end if;
  if old.state <> 'draft' and (new.title, new.body, new.contact_phone, new.contact_address, new.supervision_phone, new.objection_how, new.period_wd, new.publish_on, new.reason)
     is distinct from (old.title, old.body, old.contact_phone, old.contact_address, old.supervision_phone, old.objection_how, old.period_wd, old.publish_on, old.reason) then
    raise exception 'manuscript % is under release: it is not edited', old.id using errcode = 'check_violation', constraint = 'notice_manuscript_fixed';
  end if;
  if new.state = 'issued' then
    select array_agg(step order by seq), array_agg(person_id order by seq), array_agg(actor_role order by seq) into steps, people, roles
      from (select * from notice_release where manuscript_id = new.id order by seq desc limit 3) last;
    if steps is distinct from array['drafted', 'reviewed', 'signed']
       or roles is distinct from array['bureau_clerk', 'bureau_reviewer', 'bureau_leader']
       or people[1] = people[2] or people[2] = people[3] or people[1] = people[3] then
      raise exception 'manuscript % was not released by three people', new.id using errcode = 'check_violation', constraint = 'notice_three_persons';
    end if;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger notice_three_persons before insert or update on notice_manuscript
  for each row execute function notice_three_persons();

-- +goose StatementBegin
-- A notice is public only with an issued text; its end never comes nearer, except
-- that a provisional one is recounted; what is over stays over.
create function notice_moves() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.state <> new.state and not (
       (old.state = 'preparing' and new.state in ('scheduled', 'running', 'discarded'))
    or (old.state = 'scheduled' and new.state in ('running', 'withdrawn'))
    or (old.state = 'running' and new.state in ('ended', 'withdrawn'))) then
    raise exception 'notice % cannot go from % to %', old.id, old.state, new.state using errcode = 'check_violation', constraint = 'notice_moves';
  end if;
  if new.state in ('scheduled', 'running') and not exists (select from notice_manuscript where notice_id = new.id and state = 'issued') then
    raise exception 'notice % has no issued text', new.id using errcode = 'check_violation', constraint = 'notice_issued';
  end if;
  if old.no is not null and new.no is distinct from old.no then
    raise exception 'notice % keeps its number', old.id using errcode = 'check_violation', constraint = 'notice_moves';
  end if;
  if old.ends_at is not null and not old.provisional and new.ends_at < old.ends_at then
    raise exception 'the period of notice % is not shortened', old.id using errcode = 'check_violation', constraint = 'notice_never_shortened';
  end if;
  if old.state in ('ended', 'withdrawn', 'discarded') and (new.ends_at, new.published_at, new.ended_at) is distinct from (old.ends_at, old.published_at, old.ended_at) then
    raise exception 'notice % is over', old.id using errcode = 'check_violation', constraint = 'notice_moves';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger notice_moves before update on notice for each row execute function notice_moves();

-- +goose StatementBegin
-- An item settles after its notice has ended and with no objection open; while
-- the text is being prepared, and only then, items come and go.
create function notice_item_moves() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare n notice;
begin
  select * into n from notice where id = coalesce(new.notice_id, old.notice_id);
  if tg_op <> 'UPDATE' then
    if n.state <> 'preparing' then
      raise exception 'the items of notice % stand', n.id using errcode = 'check_violation', constraint = 'notice_item_stands';
    end if;
    return coalesce(new, old);
  end if;
  if (new.case_id, new.case_no, new.organization_id, new.organization_name, new.amount_fen, new.purpose)
     is distinct from (old.case_id, old.case_no, old.organization_id, old.organization_name, old.amount_fen, old.purpose) then
    raise exception 'item % is not rewritten', old.id using errcode = 'check_violation', constraint = 'notice_item_stands';
  end if;
  if old.state <> new.state and not (
       (old.state = 'pending' and new.state in ('open', 'removed'))
    or (old.state = 'open' and new.state in ('disputed', 'settled', 'removed'))
    or (old.state = 'disputed' and new.state in ('open', 'upheld', 'removed'))) then
    raise exception 'item % cannot go from % to %', old.id, old.state, new.state using errcode = 'check_violation', constraint = 'notice_item_moves';
  end if;
  if old.state <> new.state and new.state = 'open' and exists (select from notice_objection where item_id = new.id and state = 'open') then
    raise exception 'item % has an open objection', new.id using errcode = 'check_violation', constraint = 'notice_item_undisputed';
  end if;
  if new.state = 'settled' and (n.state <> 'ended' or n.provisional or new.settled_at < n.ends_at
      or exists (select from notice_objection where item_id = new.id and state = 'open')) then
    raise exception 'item % cannot settle yet', new.id using errcode = 'check_violation', constraint = 'notice_item_settles';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger notice_item_moves before insert or update or delete on notice_item
  for each row execute function notice_item_moves();

-- +goose StatementBegin
-- An objection is received while the period runs; it is decided once, and by
-- nobody who signed the notice.
create function notice_objection_moves() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare n notice;
begin
  if tg_op = 'INSERT' then
    select * into n from notice where id = new.notice_id;
    if n.state <> 'running' or not (n.provisional or new.received_at < n.ends_at)
       or not exists (select from notice_item i where i.id = new.item_id and i.notice_id = n.id and i.state in ('open', 'disputed')) then
      raise exception 'notice % takes no objection', n.id using errcode = 'check_violation', constraint = 'notice_objection_in_time';
    end if;
    return new;
  end if;
  if old.state <> 'open' then
    raise exception 'objection % is decided', old.id using errcode = 'check_violation', constraint = 'notice_objection_decided';
  end if;
  if new.state in ('upheld', 'dismissed') and exists (
      select from notice_release r join notice_manuscript m on m.id = r.manuscript_id
      where m.notice_id = new.notice_id and r.step = 'signed' and r.person_id = new.handler_person) then
    raise exception 'objection % is decided by who signed the notice', new.id using errcode = 'check_violation', constraint = 'notice_objection_handler';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger notice_objection_moves before insert or update on notice_objection
  for each row execute function notice_objection_moves();

revoke update, delete, truncate on notice_release, notice_clock from portal_app;
revoke delete, truncate on notice, notice_manuscript, notice_objection, notice_counter from portal_app;
revoke truncate on notice_item from portal_app;
revoke update on notice_objection from portal_app;
grant update (state, due_on, due_provisional, finding, outcome, handled_at, handled_by, handler_person, handler_name, version) on notice_objection to portal_app;

-- +goose Down
drop table notice_objection, notice_item, notice_clock, notice_release, notice_manuscript, notice_counter, notice;
drop function notice_three_persons, notice_moves, notice_item_moves, notice_objection_moves;
