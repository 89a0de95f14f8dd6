-- What stands against taking an import back, asked before anything is removed.
-- Owner: internal/imported.

-- +goose Up
-- +goose StatementBegin
-- Says which rows of other tables refer to rows of parent by a foreign key, table
-- by table and by the import that brought them. A table that comes later is asked
-- as well; apart are those that go with their parent.
create function referring(parent regclass, ids uuid[], apart text[] default '{}') returns table (child text, id uuid, import uuid, n bigint)
language plpgsql stable set search_path = public, pg_temp as $$
declare
  c record;
begin
  for c in
    select k.conrelid::regclass::text as child, a.attname as col,
      exists (select from pg_attribute i where i.attrelid = k.conrelid and i.attname = 'import_id' and not i.attisdropped) as brought
    from pg_constraint k, unnest(k.conkey, k.confkey) u (own, their)
      join pg_attribute a on a.attnum = u.own
      join pg_attribute p on p.attnum = u.their and p.attname = 'id'
    where k.contype = 'f' and k.confrelid = parent and a.attrelid = k.conrelid and p.attrelid = k.confrelid and not k.conrelid::regclass::text = any (apart)
    order by 1, 2
  loop
    return query execute format('select %L::text, x.%I, %s, count(*) from %I x where x.%I = any ($1) group by 1, 2, 3',
      c.child, c.col, case when c.brought then 'x.import_id' else 'null::uuid' end, c.child, c.col) using ids;
  end loop;
end $$;
-- +goose StatementEnd
revoke execute on function referring(regclass, uuid[], text[]) from public;

-- +goose Down
drop function referring(regclass, uuid[], text[]);
