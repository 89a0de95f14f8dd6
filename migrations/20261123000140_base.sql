-- The incubation bases of the communities. Owner: internal/incubator.
-- Policy 二(三) and 三(一): twenty-three bases, each resting on the party-service
-- centre of its community. What nobody has recorded is null, never guessed.

-- +goose Up
create table incubation_base (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,40}$'), -- names the base in its address
  name text not null check (length(name) between 4 and 60),
  community_code text not null references region,
  host text not null check (host <> ''), -- 社区党群服务中心
  address text check (length(address) between 4 and 100),
  area_m2 int check (area_m2 between 1 and 100000),
  seats int check (seats between 0 and 5000),
  open_hours text check (length(open_hours) between 2 and 100),
  manager text check (length(manager) between 2 and 60), -- for staff; not published
  phone text check (phone ~ '^[0-9-]{7,20}$'),           -- public service line
  facilities text check (length(facilities) between 2 and 500),
  status text not null default 'planned' check (status in ('planned', 'open', 'closed')),
  opened_on date,
  updated_at timestamptz,
  version int not null default 1,
  -- Who comes to an open base needs to know where it is and when.
  constraint incubation_base_open check (status <> 'open' or (address is not null and open_hours is not null)),
  constraint incubation_base_opened check (opened_on is null or status <> 'planned')
);
-- One base per community; a closed one may be followed by another.
create unique index incubation_base_community on incubation_base (community_code) where status <> 'closed';
create unique index incubation_base_name on incubation_base (name) where status <> 'closed';

insert into incubation_base (id, slug, name, community_code, host) values
  ('0199a1b0-2017-7906-8928-000000000101', 'liulian', '六联社区社会组织孵化基地', '440310001001', '六联社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000102', 'liuhe', '六和社区社会组织孵化基地', '440310001002', '六和社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000103', 'pingshan', '坪山社区社会组织孵化基地', '440310001003', '坪山社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000104', 'heping', '和平社区社会组织孵化基地', '440310001004', '和平社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000105', 'pinghuan', '坪环社区社会组织孵化基地', '440310002001', '坪环社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000106', 'jiangling', '江岭社区社会组织孵化基地', '440310002002', '江岭社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000107', 'maluan', '马峦社区社会组织孵化基地', '440310002003', '马峦社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000108', 'shatang', '沙坣社区社会组织孵化基地', '440310002004', '沙坣社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000109', 'biling', '碧岭社区社会组织孵化基地', '440310003001', '碧岭社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000110', 'tangkeng', '汤坑社区社会组织孵化基地', '440310003002', '汤坑社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000111', 'shahu', '沙湖社区社会组织孵化基地', '440310003003', '沙湖社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000112', 'jingui', '金龟社区社会组织孵化基地', '440310004001', '金龟社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000113', 'shijing', '石井社区社会组织孵化基地', '440310004002', '石井社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000114', 'tiantou', '田头社区社会组织孵化基地', '440310004003', '田头社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000115', 'tianxin', '田心社区社会组织孵化基地', '440310004004', '田心社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000116', 'kengzi', '坑梓社区社会组织孵化基地', '440310005001', '坑梓社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000117', 'xiuxin', '秀新社区社会组织孵化基地', '440310005002', '秀新社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000118', 'jinsha', '金沙社区社会组织孵化基地', '440310005003', '金沙社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000119', 'shatian', '沙田社区社会组织孵化基地', '440310005004', '沙田社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000120', 'longtian', '龙田社区社会组织孵化基地', '440310006001', '龙田社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000121', 'nanbu', '南布社区社会组织孵化基地', '440310006002', '南布社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000122', 'zhukeng', '竹坑社区社会组织孵化基地', '440310006003', '竹坑社区党群服务中心'),
  ('0199a1b0-2017-7906-8928-000000000123', 'laokeng', '老坑社区社会组织孵化基地', '440310006004', '老坑社区党群服务中心');

revoke delete, truncate on incubation_base from portal_app;

-- +goose Down
drop table incubation_base;
