-- The guideline library (制度规范指引, policy 三(三)2): entries, each with its
-- versions. One person writes, another releases; what is released is not altered.
-- Owner: internal/governance.

-- +goose Up
create table guideline (
  id uuid primary key,
  no int generated always as identity unique,   -- in its address
  duty text not null default '' check (duty in ('', 'charter', 'assembly', 'council', 'supervisors', 'election', 'finance', 'disclosure', 'party', 'annual_report')),
  taken_from text not null default '' check (taken_from ~ '^[a-z-]{0,40}$'),   -- which of the texts that the portal brings along
  created_at timestamptz not null,
  withdrawn_at timestamptz,                     -- taken off the public page
  withdrawn_by uuid,                            -- a person
  withdrawn_reason text not null default '' check (char_length(withdrawn_reason) <= 500),
  version int not null default 1,
  check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_reason = ''))
);
revoke delete, truncate on guideline from portal_app;

create table guideline_version (
  id uuid primary key,
  guideline_id uuid not null references guideline,
  number int not null check (number >= 1),
  title text not null check (char_length(title) between 2 and 60),
  summary text not null check (char_length(summary) <= 200),
  body text not null check (char_length(body) <= 20000),
  state text not null default 'draft' check (state in ('draft', 'submitted', 'released', 'returned', 'discarded')),
  written_by uuid[] not null check (cardinality(written_by) >= 1),   -- every person who wrote on it
  written_name text not null,                                        -- the last of them
  decided_by uuid,                                                   -- a person
  decided_name text not null default '',
  decided_at timestamptz,
  reason text not null default '' check (char_length(reason) <= 500),   -- of a return or a discarding
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version int not null default 1,
  constraint guideline_version_number unique (guideline_id, number),
  check ((decided_by is null) = (decided_at is null)),
  check (state not in ('released', 'returned') or decided_by is not null),
  check ((state in ('returned', 'discarded')) = (reason <> '')),
  -- Two persons: who wrote on it does not release it.
  constraint guideline_version_two_persons check (state <> 'released' or not decided_by = any(written_by))
);
-- Of one entry one version is in work at a time.
create unique index guideline_version_open on guideline_version (guideline_id) where state in ('draft', 'submitted', 'returned');
create index guideline_version_released on guideline_version (guideline_id, number desc) where state = 'released';
revoke delete, truncate on guideline_version from portal_app;

-- +goose StatementBegin
-- A version begins as a draft and is released as it was handed in; what is
-- released or discarded stays. Nobody is taken off the list of who wrote.
create function guideline_version_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'draft' or new.decided_by is not null then
      raise exception 'a guideline begins as a draft' using errcode = '23514', constraint = 'guideline_version_guard';
    end if;
    return new;
  end if;
  if old.state in ('released', 'discarded') then
    raise exception 'a released guideline is not altered' using errcode = '23514', constraint = 'guideline_version_guard';
  end if;
  if new.state in ('released', 'returned') and old.state not in ('submitted', new.state) then
    raise exception 'only what was handed in is decided' using errcode = '23514', constraint = 'guideline_version_guard';
  end if;
  if old.state = 'submitted' and (new.title, new.summary, new.body, new.written_by) is distinct from (old.title, old.summary, old.body, old.written_by) then
    raise exception 'what was handed in is not rewritten' using errcode = '23514', constraint = 'guideline_version_guard';
  end if;
  if (new.guideline_id, new.number) is distinct from (old.guideline_id, old.number) or not new.written_by @> old.written_by then
    raise exception 'who wrote what stays' using errcode = '23514', constraint = 'guideline_version_guard';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guideline_version_guard before insert or update on guideline_version
  for each row execute function guideline_version_guard();

-- +goose Down
drop table guideline_version, guideline;
drop function guideline_version_guard();
