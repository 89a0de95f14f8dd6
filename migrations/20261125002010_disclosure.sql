-- What an organization tells the public about itself (policy 三(三)2 信息公开): a
-- draft, and every version that was published. A version is never altered; one that
-- was withdrawn leaves its date, who published it and the reason.
-- Owner: internal/governance.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, 'disclosure.due', 'monthday', '"06-30"', '三（三）2', 'default', false from policy_edition e;
alter table policy_parameter enable trigger policy_parameter_guard;

create table disclosure (
  id uuid primary key,
  org_id uuid not null references organization (id),
  kind text not null check (kind in ('summary', 'accounts', 'donations', 'activities', 'council', 'document')),
  year int check (year between 1990 and 2999),
  typed jsonb not null,
  created_at timestamptz not null,
  saved_at timestamptz not null,
  saved_by uuid not null,
  saved_name text not null,
  version int not null default 1,
  check ((kind in ('summary', 'accounts', 'donations', 'activities')) = (year is not null))
);
-- Of one year and kind there is one, with as many versions as it takes.
create unique index disclosure_once on disclosure (org_id, kind, coalesce(year, 0)) where kind <> 'document';
create index disclosure_of on disclosure (org_id, id);
revoke delete, truncate on disclosure from portal_app;
revoke update on disclosure from portal_app;
grant update (typed, saved_at, saved_by, saved_name, version) on disclosure to portal_app;

create table disclosure_version (
  id uuid primary key,
  disclosure_id uuid not null references disclosure (id),
  org_id uuid not null references organization (id),
  kind text not null,
  year int,
  number int not null check (number >= 1),
  title text not null check (char_length(title) between 2 and 80),
  body text not null default '' check (char_length(body) <= 3000),
  attachment_id uuid,
  published_at timestamptz not null,
  published_by uuid not null,
  published_name text not null check (published_name <> ''),
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  withdrawn_name text not null default '',
  withdrawn_reason text not null default '',
  constraint disclosure_version_once unique (disclosure_id, number),
  check (num_nulls(withdrawn_at, withdrawn_by) in (0, 2)),
  constraint disclosure_version_reason check (withdrawn_at is null and withdrawn_reason = '' or char_length(withdrawn_reason) between 5 and 200)
);
create index disclosure_version_of on disclosure_version (org_id, published_at desc, id desc);

-- The lines of accounts and donations; totals are sums of them and stored nowhere.
create table disclosure_line (
  version_id uuid not null references disclosure_version (id),
  ordinal int not null check (ordinal between 1 and 60),
  side text not null check (side in ('opening', 'in', 'out')),
  label text not null check (char_length(label) between 1 and 60),
  note text not null default '' check (char_length(note) <= 120),
  amount_fen bigint not null check (amount_fen >= 0),
  primary key (version_id, ordinal)
);
revoke update, delete, truncate on disclosure_version, disclosure_line from portal_app;
grant update (withdrawn_at, withdrawn_by, withdrawn_name, withdrawn_reason) on disclosure_version to portal_app;

-- +goose StatementBegin
create function disclosure_version_guard() returns trigger language plpgsql as $$
begin
  if old.withdrawn_at is not null then
    raise exception 'a withdrawn version stays withdrawn' using errcode = '23514', constraint = 'disclosure_version_guard';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger disclosure_version_guard before update on disclosure_version
  for each row execute function disclosure_version_guard();

-- +goose StatementBegin
-- Lines come with their version: none is added to what was published before.
create function disclosure_line_guard() returns trigger language plpgsql as $$
begin
  if not exists (select from disclosure_version v where v.id = new.version_id and v.xmin = pg_current_xact_id()::xid) then
    raise exception 'what was published is not added to' using errcode = '23514', constraint = 'disclosure_line_guard';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger disclosure_line_guard before insert on disclosure_line
  for each row execute function disclosure_line_guard();

-- +goose Down
drop table disclosure_line, disclosure_version, disclosure;
drop function disclosure_version_guard(), disclosure_line_guard();
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key = 'disclosure.due';
alter table policy_parameter enable trigger policy_parameter_guard;
