-- Random samples for on-site checks: the list of candidates is frozen and its digest
-- stored, then the seed is drawn, once. Everyone can draw again from what is
-- published. Owner: internal/sampling.

-- +goose Up
create table sample_list (
  id uuid primary key,
  no text not null unique check (no ~ '^CY-[0-9]{4}-[0-9]{4,}$'),
  kind text not null check (kind ~ '^[a-z_]{3,40}$'), -- of the cases
  from_on date not null, -- accepted in this span
  to_on date not null,
  candidates int not null check (candidates between 1 and 100000),
  size int not null check (size > 0),
  share_pct int not null check (share_pct between 1 and 100),
  least int not null check (least > 0),
  digest bytea not null check (octet_length(digest) = 32), -- of the published list
  frozen_at timestamptz not null,
  frozen_by uuid not null, -- person
  frozen_name text not null check (frozen_name <> ''),
  frozen_tx xid8 not null default pg_current_xact_id(),
  redraws uuid unique references sample_list (id), -- the one that this replaces: of one list there is one redraw
  redraw_why text not null default '' check (redraw_why = '' or char_length(redraw_why) between 10 and 200),
  seed bytea check (octet_length(seed) = 32),
  drawn_at timestamptz,
  drawn_by uuid,
  drawn_name text not null default '',
  drawn_tx xid8,
  version int not null default 1,
  constraint sample_list_span check (to_on >= from_on),
  constraint sample_list_size check (size <= candidates),
  constraint sample_list_redraw check ((redraws is null) = (redraw_why = '')),
  constraint sample_list_drawn check (num_nonnulls(seed, drawn_at, drawn_by, drawn_tx) in (0, 4) and (seed is null) = (drawn_name = '')),
  constraint sample_list_two check (drawn_by <> frozen_by),
  constraint sample_list_later check (drawn_at > frozen_at)
);
-- Of one kind no day is in two first lists: nobody draws again unseen by another span.
alter table sample_list add constraint sample_list_once exclude using gist (kind with =, daterange(from_on, to_on, '[]') with &&) where (redraws is null);
revoke update, delete, truncate on sample_list from portal_app;
grant update (seed, drawn_at, drawn_by, drawn_name, version) on sample_list to portal_app;

create table sample_candidate (
  list_id uuid not null references sample_list (id),
  position int not null check (position > 0),
  case_id uuid not null references case_file (id),
  case_no text not null check (case_no ~ '^[A-Z]{2}-[0-9]{4}-[0-9]{4,}$'),
  rank int check (rank > 0), -- place among those drawn, null for the others
  primary key (list_id, position),
  unique (list_id, case_no),
  unique (list_id, rank)
);
create index sample_candidate_case on sample_candidate (case_id) where rank is not null;
revoke update, delete, truncate on sample_candidate from portal_app;
grant update (rank) on sample_candidate to portal_app;

-- +goose StatementBegin
create function sample_list_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.seed is not null then
      raise exception 'a list begins without a seed' using errcode = 'check_violation';
    end if;
    if new.redraws is not null and not exists (select from sample_list l where l.id = new.redraws and l.seed is not null and l.kind = new.kind
        and l.from_on = new.from_on and l.to_on = new.to_on) then
      raise exception 'a redraw is of a list that was drawn, of the same span' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.seed is not null then
    raise exception 'list % is drawn already', old.no using errcode = 'check_violation';
  end if;
  if new.seed is not null and old.frozen_tx = pg_current_xact_id() then
    raise exception 'the digest of list % must stand before its seed is drawn', old.no using errcode = 'check_violation';
  end if;
  if new.seed is not null then new.drawn_tx := pg_current_xact_id(); end if;
  return new;
end $$;

create function sample_candidate_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.rank is not null or not exists (select from sample_list where id = new.list_id and frozen_tx = pg_current_xact_id()) then
      raise exception 'a list is frozen whole' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.rank is not null or not exists (select from sample_list where id = new.list_id and drawn_tx = pg_current_xact_id()) then
    raise exception 'candidates are drawn together with the seed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger sample_list_guard before insert or update on sample_list for each row execute function sample_list_guard();
create trigger sample_candidate_guard before insert or update on sample_candidate for each row execute function sample_candidate_guard();

-- +goose Down
drop table sample_candidate, sample_list;
drop function sample_candidate_guard();
drop function sample_list_guard();
