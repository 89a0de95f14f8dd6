-- Opening history on the list of funded projects: a project is an award or an
-- earlier grant that was opened by an import. Owner: internal/funding.

-- +goose Up
alter table project drop constraint project_pkey, drop constraint project_no_key, alter column case_id drop not null,
  add primary key (no), add constraint project_case unique (case_id),
  -- No reference: the project goes at commit, after its grant (earlier_undo).
  add column grant_id uuid constraint project_grant unique,
  add constraint project_of_one check (num_nonnulls(case_id, grant_id) = 1);

-- A grant whose use report is owed waits for it; one that asked for none is done
-- when all was paid.
create or replace view project_computed as
  select a.case_id, a.no, a.year, a.programme, a.category, a.subdistrict, a.community, a.granted_on,
    case
      when c.state in ('closed', 'reporting', 'terminated') then c.state
      when c.class = 'final' then 'terminated'
      when l.paid_fen = 0 then 'unpaid'
      else 'running'
    end as progress,
    a.amount_fen as approved_fen, l.paid_fen, l.returned_fen, l.recovered_fen, null::uuid as grant_id
  from award a join case_file c on c.id = a.case_id, lateral (
    select coalesce(sum(paid_fen), 0)::bigint as paid_fen, coalesce(sum(returned_fen), 0)::bigint as returned_fen,
      coalesce(sum(recovered_fen), 0)::bigint as recovered_fen
    from ledger_commitment where case_id = a.case_id) l
  where a.granted_on is not null
  union all
  select null, g.no, extract(year from g.awarded_on)::int, g.programme, g.category, g.subdistrict_code, g.community_code, g.awarded_on,
    case
      when g.use_report_filed_on is not null then 'closed'
      when g.paid_fen = 0 then 'unpaid'
      when g.use_report_due_on is not null then 'reporting'
      when g.paid_fen < g.amount_fen then 'running'
      else 'closed'
    end,
    g.amount_fen, g.paid_fen, g.returned_fen, g.recovered_fen, g.id
  from earlier_grant g where g.import_id is not null;

-- +goose StatementBegin
create or replace function project_follow(wanted uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was project;
  fresh project;
begin
  if not exists (select from award where case_id = wanted and granted_on is not null) then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('project_tally'));
  select * into was from project where case_id = wanted;
  insert into project as p (case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
    approved_fen, paid_fen, returned_fen, recovered_fen, grant_id, changed_at)
  select c.*, portal_now() from project_computed c where c.case_id = wanted
  on conflict (case_id) do update set progress = excluded.progress, paid_fen = excluded.paid_fen, returned_fen = excluded.returned_fen,
    recovered_fen = excluded.recovered_fen, changed_at = excluded.changed_at
  where (p.progress, p.paid_fen, p.returned_fen, p.recovered_fen)
    is distinct from (excluded.progress, excluded.paid_fen, excluded.returned_fen, excluded.recovered_fen)
  returning * into fresh;
  if fresh.no is null then
    return; -- as it was
  end if;
  if was.no is not null then
    perform project_count(was, -1);
  end if;
  perform project_count(fresh, 1);
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Adds many projects to their tallies at once, or with sign -1 takes them out.
create function project_count_all(projects project[], sign int) returns void language sql as $$
  with moved as materialized (
    select a, b, c, d, e, sum(sign)::int as n, (sign * sum(p.approved_fen))::bigint as approved, (sign * sum(p.paid_fen))::bigint as paid,
      (sign * sum(p.returned_fen))::bigint as returned, (sign * sum(p.recovered_fen))::bigint as recovered
    from unnest(projects) p, unnest(array['', p.programme]) a, unnest(array['', p.category]) b, unnest(array['', p.subdistrict, p.community]) c,
      unnest(case when p.came_back then array['', p.progress, 'came_back'] else array['', p.progress] end) d, unnest(array[0, p.year]) e
    group by 1, 2, 3, 4, 5
  ), added as (
    insert into project_tally (programme, category, place, progress, year, n, approved_fen, paid_fen, returned_fen, recovered_fen)
    select a, b, c, d, e, n, approved, paid, returned, recovered from moved where sign > 0
    on conflict (programme, category, place, progress, year) do update set n = project_tally.n + excluded.n,
      approved_fen = project_tally.approved_fen + excluded.approved_fen, paid_fen = project_tally.paid_fen + excluded.paid_fen,
      returned_fen = project_tally.returned_fen + excluded.returned_fen, recovered_fen = project_tally.recovered_fen + excluded.recovered_fen
  )
  update project_tally t set n = t.n + m.n, approved_fen = t.approved_fen + approved, paid_fen = t.paid_fen + paid,
    returned_fen = t.returned_fen + returned, recovered_fen = t.recovered_fen + recovered
  from moved m where sign < 0 and (t.programme, t.category, t.place, t.progress, t.year) = (a, b, c, d, e);
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Brings the projects of opened grants up to date. An import changes thousands in
-- one transaction: the first grant whose project differs takes all of them along,
-- the others find theirs as it has to be.
create function project_follow_grant(wanted uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  kept record;
  due record;
  was project[];
  fresh project[];
begin
  select no, year, programme, category, subdistrict, community, granted_on, progress, approved_fen, paid_fen, returned_fen, recovered_fen
    into kept from project where grant_id = wanted;
  select no, year, programme, category, subdistrict, community, granted_on, progress, approved_fen, paid_fen, returned_fen, recovered_fen
    into due from project_computed where grant_id = wanted;
  if kept is not distinct from due then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('project_tally'));
  select array_agg(d.was) filter (where (d.was).no is not null), array_agg(d.fresh) filter (where (d.fresh).no is not null)
    into was, fresh from project_grant_differences() d;
  if was is not null then
    delete from project where no in (select p.no from unnest(was) p);
    perform project_count_all(was, -1);
  end if;
  if fresh is not null then
    insert into project (case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
      approved_fen, paid_fen, returned_fen, recovered_fen, changed_at, grant_id)
    select case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
      approved_fen, paid_fen, returned_fen, recovered_fen, changed_at, grant_id from unnest(fresh);
    perform project_count_all(fresh, 1);
  end if;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The projects of opened grants that are not what they have to be.
create function project_grant_differences() returns table (was project, fresh project) language sql stable as $$
  select s.project, row(null::uuid, c.no, c.year, c.programme, c.category, c.subdistrict, c.community, c.granted_on, c.progress,
      c.approved_fen, c.paid_fen, c.returned_fen, c.recovered_fen, c.returned_fen + c.recovered_fen > 0, portal_now(), c.grant_id)::project
  from (select p.grant_id, p as project from project p where p.grant_id is not null) s
    full join (select * from project_computed p where p.grant_id is not null) c using (grant_id)
  where row((s.project).no, (s.project).year, (s.project).programme, (s.project).category, (s.project).subdistrict, (s.project).community, (s.project).granted_on,
      (s.project).progress, (s.project).approved_fen, (s.project).paid_fen, (s.project).returned_fen, (s.project).recovered_fen)
    is distinct from row(c.no, c.year, c.programme, c.category, c.subdistrict, c.community, c.granted_on, c.progress, c.approved_fen, c.paid_fen, c.returned_fen, c.recovered_fen)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function project_of_grant() returns trigger language plpgsql security definer set search_path = public, pg_temp as
  $$ begin perform project_follow_grant(case tg_op when 'DELETE' then old.id else new.id end); return null; end $$;
-- +goose StatementEnd
create constraint trigger project after insert or update or delete on earlier_grant
  deferrable initially deferred for each row execute function project_of_grant();

-- +goose StatementBegin
create or replace function project_rebuild() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('project_tally'));
  truncate project, project_tally;
  insert into project (case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
    approved_fen, paid_fen, returned_fen, recovered_fen, grant_id, changed_at)
  select c.*, portal_now() from project_computed c;
  insert into project_tally (programme, category, place, progress, year, n, approved_fen, paid_fen, returned_fen, recovered_fen)
  select * from project_counted;
end $$;
-- +goose StatementEnd
revoke execute on function project_count_all(project[], int), project_grant_differences() from public;

-- +goose StatementBegin
create or replace function project_differences() returns table (subject text, stored text, computed text) language sql stable as $$
  select 'project', s::text, c::text
  from (select case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
      approved_fen, paid_fen, returned_fen, recovered_fen, grant_id from project) s
    full join project_computed c using (no)
  where s::text is distinct from c::text
  union all
  select 'tally', s::text, c::text
  from (select * from project_tally where n > 0 or approved_fen + paid_fen + returned_fen + recovered_fen > 0) s
    full join project_counted c using (programme, category, place, progress, year)
  where s::text is distinct from c::text
$$;
-- +goose StatementEnd

-- +goose Down
drop trigger project on earlier_grant;
drop function project_of_grant();
drop function project_follow_grant(uuid);
drop function project_grant_differences();
drop function project_count_all(project[], int);
delete from project where grant_id is not null;
-- +goose StatementBegin
create or replace function project_follow(wanted uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was project;
  fresh project;
begin
  if not exists (select from award where case_id = wanted and granted_on is not null) then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('project_tally'));
  select * into was from project where case_id = wanted;
  insert into project as p (case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
    approved_fen, paid_fen, returned_fen, recovered_fen, changed_at)
  select c.*, portal_now() from project_computed c where c.case_id = wanted
  on conflict (case_id) do update set progress = excluded.progress, paid_fen = excluded.paid_fen, returned_fen = excluded.returned_fen,
    recovered_fen = excluded.recovered_fen, changed_at = excluded.changed_at
  where (p.progress, p.paid_fen, p.returned_fen, p.recovered_fen)
    is distinct from (excluded.progress, excluded.paid_fen, excluded.returned_fen, excluded.recovered_fen)
  returning * into fresh;
  if fresh.case_id is null then
    return; -- as it was
  end if;
  if was.case_id is not null then
    perform project_count(was, -1);
  end if;
  perform project_count(fresh, 1);
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function project_rebuild() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('project_tally'));
  truncate project, project_tally;
  insert into project (case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
    approved_fen, paid_fen, returned_fen, recovered_fen, changed_at)
  select c.*, portal_now() from project_computed c;
  insert into project_tally (programme, category, place, progress, year, n, approved_fen, paid_fen, returned_fen, recovered_fen)
  select * from project_counted;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function project_differences() returns table (subject text, stored text, computed text) language sql stable as $$
  select 'project', s::text, c::text
  from (select case_id, no, year, programme, category, subdistrict, community, granted_on, progress,
      approved_fen, paid_fen, returned_fen, recovered_fen from project) s
    full join project_computed c using (case_id)
  where s::text is distinct from c::text
  union all
  select 'tally', s::text, c::text
  from (select * from project_tally where n > 0 or approved_fen + paid_fen + returned_fen + recovered_fen > 0) s
    full join project_counted c using (programme, category, place, progress, year)
  where s::text is distinct from c::text
$$;
-- +goose StatementEnd
drop view project_counted;
drop view project_computed;
create view project_computed as
  select a.case_id, a.no, a.year, a.programme, a.category, a.subdistrict, a.community, a.granted_on,
    case
      when c.state in ('closed', 'reporting', 'terminated') then c.state
      when c.class = 'final' then 'terminated'
      when l.paid_fen = 0 then 'unpaid'
      else 'running'
    end as progress,
    a.amount_fen as approved_fen, l.paid_fen, l.returned_fen, l.recovered_fen
  from award a join case_file c on c.id = a.case_id, lateral (
    select coalesce(sum(paid_fen), 0)::bigint as paid_fen, coalesce(sum(returned_fen), 0)::bigint as returned_fen,
      coalesce(sum(recovered_fen), 0)::bigint as recovered_fen
    from ledger_commitment where case_id = a.case_id) l
  where a.granted_on is not null;
create view project_counted as
  select programme, category, place, progress, year, sum(n)::int as n, sum(approved_fen)::bigint as approved_fen,
    sum(paid_fen)::bigint as paid_fen, sum(returned_fen)::bigint as returned_fen, sum(recovered_fen)::bigint as recovered_fen
  from (
    select programme, category, subdistrict, community, progress, came_back, year, count(*) as n, sum(approved_fen) as approved_fen,
      sum(paid_fen) as paid_fen, sum(returned_fen) as returned_fen, sum(recovered_fen) as recovered_fen
    from project group by 1, 2, 3, 4, 5, 6, 7
  ) g (p, c, s, m, state, back, y, n, approved_fen, paid_fen, returned_fen, recovered_fen),
  unnest(array['', p]) programme, unnest(array['', c]) category, unnest(array['', s, m]) place, unnest(array[0, y]) year,
  unnest(case when back then array['', state, 'came_back'] else array['', state] end) progress
  group by 1, 2, 3, 4, 5;
alter table project drop constraint project_pkey, drop constraint project_case, drop column grant_id,
  add primary key (case_id), add constraint project_no_key unique (no);
select project_rebuild();
