-- Funded projects as the public list shows them, and how many there are with how
-- much money by year, programme, category, place and progress: kept as awards,
-- cases and the ledger change, so that a list neither joins nor counts.
-- Owner: internal/funding.
--
-- Both follow at commit, from what is stored then. Whoever commits a change of a
-- public award takes one lock for it, after every other lock: two such commits
-- wait for each other and never deadlock.

-- +goose Up

-- One row per award that is public. Derived: project_computed says from what.
create table project (
  case_id uuid primary key references award,
  no text not null unique,
  year int not null,
  programme text not null,
  category text not null,
  subdistrict text not null,
  community text not null,
  granted_on date not null,
  progress text not null check (progress in ('unpaid', 'running', 'reporting', 'closed', 'terminated')),
  approved_fen bigint not null check (approved_fen > 0),
  paid_fen bigint not null check (paid_fen >= 0),
  returned_fen bigint not null check (returned_fen >= 0),
  recovered_fen bigint not null check (recovered_fen >= 0),
  came_back boolean not null generated always as (returned_fen + recovered_fen > 0) stored,
  changed_at timestamptz not null,
  check (returned_fen + recovered_fen <= paid_fen and paid_fen <= approved_fen)
);
create index project_granted on project (granted_on desc, no desc);
create index project_approved on project (approved_fen desc, no desc);
create index project_paid on project (paid_fen desc, no desc);
create index project_year on project (year, granted_on desc, no desc);
create index project_programme on project (programme, granted_on desc, no desc);
create index project_category on project (category, granted_on desc, no desc);
create index project_subdistrict on project (subdistrict, granted_on desc, no desc);
create index project_community on project (community, granted_on desc, no desc);
create index project_progress on project (progress, granted_on desc, no desc);
create index project_came_back on project (granted_on desc, no desc) where came_back;

-- One row per combination of conditions that a list can be narrowed by, each of
-- them possibly “every”: year 0, or an empty word. place is a community or a
-- subdistrict; progress may also be came_back. A page reads the rows it shows,
-- however many projects there are.
create table project_tally (
  programme text not null,
  category text not null,
  place text not null,
  progress text not null,
  year int not null,
  n int not null check (n >= 0),
  approved_fen bigint not null check (approved_fen >= 0),
  paid_fen bigint not null check (paid_fen >= 0),
  returned_fen bigint not null check (returned_fen >= 0),
  recovered_fen bigint not null check (recovered_fen >= 0),
  primary key (programme, category, place, progress, year)
);
revoke insert, update, delete, truncate on project, project_tally from portal_app;

-- What project has to hold.
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

-- What project_tally has to hold, by the projects.
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

-- +goose StatementBegin
-- Adds a project to its tallies, or with sign -1 takes it out.
create function project_count(p project, sign int) returns void language sql as $$
  insert into project_tally as t (programme, category, place, progress, year, n, approved_fen, paid_fen, returned_fen, recovered_fen)
  select a, b, c, d, e, 0, 0, 0, 0, 0
  from unnest(array['', p.programme]) a, unnest(array['', p.category]) b, unnest(array['', p.subdistrict, p.community]) c,
    unnest(case when p.came_back then array['', p.progress, 'came_back'] else array['', p.progress] end) d, unnest(array[0, p.year]) e
  on conflict do nothing;
  update project_tally t set n = n + sign, approved_fen = t.approved_fen + sign * p.approved_fen, paid_fen = t.paid_fen + sign * p.paid_fen,
    returned_fen = t.returned_fen + sign * p.returned_fen, recovered_fen = t.recovered_fen + sign * p.recovered_fen
  where t.programme in ('', p.programme) and t.category in ('', p.category) and t.place in ('', p.subdistrict, p.community)
    and t.year in (0, p.year) and (t.progress in ('', p.progress) or p.came_back and t.progress = 'came_back');
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Brings the project of a case up to date; nothing happens while it is not public.
create function project_follow(wanted uuid) returns void
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
create function project_of_award() returns trigger language plpgsql security definer set search_path = public, pg_temp as
  $$ begin perform project_follow(new.case_id); return null; end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function project_of_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as
  $$ begin perform project_follow(new.id); return null; end $$;
-- +goose StatementEnd

-- On the tables of others these triggers only follow: they refuse nothing.
create constraint trigger project after insert or update of granted_on on award
  deferrable initially deferred for each row when (new.granted_on is not null) execute function project_of_award();
create constraint trigger project after update of state on case_file
  deferrable initially deferred for each row when (new.class <> 'open') execute function project_of_case();
create constraint trigger project after insert or update of paid_fen, returned_fen, recovered_fen on ledger_commitment
  deferrable initially deferred for each row when (new.paid_fen > 0) execute function project_of_award();

-- +goose StatementBegin
-- Fills both tables anew; for bulk data, and for what was there before them.
create function project_rebuild() returns void language plpgsql as $$
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
revoke execute on function project_rebuild(), project_count(project, int) from public;

-- +goose StatementBegin
-- Recomputes everything and names what differs: nothing, ever.
create function project_differences() returns table (subject text, stored text, computed text) language sql stable as $$
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

select project_rebuild();

-- +goose Down
drop function project_differences();
drop function project_rebuild();
drop trigger project on ledger_commitment;
drop trigger project on case_file;
drop trigger project on award;
drop function project_of_case();
drop function project_of_award();
drop function project_follow(uuid);
drop function project_count(project, int);
drop view project_counted;
drop view project_computed;
drop table project_tally, project;
