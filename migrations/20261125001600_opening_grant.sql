-- Opening history: earlier grants that came through an import are public and in
-- the ledger, with the money that moved. Those recorded by hand count for
-- eligibility alone until an import adopts them.
-- Owner: internal/organization.
--
-- The serving role opens a grant and adds payments; sums are kept by triggers of
-- the owner. earlier_undo takes an import back as a whole, earlier_withdraw one
-- grant that was recorded by mistake.

-- +goose Up
alter table earlier_grant
  add column no text unique check (no ~ '^LS-[0-9]{4}-[0-9]{4,}$'),
  add column import_id uuid,
  add column opened_at timestamptz,
  add column adopted jsonb, -- what an import found recorded by hand, to be put back when it is undone
  add column purpose text not null default '' check (char_length(purpose) <= 200),
  -- As they were on the day of the award.
  add column organization_name text check (organization_name <> ''),
  add column category text check (category in ('welfare', 'charity', 'social_service_cat', 'culture_sport', 'sci_tech', 'rights')),
  add column subdistrict_code text references region check (starts_with(community_code, subdistrict_code) and length(subdistrict_code) = 9),
  -- Sums of earlier_payment.
  add column paid_fen bigint not null default 0,
  add column returned_fen bigint not null default 0,
  add column recovered_fen bigint not null default 0,
  add column search_text text generated always as (search_key(no || ' ' || organization_name || ' ' || title || ' ' || purpose)) stored,
  add column search_grams text[] generated always as (search_grams(no || ' ' || organization_name || ' ' || title || ' ' || purpose)) stored,
  add constraint earlier_grant_opened check
    (num_nulls(import_id, no, opened_at, organization_name, category, subdistrict_code) in (0, 6)),
  add constraint earlier_grant_opened_stands check (import_id is null or void_on is null),
  add constraint earlier_grant_adopted check (adopted is null or import_id is not null),
  add constraint earlier_grant_paid_within_amount check (paid_fen between 0 and amount_fen),
  add constraint earlier_grant_back_within_paid check (least(returned_fen, recovered_fen) >= 0 and returned_fen + recovered_fen <= paid_fen);
create unique index earlier_grant_once on earlier_grant (org_id, programme, awarded_on, amount_fen, search_key(title)) where import_id is not null;
create index earlier_grant_import on earlier_grant (import_id) where import_id is not null;
create index earlier_grant_grams on earlier_grant using gin (search_grams) where import_id is not null;
revoke update on earlier_grant from portal_app;
grant update (use_report_due_on, use_report_filed_on, document_no, void_on, void_reason, version,
  no, import_id, opened_at, adopted, purpose, organization_name, category, subdistrict_code) on earlier_grant to portal_app;

-- Money of opening history. The voucher is not public (domain §8).
create table earlier_payment (
  id uuid primary key,
  grant_id uuid not null references earlier_grant,
  kind text not null check (kind in ('paid', 'returned', 'recovered')),
  moved_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  voucher_no text not null default '' check (char_length(voucher_no) <= 40),
  import_id uuid not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null
);
-- A movement read twice is one movement.
create unique index earlier_payment_once on earlier_payment (grant_id, kind, moved_on, amount_fen, voucher_no);
create index earlier_payment_import on earlier_payment (import_id);
revoke update, delete, truncate on earlier_payment from portal_app;

-- What one import brought in by year and programme, from which the ledger opens.
create table earlier_total (
  import_id uuid not null,
  year int not null,
  programme text not null,
  committed_fen bigint not null check (committed_fen >= 0),
  paid_fen bigint not null check (paid_fen >= 0),
  returned_fen bigint not null check (returned_fen >= 0),
  recovered_fen bigint not null check (recovered_fen >= 0),
  primary key (import_id, year, programme)
);
revoke insert, update, delete, truncate on earlier_total from portal_app;

-- +goose StatementBegin
create function earlier_refuse(rule text, what text) returns void language plpgsql as $$
begin
  raise exception '%', what using errcode = 'check_violation', constraint = rule;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A grant is opened once; what was opened stays as it is, but for the use report
-- that is still handed in. current_user is the owner inside earlier_undo and the
-- triggers that keep the sums.
create function earlier_grant_guard() returns trigger language plpgsql as $$
begin
  if current_user <> 'portal_app' then
    return new;
  end if;
  if tg_op = 'INSERT' then
    if new.paid_fen + new.returned_fen + new.recovered_fen > 0 or new.adopted is not null then
      perform earlier_refuse('earlier_grant_sums', 'sums come from payments');
    end if;
  elsif old.import_id is not null and row(new.no, new.import_id, new.opened_at, new.adopted, new.purpose, new.organization_name, new.category,
      new.subdistrict_code, new.document_no, new.use_report_due_on, new.void_on)
    is distinct from row(old.no, old.import_id, old.opened_at, old.adopted, old.purpose, old.organization_name, old.category,
      old.subdistrict_code, old.document_no, old.use_report_due_on, old.void_on) then
    perform earlier_refuse('earlier_grant_opened_stands', 'an opened grant stands until its import is undone');
  elsif old.import_id is null and new.import_id is not null and new.adopted is null then
    perform earlier_refuse('earlier_grant_adopted', 'adoption keeps what it found');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before insert or update on earlier_grant for each row execute function earlier_grant_guard();

-- +goose StatementBegin
create function earlier_payment_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  g earlier_grant;
begin
  select * into g from earlier_grant where id = new.grant_id for update;
  if g.import_id is null then
    perform earlier_refuse('earlier_payment_opened', 'the grant is not part of the opening history');
  elsif new.moved_on < g.awarded_on then
    perform earlier_refuse('earlier_payment_moved_on', 'moved before the award');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before insert on earlier_payment for each row execute function earlier_payment_guard();

-- +goose StatementBegin
-- Adds to the totals of imports, set by set: 2,000 rows are one statement.
create function earlier_count(imports uuid[], years int[], programmes text[], committed bigint[], paid bigint[], returned bigint[], recovered bigint[])
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into earlier_total (import_id, year, programme, committed_fen, paid_fen, returned_fen, recovered_fen)
  select distinct i, y, p, 0, 0, 0, 0 from unnest(imports, years, programmes) as t (i, y, p) order by 1, 2, 3
  on conflict do nothing;
  update earlier_total t set committed_fen = committed_fen + d.c, paid_fen = paid_fen + d.p, returned_fen = returned_fen + d.b, recovered_fen = recovered_fen + d.r
  from (select i, y, q, sum(c)::bigint as c, sum(p)::bigint as p, sum(b)::bigint as b, sum(r)::bigint as r
    from unnest(imports, years, programmes, committed, paid, returned, recovered) as u (i, y, q, c, p, b, r) group by 1, 2, 3) d
  where (t.import_id, t.year, t.programme) = (d.i, d.y, d.q);
$$;
-- +goose StatementEnd
revoke execute on function earlier_count(uuid[], int[], text[], bigint[], bigint[], bigint[], bigint[]) from public;

-- +goose StatementBegin
create function earlier_grant_total() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  sign int := case tg_op when 'DELETE' then -1 else 1 end;
begin
  perform earlier_count(array_agg(import_id), array_agg(extract(year from awarded_on)::int), array_agg(programme), array_agg(sign * amount_fen),
    array_agg(0::bigint), array_agg(0::bigint), array_agg(0::bigint))
  from moved where import_id is not null having count(*) > 0;
  return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function earlier_grant_total_change() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform earlier_count(array_agg(import_id), array_agg(extract(year from awarded_on)::int), array_agg(programme), array_agg(fen),
    array_agg(0::bigint), array_agg(0::bigint), array_agg(0::bigint))
  from (
    select f.import_id, f.awarded_on, f.programme, f.amount_fen as fen from fresh f join was w using (id)
      where f.import_id is not null and w.import_id is distinct from f.import_id
    union all
    select w.import_id, w.awarded_on, w.programme, -w.amount_fen from fresh f join was w using (id)
      where w.import_id is not null and w.import_id is distinct from f.import_id) d having count(*) > 0;
  return null;
end $$;
-- +goose StatementEnd
create trigger total_added after insert on earlier_grant referencing new table as moved for each statement execute function earlier_grant_total();
create trigger total_gone after delete on earlier_grant referencing old table as moved for each statement execute function earlier_grant_total();
create trigger total_changed after update on earlier_grant referencing old table as was new table as fresh
  for each statement execute function earlier_grant_total_change();

-- +goose StatementBegin
create function earlier_payment_total() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  sign int := case tg_op when 'DELETE' then -1 else 1 end;
begin
  update earlier_grant g set paid_fen = g.paid_fen + sign * d.p, returned_fen = g.returned_fen + sign * d.b, recovered_fen = g.recovered_fen + sign * d.r
  from (select grant_id, coalesce(sum(amount_fen) filter (where kind = 'paid'), 0)::bigint as p,
      coalesce(sum(amount_fen) filter (where kind = 'returned'), 0)::bigint as b, coalesce(sum(amount_fen) filter (where kind = 'recovered'), 0)::bigint as r
    from moved group by 1) d
  where g.id = d.grant_id;
  perform earlier_count(array_agg(m.import_id), array_agg(extract(year from g.awarded_on)::int), array_agg(g.programme), array_agg(0::bigint),
    array_agg(case m.kind when 'paid' then sign * m.amount_fen else 0 end), array_agg(case m.kind when 'returned' then sign * m.amount_fen else 0 end),
    array_agg(case m.kind when 'recovered' then sign * m.amount_fen else 0 end))
  from moved m join earlier_grant g on g.id = m.grant_id having count(*) > 0;
  return null;
end $$;
-- +goose StatementEnd
create trigger total_added after insert on earlier_payment referencing new table as moved for each statement execute function earlier_payment_total();
create trigger total_gone after delete on earlier_payment referencing old table as moved for each statement execute function earlier_payment_total();

-- +goose StatementBegin
-- What was built on an import, the first few in words' order: then it stays.
create function earlier_dependents(import uuid) returns table (rule text, no text, what text)
language sql stable security definer set search_path = public, pg_temp as $$
  select 'payments', g.no, '' from earlier_grant g
    where g.import_id = import and exists (select from earlier_payment p where p.grant_id = g.id and p.import_id <> import)
  union all
  select 'changed', g.no, '' from earlier_grant g
    where g.import_id = import and g.version <> coalesce((g.adopted ->> 'version')::int, 0) + 1
  union all
  select 'back', g.no, '' from earlier_grant g, lateral (
      select coalesce(sum(p.amount_fen) filter (where p.kind = 'paid'), 0) as paid,
        coalesce(sum(p.amount_fen) filter (where p.kind <> 'paid'), 0) as back
      from earlier_payment p where p.grant_id = g.id and p.import_id <> import) rest
    where g.id in (select grant_id from earlier_payment where import_id = import) and rest.back > rest.paid
  union all
  -- A case submitted since was judged by these grants: of the organization itself,
  -- or of another one that the same person heads (look-back).
  select distinct 'case', j.no, c.no from (
      select no, opened_at, org_id from earlier_grant where import_id = import and adopted is null
      union
      select g.no, g.opened_at, o.id from earlier_grant g join organization o on o.head_person_id = g.head_person_id
      where g.import_id = import and g.adopted is null and g.programme = 'startup') j
    join case_file c on c.organization_id = j.org_id
    where c.submitted_at >= j.opened_at
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Takes an import back exactly: what it brought is gone, what it adopted is as it
-- was found. The ledger is closed in the same transaction, or nothing commits.
create function earlier_undo(import uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from earlier_grant where import_id = import or id in (select grant_id from earlier_payment where import_id = import) order by id for update;
  if exists (select from earlier_dependents(import)) then
    perform earlier_refuse('earlier_undo_depends', 'something depends on this import');
  end if;
  delete from earlier_payment where import_id = import;
  update earlier_grant set no = null, import_id = null, opened_at = null, organization_name = null, category = null, subdistrict_code = null,
    purpose = '', document_no = adopted ->> 'document_no', use_report_due_on = (adopted ->> 'use_report_due_on')::date,
    use_report_filed_on = (adopted ->> 'use_report_filed_on')::date, version = (adopted ->> 'version')::int, adopted = null
  where import_id = import and adopted is not null;
  delete from earlier_grant where import_id = import;
  delete from earlier_total where import_id = import;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Takes one opened grant out of the opening history, with its money. It stays as
-- a void record; the trail says what it was.
create function earlier_withdraw(wanted uuid, expected int, day date, why text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from earlier_grant where id = wanted and version = expected and import_id is not null for update;
  if not found then
    perform earlier_refuse('earlier_withdraw_opened', 'not an opened grant of this version');
  end if;
  delete from earlier_payment where grant_id = wanted;
  update earlier_grant set void_on = day, void_reason = why, version = version + 1, no = null, import_id = null, opened_at = null, adopted = null,
    organization_name = null, category = null, subdistrict_code = null
  where id = wanted;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function earlier_withdraw(uuid, int, date, text);
drop function earlier_undo(uuid);
drop function earlier_dependents(uuid);
drop trigger total_added on earlier_grant;
drop trigger total_gone on earlier_grant;
drop trigger total_changed on earlier_grant;
drop table earlier_payment, earlier_total;
drop function earlier_payment_total();
drop function earlier_grant_total_change();
drop function earlier_grant_total();
drop function earlier_count(uuid[], int[], text[], bigint[], bigint[], bigint[], bigint[]);
drop function earlier_payment_guard();
drop trigger guard on earlier_grant;
drop function earlier_grant_guard();
drop function earlier_refuse(text, text);
delete from earlier_grant where import_id is not null and adopted is null;
alter table earlier_grant drop column search_text, drop column search_grams, drop column paid_fen, drop column returned_fen, drop column recovered_fen,
  drop column subdistrict_code, drop column category, drop column organization_name, drop column purpose, drop column adopted, drop column opened_at,
  drop column import_id, drop column no;
grant update on earlier_grant to portal_app;
