-- Records that may be one organization, and the merge of two that are. What each
-- living record could be recognised by is kept beside it, so that pairs are found
-- by look-ups when a record changes, and a list of them is read, not computed.
-- Owner: internal/organization.

-- +goose Up
alter table organization
  -- The record that this one was merged into: it keeps its history under its own
  -- id and counts for nothing any more.
  add column merged_into uuid references organization (id) check (merged_into <> id),
  -- Keyed digests: equality without reading. Null until the number is saved or the
  -- job has filled it in.
  add column head_mobile_index bytea,
  add column contact_mobile_index bytea;
create index organization_absorbed on organization (merged_into) where merged_into is not null;
create index organization_mobile_unindexed on organization (id)
  where head_mobile is not null and head_mobile_index is null or contact_mobile is not null and contact_mobile_index is null;

-- Name and numbers go over to the record that stays.
drop index organization_name;
drop index organization_uscc;
drop index organization_filing_no;
create unique index organization_name on organization (search_text)
  where status in ('active', 'abnormal', 'merging', 'deregistering') and merged_into is null;
create unique index organization_uscc on organization (uscc) where merged_into is null;
create unique index organization_filing_no on organization (filing_no) where merged_into is null;

-- +goose StatementBegin
-- An organization with every record merged into it: readers of history ask for
-- org_id = any (organization_ids($1)).
create function organization_ids(organization uuid) returns uuid[] language sql stable strict parallel safe set search_path = public, pg_temp as $$
  with recursive family as (
    select organization_ids.organization as id
    union select o.id from organization o join family f on o.merged_into = f.id)
  select array_agg(id) from family
$$;
-- +goose StatementEnd
-- +goose StatementBegin
-- The record that an organization is kept under today.
create function organization_root(organization uuid) returns uuid language sql stable strict parallel safe set search_path = public, pg_temp as $$
  with recursive up as (
    select o.id, o.merged_into from organization o where o.id = organization_root.organization
    union select o.id, o.merged_into from organization o join up on o.id = up.merged_into)
  select id from up where merged_into is null
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function organization_merged_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.merged_into is not null then
    perform from organization where id = new.merged_into and merged_into is null for share;
    if not found then
      raise exception 'organization % is itself merged', new.merged_into using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger organization_merged_guard before update of merged_into on organization
  for each row execute function organization_merged_guard();

-- A merged record is no organization of its own: the counts leave it out.
drop trigger organization_tally on organization;
-- +goose StatementBegin
create or replace function organization_tally_move() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare r record;
begin
  -- In the order of the key, so that two changes that cross never deadlock.
  for r in
    select d.subdistrict_code, d.community_code, d.category, d.status_basis,
           d.status in ('deregistered', 'filing_revoked', 'registration_revoked') as ended, sum(d.delta) as delta
    from (
      select old.subdistrict_code, old.community_code, old.category, old.status_basis, old.status, -1 as delta
        where tg_op <> 'INSERT' and old.merged_into is null
      union all
      select new.subdistrict_code, new.community_code, new.category, new.status_basis, new.status, 1
        where tg_op <> 'DELETE' and new.merged_into is null
    ) d
    group by 1, 2, 3, 4, 5 having sum(d.delta) <> 0 order by 2, 3, 4, 5
  loop
    if r.delta > 0 then
      insert into organization_tally as t (subdistrict_code, community_code, category, status_basis, ended, n)
      values (r.subdistrict_code, r.community_code, r.category, r.status_basis, r.ended, r.delta)
      on conflict (community_code, category, status_basis, ended) do update set n = t.n + excluded.n;
    else
      update organization_tally set n = n + r.delta
      where (community_code, category, status_basis, ended) = (r.community_code, r.category, r.status_basis, r.ended);
    end if;
  end loop;
  return null;
end $$;
-- +goose StatementEnd
create trigger organization_tally after insert or delete or update of subdistrict_code, community_code, category, status_basis, status, merged_into
  on organization for each row execute function organization_tally_move();

-- Start-up support once in a lifetime holds for the whole family of records.
-- +goose StatementBegin
create function earlier_grant_family() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  family uuid[];
begin
  if new.programme <> 'startup' or new.void_on is not null then
    return new;
  end if;
  family := organization_ids(new.org_id); -- once, not for every grant that is looked at
  if cardinality(family) > 1 and exists (
      select from earlier_grant g where g.org_id = any (family) and g.org_id <> new.org_id
        and g.programme = 'startup' and g.void_on is null) then
    raise exception 'start-up support was recorded before the merge' using errcode = 'unique_violation', constraint = 'earlier_grant_startup_once';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger earlier_grant_family before insert on earlier_grant for each row execute function earlier_grant_family();

-- +goose StatementBegin
-- The name without what records of one organization differ in: width, spaces,
-- marks and 服务 (name_stem), and the name of the district in front.
create function name_core(t text) returns text language sql immutable strict parallel safe as
  $$ select regexp_replace(public.name_stem(t), '^(广东省)?(深圳市?)?(坪山新?区)?', '') $$;
-- +goose StatementEnd
-- +goose StatementBegin
-- A filing number however it was written: 坪社备〔2026〕第0001号 is 坪社备[2026]1号.
create function filing_key(t text) returns text language sql immutable strict parallel safe as
  $$ select regexp_replace(regexp_replace(public.search_key(t), '[][()〔〕【】（）{}第号字_-]', ' ', 'g'), '(^|\D)0+(\d)', '\1\2', 'g') $$;
-- +goose StatementEnd

-- By what a living record can be recognised. Kept by the triggers below; no
-- foreign key, it follows its organization.
create table organization_trait (
  kind text not null check (kind in ('name', 'code', 'filing', 'head', 'mobile', 'account')),
  value text not null check (value <> ''),
  org_id uuid not null,
  primary key (kind, value, org_id)
);
create index organization_trait_of on organization_trait (org_id);
revoke insert, update, delete, truncate on organization_trait from portal_app;

-- Two living records that share a trait.
create table organization_pair (
  one uuid not null references organization (id),
  other uuid not null references organization (id),
  area text not null, -- the subdistrict of both, '' when they lie in two
  reasons text[] not null,
  strength int not null,
  state text not null default 'open' check (state in ('open', 'different', 'proposed', 'merged')),
  judged text[] not null default '{}', -- the reasons that were known when somebody said 不是同一个
  judged_at timestamptz,
  judged_by uuid,
  judged_person uuid,
  judge_name text not null default '',
  judge_reason text not null default '' check (judge_reason = '' or char_length(judge_reason) between 5 and 200),
  version int not null default 1,
  primary key (one, other),
  check (one < other),
  check (state <> 'different' or judged_by is not null and judge_reason <> '')
);
create index organization_pair_other on organization_pair (other);
create index organization_pair_list on organization_pair (state, strength desc, one, other) where strength > 0;
create index organization_pair_area on organization_pair (area, state, strength desc, one, other) where strength > 0;
revoke insert, delete, truncate, update on organization_pair from portal_app;
grant update (state, judged, judged_at, judged_by, judged_person, judge_name, judge_reason, version) on organization_pair to portal_app;

-- +goose StatementBegin
-- How much the shared traits say. A code is the organization; people and phones
-- are shared by many.
create function organization_pair_strength(reasons text[]) returns int language sql immutable strict parallel safe as $$
  select coalesce(sum(case r when 'code' then 100 when 'filing' then 90 when 'account' then 60 when 'name' then 50 when 'mobile' then 40 else 30 end), 0)::int
  from unnest(reasons) r
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function organization_match(ids uuid[]) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  delete from organization_trait where org_id = any (ids);
  insert into organization_trait (kind, value, org_id)
  select t.kind, t.value, o.id
  from organization o, lateral (
    values ('name', nullif(name_core(o.name), '')), ('code', substr(o.uscc, 9, 9)), ('filing', filing_key(o.filing_no)),
      ('head', o.head_person_id::text), ('mobile', encode(o.head_mobile_index, 'hex')), ('mobile', encode(o.contact_mobile_index, 'hex')),
      ('account', (select encode(p.account_no_index, 'hex') from payee_account p where p.org_id = o.id and p.replaced_at is null and p.kind = 'own'))
  ) t (kind, value)
  where o.id = any (ids) and t.value is not null and o.merged_into is null
    and o.status not in ('deregistered', 'filing_revoked', 'registration_revoked')
  on conflict do nothing;

  with found as materialized (
    select least(t.org_id, u.org_id) as one, greatest(t.org_id, u.org_id) as other, array_agg(distinct t.kind order by t.kind) as reasons
    from organization_trait t join organization_trait u on u.kind = t.kind and u.value = t.value and u.org_id <> t.org_id
    where t.org_id = any (ids)
      -- What more than twenty share says nothing about any two of them.
      and (select count(*) from (select from organization_trait x where x.kind = t.kind and x.value = t.value limit 21) c) <= 20
    group by 1, 2
  ), put as (
    insert into organization_pair as p (one, other, area, reasons, strength)
    select f.one, f.other, case when a.subdistrict_code = b.subdistrict_code then a.subdistrict_code else '' end, f.reasons, organization_pair_strength(f.reasons)
    from found f join organization a on a.id = f.one join organization b on b.id = f.other
    order by f.one, f.other
    on conflict (one, other) do update set area = excluded.area, reasons = excluded.reasons, strength = excluded.strength,
      -- A reason that nobody has judged yet asks again.
      state = case when p.state = 'different' and not excluded.reasons <@ p.judged then 'open' else p.state end
  )
  update organization_pair p set reasons = '{}', strength = 0
  where (p.one = any (ids) or p.other = any (ids)) and p.strength > 0
    and not exists (select from found f where f.one = p.one and f.other = p.other);
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function organization_match_new() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform organization_match(array(select id from fresh));
  return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function organization_match_changed() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare ids uuid[] := array(
  select n.id from fresh n join was o on o.id = n.id
  where row(n.name, n.uscc, n.filing_no, n.head_person_id, n.head_mobile_index, n.contact_mobile_index, n.status, n.merged_into, n.subdistrict_code)
    is distinct from row(o.name, o.uscc, o.filing_no, o.head_person_id, o.head_mobile_index, o.contact_mobile_index, o.status, o.merged_into, o.subdistrict_code));
begin
  if cardinality(ids) > 0 then
    perform organization_match(ids);
  end if;
  return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function payee_account_match() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform organization_match(array(select distinct org_id from fresh));
  return null;
end $$;
-- +goose StatementEnd
create trigger match_new after insert on organization referencing new table as fresh for each statement execute function organization_match_new();
create trigger match_changed after update on organization referencing old table as was new table as fresh
  for each statement execute function organization_match_changed();
create trigger match_new after insert on payee_account referencing new table as fresh for each statement execute function payee_account_match();
revoke execute on function organization_match(uuid[]) from public;

-- A merge of two records: proposed by one person, confirmed by another.
create table organization_merge (
  id uuid primary key,
  kept uuid not null references organization (id),
  absorbed uuid not null references organization (id),
  taken text[] not null, -- groups of fields whose value comes from the absorbed record
  reason text not null check (char_length(reason) between 5 and 500),
  state text not null default 'proposed' check (state in ('proposed', 'confirmed', 'refused', 'undone')),
  kept_version int not null,     -- of the records as the proposer saw them
  absorbed_version int not null,
  proposed_at timestamptz not null,
  proposed_by uuid not null,
  proposed_person uuid not null,
  proposer_name text not null,
  decided_at timestamptz,
  decided_by uuid,
  decided_person uuid,
  decider_name text not null default '',
  decision_reason text not null default '' check (char_length(decision_reason) <= 500),
  undone_at timestamptz,
  undone_by uuid,
  undoer_name text not null default '',
  undo_reason text not null default '' check (char_length(undo_reason) <= 500),
  before jsonb,                          -- the kept record as it was; numbers sealed in it
  accounts uuid[] not null default '{}', -- that went over
  version int not null default 1,
  check (kept <> absorbed),
  check ((state = 'proposed') = (decided_at is null)),
  check (num_nonnulls(decided_at, decided_by, decided_person) in (0, 3)),
  check ((state = 'undone') = (undone_at is not null)),
  check (num_nonnulls(undone_at, undone_by) in (0, 2)),
  check (state not in ('confirmed', 'undone') or before is not null),
  -- Two pairs of eyes.
  constraint organization_merge_two check (state = 'refused' or decided_person <> proposed_person)
);
-- A record waits for one decision, and is merged away once.
create unique index organization_merge_open on organization_merge (least(kept, absorbed), greatest(kept, absorbed)) where state = 'proposed';
create unique index organization_merge_done on organization_merge (absorbed) where state = 'confirmed';
create index organization_merge_kept on organization_merge (kept, proposed_at desc);
create index organization_merge_absorbed on organization_merge (absorbed, proposed_at desc);
revoke update, delete, truncate on organization_merge from portal_app;
grant update (state, decided_at, decided_by, decided_person, decider_name, decision_reason, undone_at, undone_by, undoer_name, undo_reason,
  before, accounts, version) on organization_merge to portal_app;

select organization_match(array(select id from organization));

-- +goose Down
drop table organization_merge;
drop trigger match_new on payee_account;
drop trigger match_changed on organization;
drop trigger match_new on organization;
drop function payee_account_match();
drop function organization_match_changed();
drop function organization_match_new();
drop function organization_match(uuid[]);
drop function organization_pair_strength(text[]);
drop table organization_pair, organization_trait;
drop function filing_key(text);
drop function name_core(text);
drop trigger earlier_grant_family on earlier_grant;
drop function earlier_grant_family();
drop trigger organization_tally on organization;
drop trigger organization_merged_guard on organization;
drop function organization_merged_guard();
drop function organization_root(uuid);
drop function organization_ids(uuid);
drop index organization_name, organization_uscc, organization_filing_no;
create unique index organization_name on organization (search_text)
  where status in ('active', 'abnormal', 'merging', 'deregistering');
create unique index organization_uscc on organization (uscc);
create unique index organization_filing_no on organization (filing_no);
alter table organization drop column merged_into, drop column head_mobile_index, drop column contact_mobile_index;
create trigger organization_tally after insert or delete or update of subdistrict_code, community_code, category, status_basis, status
  on organization for each row execute function organization_tally_move();
