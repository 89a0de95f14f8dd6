-- Records that were merged are one organization in what is concluded about its
-- annual reports and in the account that is paid; finding them costs what they
-- are, not what all are. Who takes over in a merger of two organizations reads the
-- cases of both.
-- Owner: internal/organization.

-- +goose Up
-- +goose StatementBegin
-- An organization with every record merged into it, itself first: readers of
-- history ask for org_id = any (organization_ids($1)). It looks up one generation
-- after the other by organization_absorbed; nearly always there is none. Called for
-- many rows: names are written out, which costs less than a search path.
create or replace function organization_ids(organization uuid) returns uuid[] language plpgsql stable strict parallel safe as $$
declare
  ids uuid[] := array[organization];
  found uuid[] := ids;
begin
  loop
    found := array(select o.id from public.organization o where o.merged_into = any (found) and o.id <> all (ids));
    exit when cardinality(found) = 0;
    ids := ids || found;
  end loop;
  return ids;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Of a year there is one conclusion, whichever record it stands under. Of two that
-- were there before a merge the one of the record that stays counts, unless it
-- says only that nothing was handed in.
create function annual_report_family() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from annual_report r where r.org_id = any (organization_ids(organization_root(new.org_id)))
      and r.org_id <> new.org_id and r.report_year = new.report_year) then
    raise exception 'another record of this organization has a conclusion about %', new.report_year
      using errcode = 'unique_violation', constraint = 'annual_report_org_id_report_year_key';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger annual_report_family before insert on annual_report for each row execute function annual_report_family();

-- +goose StatementBegin
-- The account to which an organization is paid: its own, or that of a record that
-- was merged into it while it has none. Null for none.
create function payee_of(organization uuid) returns uuid language sql stable strict set search_path = public, pg_temp as $$
  select p.id from payee_account p where p.org_id = any (organization_ids(organization)) and p.replaced_at is null
  order by p.org_id = organization desc, p.id limit 1
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The records whose cases an organization reads: its own, those merged into it,
-- and in the same way those of every organization that it took over from.
create function organization_history(organization uuid) returns uuid[] language plpgsql stable strict parallel safe as $$
declare
  ids uuid[] := public.organization_ids(organization);
  found uuid[] := ids;
begin
  loop
    found := array(select unnest(public.organization_ids(s.predecessor_id)) from public.organization_succession s
      where s.successor_id = any (found) and s.predecessor_id <> all (ids));
    exit when cardinality(found) = 0;
    ids := ids || found;
  end loop;
  return ids;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
-- The other way round, the organizations whose people read what stands under a
-- record: the one that it is kept under today, and whoever took over from that.
create function organization_readers(organization uuid) returns uuid[] language plpgsql stable strict parallel safe as $$
declare
  ids uuid[] := array[coalesce(public.organization_root(organization), organization)];
  found uuid[] := ids;
begin
  loop
    found := array(select public.organization_root(s.successor_id) from unnest(found) f (id), public.organization_succession s
      where s.predecessor_id = any (public.organization_ids(f.id)) and s.successor_id <> all (ids));
    exit when cardinality(found) = 0;
    ids := ids || found;
  end loop;
  return ids;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function organization_readers(uuid), organization_history(uuid), payee_of(uuid);
drop trigger annual_report_family on annual_report;
drop function annual_report_family();
-- +goose StatementBegin
create or replace function organization_ids(organization uuid) returns uuid[] language sql stable strict parallel safe set search_path = public, pg_temp as $$
  with recursive family as (
    select organization_ids.organization as id
    union select o.id from organization o join family f on o.merged_into = f.id)
  select array_agg(id) from family
$$;
-- +goose StatementEnd
