-- The district as data: regions with validity and other names. Owner: internal/district.
-- Communities are rows, not an enum: 23 at policy time, more may follow (新和社区 is
-- not among them), and splits end one row and begin others. Codes come from one
-- statistics table; code_confirmed says which were checked against a second source.

-- +goose Up
create table region (
  code text primary key check (code ~ '^[0-9]{6}([0-9]{3}){0,2}$'),
  kind text not null,
  name text not null check (name <> '' and name = btrim(name)),
  -- Null for the district: what lies above it is not of this portal.
  parent_code text references region,
  valid_from date not null,
  valid_to date, -- inclusive; null while it exists
  code_confirmed boolean not null default false,
  -- Place of a subdistrict on the tile map, three a row from the upper left.
  map_position int check (map_position > 0),
  version int not null default 1,
  check (valid_to >= valid_from),
  check (map_position is null or kind = 'subdistrict'),
  check (kind = case length(code) when 6 then 'district' when 9 then 'subdistrict' else 'community' end),
  check ((kind = 'district') = (parent_code is null)),
  check (parent_code is null or (starts_with(code, parent_code) and length(code) = length(parent_code) + 3))
);
create unique index region_current_name on region (name) where valid_to is null;
create index region_parent on region (parent_code, code);

-- Other spellings that people type or other systems send: 沙壆 for 沙坣, 平环 for 坪环.
create table region_alias (
  alias text primary key check (alias <> '' and alias = btrim(alias)),
  region_code text not null references region
);

insert into region (code, kind, name, parent_code, valid_from, code_confirmed) values
  ('440310', 'district', '坪山区', null, '2017-01-07', true),
  ('440310001', 'subdistrict', '坪山街道', '440310', '2017-01-07', true),
  ('440310002', 'subdistrict', '马峦街道', '440310', '2017-01-07', true),
  ('440310003', 'subdistrict', '碧岭街道', '440310', '2017-01-07', true),
  ('440310004', 'subdistrict', '石井街道', '440310', '2017-01-07', true),
  ('440310005', 'subdistrict', '坑梓街道', '440310', '2017-01-07', true),
  ('440310006', 'subdistrict', '龙田街道', '440310', '2017-01-07', true),
  ('440310001001', 'community', '六联社区', '440310001', '2017-01-07', false),
  ('440310001002', 'community', '六和社区', '440310001', '2017-01-07', false),
  ('440310001003', 'community', '坪山社区', '440310001', '2017-01-07', false),
  ('440310001004', 'community', '和平社区', '440310001', '2017-01-07', false),
  ('440310002001', 'community', '坪环社区', '440310002', '2017-01-07', false),
  ('440310002002', 'community', '江岭社区', '440310002', '2017-01-07', false),
  ('440310002003', 'community', '马峦社区', '440310002', '2017-01-07', false),
  ('440310002004', 'community', '沙坣社区', '440310002', '2017-01-07', false),
  ('440310003001', 'community', '碧岭社区', '440310003', '2017-01-07', false),
  ('440310003002', 'community', '汤坑社区', '440310003', '2017-01-07', false),
  ('440310003003', 'community', '沙湖社区', '440310003', '2017-01-07', true),
  ('440310004001', 'community', '金龟社区', '440310004', '2017-01-07', false),
  ('440310004002', 'community', '石井社区', '440310004', '2017-01-07', false),
  ('440310004003', 'community', '田头社区', '440310004', '2017-01-07', false),
  ('440310004004', 'community', '田心社区', '440310004', '2017-01-07', false),
  ('440310005001', 'community', '坑梓社区', '440310005', '2017-01-07', false),
  ('440310005002', 'community', '秀新社区', '440310005', '2017-01-07', false),
  ('440310005003', 'community', '金沙社区', '440310005', '2017-01-07', false),
  ('440310005004', 'community', '沙田社区', '440310005', '2017-01-07', false),
  ('440310006001', 'community', '龙田社区', '440310006', '2017-01-07', false),
  ('440310006002', 'community', '南布社区', '440310006', '2017-01-07', false),
  ('440310006003', 'community', '竹坑社区', '440310006', '2017-01-07', false),
  ('440310006004', 'community', '老坑社区', '440310006', '2017-01-07', false);
update region r set map_position = m.position from unnest(array['坪山街道', '龙田街道', '坑梓街道', '碧岭街道', '马峦街道', '石井街道'])
  with ordinality as m (name, position) where r.name = m.name;
insert into region_alias (alias, region_code) values
  ('平环社区', '440310002001'),
  ('沙壆社区', '440310002004');

-- Regions are ended, never removed: cases and bases refer to them.
revoke delete, truncate on region from portal_app;

-- +goose Down
drop table region_alias, region;
