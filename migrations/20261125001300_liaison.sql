-- The joint timeline of an organization (policy 三(三)1): what offices tell each
-- other and the organization, and the requests among it. What registry, cases,
-- grants and standing record is read from their own tables.
-- Owner: internal/liaison.

-- +goose Up
create table liaison_entry (
  id uuid primary key,
  org_id uuid not null references organization (id),
  kind text not null check (kind in ('remark', 'request', 'answer', 'support', 'risk')),
  audience text not null check (audience in ('office', 'offices', 'organization')),
  -- Who wrote it, as an office and not as a person: whoever follows in office
  -- reads on.
  office text not null check (office ~ '^(bureau|leading|community/[0-9]{12}|subdistrict/[0-9]{9}|department/.{1,60}|organization/[0-9a-f-]{36})$'),
  office_name text not null check (office_name <> ''),
  text text not null check (char_length(text) between 5 and 2000),
  support text not null default '' check (support in ('', 'policy', 'theory', 'money', 'venue', 'people', 'other')),
  amount_fen bigint check (amount_fen > 0),
  answers uuid references liaison_entry,
  corrects uuid references liaison_entry,
  forwards uuid references liaison_entry,
  at timestamptz not null,
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null check (actor_name <> ''),
  actor_role text not null,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  withdrawn_name text not null default '',
  withdrawn_reason text not null default '' check (withdrawn_reason = '' or char_length(withdrawn_reason) between 5 and 200),
  check ((kind = 'support') = (support <> '')),
  check (kind = 'support' or amount_fen is null),
  check ((kind = 'answer') = (answers is not null)),
  check (kind = 'request' or forwards is null),
  -- A request that nobody but its author sees would never be answered.
  check (kind not in ('request', 'answer') or audience <> 'office'),
  check (not starts_with(office, 'organization/') or kind = 'answer' and audience = 'organization'),
  check (num_nonnulls(withdrawn_at, withdrawn_by) in (0, 2)),
  check ((withdrawn_at is null) = (withdrawn_reason = '')),
  check ((withdrawn_at is null) = (withdrawn_name = ''))
);
create index liaison_entry_of on liaison_entry (org_id, at desc, id desc);
create index liaison_entry_answers on liaison_entry (answers) where answers is not null;
-- One correction follows an entry; the next one corrects that.
create unique index liaison_entry_corrected_once on liaison_entry (corrects) where corrects is not null and withdrawn_at is null;
-- Never altered: a mistake is corrected by a following entry or withdrawn.
revoke update, delete, truncate on liaison_entry from portal_app;
grant update (withdrawn_at, withdrawn_by, withdrawn_name, withdrawn_reason) on liaison_entry to portal_app;

-- +goose StatementBegin
create function liaison_entry_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.withdrawn_at is not null then
    raise exception 'entry % is withdrawn already', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger liaison_entry_guard before update on liaison_entry for each row execute function liaison_entry_guard();

-- What a request waits for. Its words stand in its entry.
create table liaison_request (
  entry_id uuid primary key references liaison_entry,
  org_id uuid not null references organization (id),
  question uuid not null references liaison_entry, -- the first entry, when it was forwarded
  from_office text not null, -- who asked first: the answer goes there
  to_office text not null check (to_office ~ '^(bureau|community/[0-9]{12}|subdistrict/[0-9]{9}|department/.{1,60}|organization/[0-9a-f-]{36})$'),
  to_name text not null check (to_name <> ''),
  days int not null check (days between 1 and 60), -- working days
  asked_on date not null,
  due_on date not null,
  due_provisional boolean not null default false,
  state text not null default 'open' check (state in ('open', 'answered', 'forwarded', 'withdrawn')),
  closed_at timestamptz,
  reminded_at timestamptz,
  version int not null default 1,
  check (from_office <> to_office),
  check (due_on > asked_on),
  check ((state = 'open') = (closed_at is null))
);
create index liaison_request_waiting on liaison_request (to_office, due_on, entry_id) where state = 'open';
create index liaison_request_closed on liaison_request (to_office, closed_at desc, entry_id desc) where state in ('answered', 'forwarded');
create index liaison_request_sent on liaison_request (from_office, entry_id desc);
create index liaison_request_late on liaison_request (due_on) where state = 'open' and reminded_at is null;
revoke update, delete, truncate on liaison_request from portal_app;
grant update (state, closed_at, reminded_at, due_on, due_provisional, version) on liaison_request to portal_app;

-- +goose StatementBegin
create function liaison_request_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.state <> 'open' then
    raise exception 'request % is closed', old.entry_id using errcode = 'check_violation';
  end if;
  if old.reminded_at is not null and new.reminded_at is distinct from old.reminded_at then
    raise exception 'request % was reminded of already', old.entry_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger liaison_request_guard before update on liaison_request for each row execute function liaison_request_guard();

-- +goose Down
drop table liaison_request, liaison_entry;
drop function liaison_request_guard();
drop function liaison_entry_guard();
