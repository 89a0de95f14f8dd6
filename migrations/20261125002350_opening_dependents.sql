-- What depends on an import of opening history also says which other import it
-- came with. Owner: internal/organization.

-- +goose Up
drop function earlier_dependents(uuid);
-- +goose StatementBegin
-- import is of the other import in the way, null for what was done in the portal.
create function earlier_dependents(import uuid) returns table (rule text, no text, what text, import_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct 'payments', g.no, '', p.import_id from earlier_grant g join earlier_payment p on p.grant_id = g.id
    where g.import_id = import and p.import_id <> import
  union all
  select 'changed', g.no, '', null from earlier_grant g
    where g.import_id = import and g.version <> coalesce((g.adopted ->> 'version')::int, 0) + 1
  union all
  select distinct 'back', g.no, '', p.import_id from earlier_grant g, lateral (
      select coalesce(sum(p.amount_fen) filter (where p.kind = 'paid'), 0) as paid,
        coalesce(sum(p.amount_fen) filter (where p.kind <> 'paid'), 0) as back
      from earlier_payment p where p.grant_id = g.id and p.import_id <> import) rest, earlier_payment p
    where g.id in (select grant_id from earlier_payment where earlier_payment.import_id = import) and rest.back > rest.paid
      and p.grant_id = g.id and p.import_id <> import and p.kind <> 'paid'
  union all
  -- A case submitted since was judged by these grants: of the organization itself,
  -- or of another one that the same person heads (look-back).
  select distinct 'case', j.no, c.no, null::uuid from (
      select no, opened_at, org_id from earlier_grant where earlier_grant.import_id = import and adopted is null
      union
      select g.no, g.opened_at, o.id from earlier_grant g join organization o on o.head_person_id = g.head_person_id
      where g.import_id = import and g.adopted is null and g.programme = 'startup') j
    join case_file c on c.organization_id = j.org_id
    where c.submitted_at >= j.opened_at
$$;
-- +goose StatementEnd

-- +goose Down
drop function earlier_dependents(uuid);
-- +goose StatementBegin
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
  select distinct 'case', j.no, c.no from (
      select no, opened_at, org_id from earlier_grant where import_id = import and adopted is null
      union
      select g.no, g.opened_at, o.id from earlier_grant g join organization o on o.head_person_id = g.head_person_id
      where g.import_id = import and g.adopted is null and g.programme = 'startup') j
    join case_file c on c.organization_id = j.org_id
    where c.submitted_at >= j.opened_at
$$;
-- +goose StatementEnd
