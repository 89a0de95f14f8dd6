-- Files handed in with a case, a profile or a report. Owner: internal/attachment.
-- The bytes are in the file store; a row is written only after they are durable.

-- +goose Up
create table attachment (
  id uuid primary key,
  owner_kind text not null check (owner_kind ~ '^[a-z_]{2,40}$'),
  owner_id uuid not null,
  slot text not null check (slot ~ '^[a-z0-9_-]{1,60}$'),
  filename text not null check (char_length(filename) between 1 and 120 and filename !~ '[[:cntrl:]/\\]'),
  media_type text not null check (media_type <> ''),
  extension text not null check (extension in ('pdf', 'jpg', 'png', 'docx', 'xlsx', 'ofd', 'xml')),
  size bigint not null check (size between 1 and 33554432),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),        -- of the bytes kept
  source_sha256 text not null check (source_sha256 ~ '^[0-9a-f]{64}$'), -- of the bytes received
  width int not null default 0,
  height int not null default 0,
  notes text[] not null default '{}',
  state text not null check (state in ('checking', 'accepted', 'refused', 'removed')),
  reason text not null default '',
  storage_key text not null unique check (storage_key ~ '^[0-9a-f]{32}$'),
  uploaded_by uuid, -- account; null for a visitor or the system
  uploaded_by_name text not null,
  uploaded_at timestamptz not null,
  scanned_at timestamptz,
  handed_in_at timestamptz,
  removed_at timestamptz,
  erased_at timestamptz,
  version int not null default 1,
  check ((width = 0 and height = 0) or (width between 1 and 4096 and height between 1 and 4096)),
  check ((extension in ('jpg', 'png')) = (width > 0)),
  check (state not in ('refused', 'removed') or reason <> ''),
  check ((state in ('refused', 'removed')) = (removed_at is not null)),
  -- What an office has received stays readable in the history of the case;
  -- only what the scanner found harmful is erased all the same.
  constraint attachment_handed_in_stays
    check (erased_at is null or state = 'refused' or (state = 'removed' and handed_in_at is null))
);

create index attachment_owner on attachment (owner_kind, owner_id, slot, uploaded_at);
create index attachment_source on attachment (source_sha256);
create index attachment_checking on attachment (uploaded_at) where state = 'checking';
create index attachment_erasable on attachment (removed_at) where erased_at is null and removed_at is not null;

-- The same bytes twice in one slot are one file: a double click, a retry.
create unique index attachment_same_bytes on attachment (owner_kind, owner_id, slot, source_sha256)
  where state in ('checking', 'accepted');

-- What was received is never rewritten; only its state moves on.
revoke update, delete, truncate on attachment from portal_app;
grant update (state, reason, scanned_at, handed_in_at, removed_at, erased_at, version) on attachment to portal_app;

-- How much an owner holds. The row is the lock for “is there room”, and its
-- checks are the last word; only the trigger below writes it.
create table attachment_quota (
  owner_kind text not null,
  owner_id uuid not null,
  files int not null default 0 constraint attachment_quota_files check (files between 0 and 60),
  bytes bigint not null default 0 constraint attachment_quota_bytes check (bytes between 0 and 52428800),
  primary key (owner_kind, owner_id)
);
revoke insert, update, delete, truncate on attachment_quota from portal_app;

-- +goose StatementBegin
create function attachment_room(kind text, id uuid, out files int, out bytes bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into attachment_quota (owner_kind, owner_id) values (kind, id) on conflict do nothing;
  select q.files, q.bytes into files, bytes from attachment_quota q
    where q.owner_kind = kind and q.owner_id = id for update;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function attachment_moved() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was boolean := false;
  is_now boolean := new.state in ('checking', 'accepted');
begin
  if tg_op = 'UPDATE' then
    was := old.state in ('checking', 'accepted');
    if old.state <> new.state and not (
         (old.state = 'checking' and new.state in ('accepted', 'refused', 'removed'))
      or (old.state in ('accepted', 'refused') and new.state = 'removed')) then
      raise exception 'attachment % cannot go from % to %', old.id, old.state, new.state;
    end if;
    if old.handed_in_at is not null and new.handed_in_at is distinct from old.handed_in_at then
      raise exception 'attachment % was handed in already', old.id;
    end if;
  end if;
  if was = is_now then
    return null;
  end if;
  insert into attachment_quota (owner_kind, owner_id) values (new.owner_kind, new.owner_id) on conflict do nothing;
  update attachment_quota q
    set files = q.files + case when is_now then 1 else -1 end,
        bytes = q.bytes + case when is_now then new.size else -new.size end
    where q.owner_kind = new.owner_kind and q.owner_id = new.owner_id;
  return null;
end $$;
-- +goose StatementEnd

create trigger attachment_moved after insert or update on attachment
  for each row execute function attachment_moved();

-- +goose Down
drop table attachment;
drop table attachment_quota;
drop function attachment_moved();
drop function attachment_room(text, uuid);
