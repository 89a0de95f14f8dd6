-- The departments of the district that supervise or guide organizations
-- (业务主管、指导单位), with their names by date. Owner: internal/district.
-- Rows, never a closed list: departments are renamed, merged and ended.

-- +goose Up
create table department (
  code text primary key check (code ~ '^[a-z][a-z0-9-]{1,29}$'),
  valid_from date not null,
  valid_to date, -- inclusive; null while it exists
  -- What came with the portal is a default that the bureau has to confirm.
  confirmed boolean not null default true,
  version int not null default 1,
  check (valid_to >= valid_from)
);

-- A name holds until the next one begins.
create table department_name (
  department_code text not null references department,
  valid_from date not null,
  name text not null check (name = btrim(name) and char_length(name) between 2 and 60),
  short_name text not null check (short_name = btrim(short_name) and char_length(short_name) between 2 and 20),
  primary key (department_code, valid_from)
);

-- +goose StatementBegin
-- A name however it was written: 坪山区教育局, 区教育局 and 教育局 are one. A municipal
-- department is another one than that of the district.
create function department_key(t text) returns text language sql immutable strict parallel safe as
  $$ select regexp_replace(replace(public.search_key(t), ' ', ''), '^((广东省)?(深圳市?)?坪山新?区|区)', '') $$;
-- +goose StatementEnd

-- Every text by which a department is known, today's and former names included;
-- each leads to one department. What follows from a name the trigger writes.
create table department_label (
  key text primary key check (key <> '' and key = department_key(label)),
  label text not null,
  department_code text not null references department,
  alias boolean not null default false -- entered by hand: may be taken out
);
create index department_label_of on department_label (department_code);

-- +goose StatementBegin
create function department_named() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  said text;
begin
  foreach said in array array[new.name, new.short_name] loop
    insert into department_label as l (key, label, department_code) values (department_key(said), said, new.department_code)
      on conflict (key) do update set alias = false where l.department_code = excluded.department_code;
    if not found then
      raise exception '% is known as another department', said using errcode = 'unique_violation', constraint = 'department_label_pkey';
    end if;
  end loop;
  return null;
end $$;
-- +goose StatementEnd
create trigger department_named after insert on department_name for each row execute function department_named();

-- +goose StatementBegin
-- The department that a text means, null when it means none on the list.
create function department_of(said text) returns text language sql stable strict parallel safe set search_path = public, pg_temp as
  $$ select department_code from department_label where key = department_key(said) $$;
-- +goose StatementEnd
-- +goose StatementBegin
-- What a department was called on a day; before its first name, that one.
create function department_name_on(code text, day date) returns text language sql stable strict parallel safe set search_path = public, pg_temp as $$
  select name from department_name where department_code = department_name_on.code
  order by valid_from <= day desc, case when valid_from <= day then valid_from end desc, valid_from limit 1
$$;
-- +goose StatementEnd
-- +goose StatementBegin
-- A supervising unit as it was called on a day: the name of the department that
-- the text means, or the text itself.
create function unit_name_on(said text, day date) returns text language sql stable strict parallel safe set search_path = public, pg_temp as
  $$ select coalesce(department_name_on(department_of(said), day), said) $$;
-- +goose StatementEnd

-- Departments are ended and names followed by others, never altered: facts of a
-- past day refer to them.
revoke update, delete, truncate on department, department_name, department_label from portal_app;
grant update (valid_to, confirmed, version) on department to portal_app;
grant update (alias) on department_label to portal_app;
grant delete on department_label to portal_app;

-- +goose StatementBegin
create function department_label_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if not old.alias then
    raise exception '% is a name', old.label using errcode = 'check_violation', constraint = 'department_label_kept';
  end if;
  return old;
end $$;
-- +goose StatementEnd
create trigger department_label_kept before delete on department_label for each row execute function department_label_kept();

-- The departments of a district as they commonly are. All of it is 待确认.
insert into department (code, valid_from, confirmed)
  select code, '2017-01-07', false from unnest(array['civil', 'education', 'culture', 'health', 'justice', 'hr', 'industry', 'emergency', 'urban',
    'veterans', 'market', 'ecology', 'political-legal', 'united-front', 'union', 'youth', 'women', 'disabled', 'red-cross', 'science']) code;
insert into department_name (department_code, valid_from, name, short_name)
  select code, '2017-01-07', name, short_name from (values
    ('civil', '坪山区民政局', '民政局'),
    ('education', '坪山区教育局', '教育局'),
    ('culture', '坪山区文化广电旅游体育局', '文广旅体局'),
    ('health', '坪山区卫生健康局', '卫健局'),
    ('justice', '坪山区司法局', '司法局'),
    ('hr', '坪山区人力资源局', '人力资源局'),
    ('industry', '坪山区工业和信息化局', '工信局'),
    ('emergency', '坪山区应急管理局', '应急管理局'),
    ('urban', '坪山区城市管理和综合执法局', '城管局'),
    ('veterans', '坪山区退役军人事务局', '退役军人局'),
    ('market', '深圳市市场监督管理局坪山监管局', '市场监管局'),
    ('ecology', '深圳市生态环境局坪山管理局', '生态环境局'),
    ('political-legal', '中共深圳市坪山区委政法委员会', '区委政法委'),
    ('united-front', '中共深圳市坪山区委统一战线工作部', '区委统战部'),
    ('union', '坪山区总工会', '总工会'),
    ('youth', '共青团深圳市坪山区委员会', '团区委'),
    ('women', '坪山区妇女联合会', '妇联'),
    ('disabled', '坪山区残疾人联合会', '残联'),
    ('red-cross', '坪山区红十字会', '红十字会'),
    ('science', '坪山区科学技术协会', '科协')) d (code, name, short_name);
insert into department_label (key, label, department_code, alias)
  select department_key(label), label, code, true from (values
    ('culture', '文化体育局'), ('culture', '文体局'), ('culture', '公共文化体育局'),
    ('health', '卫生和计划生育局'), ('health', '卫计局'), ('health', '卫生局'),
    ('hr', '人力资源和社会保障局'), ('urban', '城市管理局'), ('market', '市场监督管理局'), ('ecology', '环境保护局'),
    ('political-legal', '政法委'), ('political-legal', '政法委员会'), ('united-front', '统战部'), ('youth', '共青团坪山区委'), ('youth', '共青团坪山区委员会')) a (code, label);

-- +goose Down
drop table department_label, department_name, department;
drop function department_label_kept();
drop function unit_name_on(text, date);
drop function department_name_on(text, date);
drop function department_of(text);
drop function department_named();
drop function department_key(text);
