-- Run by bulk.go in one transaction of the owner, a paragraph a statement.
create temp table bulk_place on commit drop as
select row_number() over (order by code) - 1 as ordinal, code, parent_code, regexp_replace(name, '社区$', '') as name, count(*) over () as places
from region where kind = 'community' and valid_to is null

create temp table bulk_organization (
  k int primary key, id uuid not null, person uuid not null, payee uuid not null, name text not null, head text not null, category text not null,
  community text not null, subdistrict text not null) on commit drop

insert into bulk_organization
select k, md5('organization' || @seed::text || k)::uuid, md5('person' || @seed::text || k)::uuid, md5('payee' || @seed::text || k)::uuid,
  p.name || '社区' || (@words::text[])[1 + (a >> 8) % array_length(@words::text[], 1)] || (@bodies::text[])[1 + (a >> 16) % array_length(@bodies::text[], 1)] || '测' || k,
  (@surnames::text[])[1 + (a >> 24) % array_length(@surnames::text[], 1)] || (@given::text[])[1 + (a >> 32) % array_length(@given::text[], 1)],
  (array['welfare', 'charity', 'social_service_cat', 'culture_sport', 'sci_tech', 'rights', 'charity', 'social_service_cat'])[1 + (a >> 40) % 8],
  p.code, p.parent_code
from generate_series(1, @organizations::int) k, lateral (select hashint8extended(k, @seed) & 9007199254740991 as a) h, bulk_place p
where p.ordinal = h.a % p.places

create temp table bulk (
  i int primary key, case_id uuid not null, commitment uuid not null, payment uuid not null, o int not null, programme text not null, prefix text not null,
  serial int not null, year int not null, granted date not null, amount bigint not null, requested bigint not null, state text not null, came text, back bigint not null,
  title text not null) on commit drop

insert into bulk
select i, md5('case' || @seed::text || i)::uuid, md5('commitment' || @seed::text || i)::uuid, md5('payment' || @seed::text || i)::uuid, o, programme,
  case programme when 'startup' then 'FH' when 'activity' then 'CZ' when 'venture' then 'WC' else 'RC' end, 100000 + i, extract(year from granted)::int, granted,
  amount, amount + case when a % 3 = 0 then amount / 5 else 0 end,
  case when a % 100 < 4 then 'terminated' when granted > @last::date - 20 then 'granted' when granted > @last::date - 150 then 'reporting' else 'closed' end,
  case when a % 100 < 4 or granted > @last::date - 20 then null when a % 100 < 12 then 'return' when a % 100 = 12 then 'recover' end,
  amount * (1 + (a >> 30) % 30) / 100,
  case programme when 'startup' then '启动扶持' when 'talent' then '专职社工补贴'
    else (@titles::text[])[1 + (a >> 20) % array_length(@titles::text[], 1)] || '（' || i || '）' end
from (
  select i, a, o, programme, 100 * case programme when 'startup' then 5000 * (1 + 3 * (a % 2)) when 'activity' then 300 + (a >> 12) % 2700
      when 'venture' then 5000 + (a >> 12) % 45000 else 1800 * (1 + (a >> 12) % 10) end as amount,
    make_date(y, 1, 20) + ((a >> 5) % case when y = @year then greatest(@last::date - make_date(y, 1, 20), 1) else 335 end)::int as granted
  from (
    select i, a, 1 + (i - 1) % @organizations::int as o, @year - case when @last::date < make_date(@year, 2, 15) then 1 + (a >> 3) % 5 else (a >> 3) % 5 end::int as y,
      case (i - 1) / @organizations::int when 0 then 'startup' when 1 then 'activity' else case a % 4 when 0 then 'talent' else 'venture' end end as programme
    from generate_series(1, @n::int) i, lateral (select hashint8extended(i, @seed + 1) & 9007199254740991 as a) h) x) y

insert into person (id, name, created_at, updated_at)
select person, head, @now, @now from bulk_organization

insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since, head_person_id, head_name,
  community_code, subdistrict_code, business_scope, demo, created_at, updated_at)
select id, name, 'association', 'filed', category, @mark || lpad(k::text, 7, '0'), make_date(@year - 6, 1, 1) + k % 200, '街道办事处', 'new', make_date(@year - 6, 1, 1) + k % 200,
  person, head, community, subdistrict, '测量用的数据', true, @now, @now
from bulk_organization

insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4, saved_at, saved_by, verified_at, verified_by)
select payee, id, 'own', '演示银行', '坪山支行', name, '\x00', decode(md5(k::text), 'hex'), '0000', @now, md5('saver')::uuid, @now, md5('verifier')::uuid from bulk_organization

insert into ledger_pool (id, year, purpose, created_at)
select md5('pool' || year || programme)::uuid, year, programme, make_timestamptz(year, 1, 5, 9, 0, 0, 'Asia/Shanghai') from (select distinct year, programme from bulk) p
on conflict (year, purpose) do nothing

insert into ledger_budget_item (id, kind, pool_id, amount_fen, document_no, reason, made_at, made_by, made_person, maker_name)
select md5('budget' || l.id || part)::uuid, 'increase', l.id, least(b.total - 90000000000 * (part - 1), 90000000000), '演示〔' || l.year || '〕' || part || '号', '测量用的预算',
  make_timestamptz(l.year, 1, 6, 9, 0, 0, 'Asia/Shanghai'), md5('maker')::uuid, md5('maker')::uuid, '演示经办'
from (select year, programme, sum(amount)::bigint * 11 / 10 + 100 as total from bulk group by 1, 2) b
  join ledger_pool l on l.year = b.year and l.purpose = b.programme, generate_series(1, (b.total + 89999999999) / 90000000000) part

update ledger_budget_item set state = 'checked', checked_at = made_at, checked_by = md5('checker')::uuid, checked_person = md5('checker')::uuid, checker_name = '演示复核', version = 2
where state = 'proposed' and maker_name = '演示经办'

insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class, waits_role, amount_fen, edition_id,
  created_by, created_at, submitted_at, entered_at, closed_at)
select b.case_id, b.programme, b.prefix || '-' || b.year || '-' || b.serial, b.year, b.serial, o.name, o.id, o.community, o.subdistrict, b.state,
  case when b.state in ('closed', 'terminated') then 'final' else 'granted' end,
  case b.state when 'granted' then 'finance' when 'reporting' then 'org_head' else '' end, b.requested,
  (select id from policy_edition where status = 'approved' order by effective_from desc limit 1), md5('head')::uuid, b.granted - 40, b.granted - 40, b.granted + 60,
  case when b.state in ('closed', 'terminated') then (b.granted + 60)::timestamptz end
from bulk b join bulk_organization o on o.k = b.o

insert into case_event (case_id, seq, at, action, label, from_state, to_state, account_id, person_id, actor_name, actor_role)
select b.case_id, s.seq, b.granted + s.day, s.action, s.label, s.origin, s.state, md5('actor' || s.seq)::uuid, md5('actor' || s.seq)::uuid, '演示', 'system'
from bulk b, (values (1, -40, 'submit', '签署并提交', 'draft', 'opining'), (2, -30, 'accept', '受理', 'accepting', 'reviewing'), (3, 0, 'settle', '公示期满，资助核定', 'noticing', 'granted'),
  (4, 15, 'pay', '拨付成功', 'granted', 'reporting'), (5, 60, 'close', '核查通过，办结', 'reporting', 'closed'), (5, 60, 'terminate', '终止资助', 'granted', 'terminated'))
  s (seq, day, action, label, origin, state)
where s.seq < 4 or s.action = 'pay' and b.state in ('reporting', 'closed') or s.state = b.state

insert into case_opinion (id, case_id, stage, stance, account_id, actor_name, at)
select md5(stage || b.i)::uuid, b.case_id, stage, case when b.i % 40 = 0 then 'lapsed' else 'support' end, md5(stage)::uuid, '演示', b.granted - day
from bulk b, (values ('community', 37), ('subdistrict', 33)) s (stage, day)

insert into application (case_id, programme, organization_id)
select b.case_id, b.programme, o.id from bulk b join bulk_organization o on o.k = b.o

alter table award disable trigger project

alter table ledger_commitment disable trigger project

alter table ledger_entry disable trigger post

alter table ledger_payment disable trigger guard

alter table ledger_payment disable trigger post

insert into award (case_id, no, programme, year, organization_id, organization_name, category, subdistrict, community, title, purpose, amount_fen, large, edition_id,
  signed_at, signed_by, signer_name, granted_at, granted_on)
select b.case_id, c.no, b.programme, b.year, o.id, o.name, o.category, o.subdistrict, o.community, b.title, '测量用的数据', b.amount, false, c.edition_id,
  b.granted - 10, md5('signer')::uuid, '演示', b.granted, b.granted
from bulk b join bulk_organization o on o.k = b.o join case_file c on c.id = b.case_id

insert into ledger_commitment (id, pool_id, case_id, case_no, organization_id, title, created_at, amount_fen, paid_fen, returned_fen, recovered_fen)
select b.commitment, l.id, b.case_id, b.prefix || '-' || b.year || '-' || b.serial, o.id, b.title, b.granted - 10,
  case when b.state = 'terminated' then 0 else b.amount end, case when b.state in ('reporting', 'closed') then b.amount else 0 end,
  case when b.came = 'return' then b.back else 0 end, case when b.came = 'recover' then b.back else 0 end
from bulk b join bulk_organization o on o.k = b.o join ledger_pool l on l.year = b.year and l.purpose = b.programme

insert into ledger_gate (commitment_id, gate, opened_at, opened_by, opened_person, opener_name)
select commitment, 'notice', granted, md5('notice')::uuid, md5('notice')::uuid, '演示' from bulk

insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, state, made_at, made_by, made_person, maker_name, checked_at, checked_by, checked_person, checker_name,
  sent_at, sent_by, sent_person, sender_name, ended_at, ended_by, ended_person, ender_name, voucher_no, voucher_on)
select b.payment, 'BK-' || b.year || '-' || b.serial, b.commitment, o.payee, b.amount, 'succeeded', b.granted + 14, m, m, '演示经办', b.granted + 14, c, c, '演示复核',
  b.granted + 15, c, c, '演示复核', b.granted + 15, c, c, '演示复核', 'PZ' || b.serial, b.granted + 15
from bulk b join bulk_organization o on o.k = b.o, (select md5('maker')::uuid as m, md5('checker')::uuid as c) who
where b.state in ('reporting', 'closed')

insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, payment_id, account_id, person_id, actor_name, at, reason)
select c.pool_id, c.id, e.kind, e.kind, e.amount, e.payment, md5('maker')::uuid, md5('maker')::uuid, '演示', b.granted + e.day, '测量用的数据'
from bulk b join ledger_commitment c on c.id = b.commitment, lateral (values ('commit', -10, b.amount, null::uuid), ('release', 60, -b.amount, null), ('send', 15, b.amount, b.payment),
  ('pay', 15, b.amount, b.payment), ('return', 50, b.back, null), ('recover', 50, b.back, null)) e (kind, day, amount, payment)
where e.kind = 'commit' or e.kind = 'release' and b.state = 'terminated' or e.kind in ('send', 'pay') and b.state in ('reporting', 'closed') or e.kind = b.came

update ledger_pool l set committed_fen = committed_fen + s.committed, paid_fen = paid_fen + s.paid, returned_fen = returned_fen + s.returned, recovered_fen = recovered_fen + s.recovered
from (select c.pool_id, sum(c.amount_fen) as committed, sum(c.paid_fen) as paid, sum(c.returned_fen) as returned, sum(c.recovered_fen) as recovered
  from bulk b join ledger_commitment c on c.id = b.commitment group by 1) s
where l.id = s.pool_id

alter table ledger_payment enable trigger post

alter table ledger_payment enable trigger guard

alter table ledger_entry enable trigger post

alter table ledger_commitment enable trigger project

alter table award enable trigger project

select project_rebuild()
