-- How many organizations there are by place, category, basis and life, kept as
-- they change, so that the directory shows counts without counting.
-- Owner: internal/organization.

-- +goose Up
create table organization_tally (
  subdistrict_code text not null,
  community_code text not null,
  category text not null,
  status_basis text not null,
  ended boolean not null,
  n int not null check (n >= 0),
  primary key (community_code, category, status_basis, ended)
);

-- +goose StatementBegin
create function organization_tally_move() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare r record;
begin
  -- In the order of the key, so that two changes that cross never deadlock.
  for r in
    select d.subdistrict_code, d.community_code, d.category, d.status_basis,
           d.status in ('deregistered', 'filing_revoked', 'registration_revoked') as ended, sum(d.delta) as delta
    from (
      select old.subdistrict_code, old.community_code, old.category, old.status_basis, old.status, -1 as delta where tg_op <> 'INSERT'
      union all
      select new.subdistrict_code, new.community_code, new.category, new.status_basis, new.status, 1 where tg_op <> 'DELETE'
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

create trigger organization_tally after insert or delete or update of subdistrict_code, community_code, category, status_basis, status
  on organization for each row execute function organization_tally_move();

insert into organization_tally
  select subdistrict_code, community_code, category, status_basis,
         status in ('deregistered', 'filing_revoked', 'registration_revoked'), count(*)
  from organization group by 1, 2, 3, 4, 5;
revoke insert, update, delete, truncate on organization_tally from portal_app;

-- +goose Down
drop trigger organization_tally on organization;
drop function organization_tally_move();
drop table organization_tally;
