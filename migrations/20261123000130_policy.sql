-- Policy documents in articles, with their force, and the parameters under which
-- cases are decided. Owner: internal/policy.
-- A case pins the edition it was taken under, so an approved edition never
-- changes again: a new value is a new edition.

-- +goose Up
create table policy_document (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9-]{3,60}$'), -- names the document in its address
  kind text not null check (kind in ('policy', 'rules')), -- the policy itself, or detailed rules under it
  no text not null default '', -- 文号; empty when the published text carries none
  title text not null check (title <> ''),
  issued_by text not null check (issued_by <> ''),
  issued_on date not null,
  effective_from date not null,
  effective_to date, -- last day of force; null while no end is set
  archived_on date,
  source text not null default '',
  demo boolean not null default false,
  version int not null default 1,
  check (issued_on <= effective_from),
  check (effective_to >= effective_from),
  check (archived_on > effective_to),
  -- On one day at most one policy is in force.
  constraint policy_document_one_in_force exclude using gist (daterange(effective_from, effective_to, '[]') with &&)
    where (kind = 'policy')
);

create table policy_article (
  document_id uuid not null references policy_document,
  ordinal int not null check (ordinal > 0),
  path text not null check (path <> ''),   -- how an article is cited: 三（二）1（1）
  label text not null check (label <> ''), -- what it is called in lists and links
  number text not null default '',         -- as printed before it: （一）
  title text not null default '',          -- heading line of its own, if it has one
  text text not null default '',           -- verbatim, paragraphs separated by line feeds
  primary key (document_id, path),
  unique (document_id, ordinal),
  check (title <> '' or text <> '')
);

create table policy_edition (
  id uuid primary key,
  document_id uuid not null references policy_document,
  label text not null unique check (label <> ''),
  effective_from date not null,
  effective_to date,
  status text not null default 'draft' check (status in ('draft', 'approved', 'rejected')),
  approved_at timestamptz,
  demo boolean not null default false,
  version int not null default 1,
  check (effective_to >= effective_from),
  check ((status = 'approved') = (approved_at is not null)),
  constraint policy_edition_one_in_force exclude using gist (daterange(effective_from, effective_to, '[]') with &&)
    where (status = 'approved')
);
create index policy_edition_document on policy_edition (document_id);

-- Which keys there are, with their Chinese names and units, is the closed list in
-- internal/policy; here is what an edition says about each. No dates of its own:
-- a value holds as long as its edition.
create table policy_parameter (
  edition_id uuid not null references policy_edition,
  key text not null check (key ~ '^[a-z0-9_]+(\.[a-z0-9_]+)+$'),
  type text not null check (type in ('integer', 'money', 'percent', 'choice', 'monthday')),
  value jsonb not null,
  article text not null default '', -- the article it carries out; empty for site settings
  source text not null check (source in ('policy', 'precedent', 'default')),
  confirmed boolean not null, -- false: 待确认
  version int not null default 1,
  primary key (edition_id, key),
  constraint policy_parameter_typed check (case type
    when 'choice' then jsonb_typeof(value) = 'string' and value #>> '{}' <> ''
    when 'monthday' then jsonb_typeof(value) = 'string' and value #>> '{}' ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    when 'percent' then jsonb_typeof(value) = 'number' and value::text ~ '^([0-9]{1,2}|100)$'
    else jsonb_typeof(value) = 'number' and value::text ~ '^[0-9]{1,15}$' end),
  constraint policy_parameter_source check (source <> 'policy' or (confirmed and article <> ''))
);

-- +goose StatementBegin
-- An edition lies within the force of its document, and an approved one keeps
-- its document, label, start and status; only its end may be set.
create function policy_edition_guard() returns trigger language plpgsql as $$
declare d policy_document;
begin
  if tg_op = 'UPDATE' and old.status = 'approved'
    and (new.id, new.document_id, new.label, new.effective_from, new.status, new.approved_at, new.demo)
      is distinct from (old.id, old.document_id, old.label, old.effective_from, old.status, old.approved_at, old.demo) then
    raise exception 'policy edition % is approved and does not change', old.label using errcode = 'check_violation';
  end if;
  select * into strict d from policy_document where id = new.document_id;
  if not daterange(new.effective_from, new.effective_to, '[]') <@ daterange(d.effective_from, d.effective_to, '[]') then
    raise exception 'policy edition % is not within the force of its document', new.label using errcode = 'check_violation';
  end if;
  return new;
end $$;

create function policy_parameter_guard() returns trigger language plpgsql as $$
begin
  if exists (select from policy_edition e where e.status = 'approved'
    and e.id in (case when tg_op <> 'INSERT' then old.edition_id end, case when tg_op <> 'DELETE' then new.edition_id end)) then
    raise exception 'parameters of an approved edition do not change' using errcode = 'check_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
-- +goose StatementEnd
create trigger policy_edition_guard before insert or update on policy_edition
  for each row execute function policy_edition_guard();
create trigger policy_parameter_guard before insert or update or delete on policy_parameter
  for each row execute function policy_parameter_guard();

revoke update, delete, truncate on policy_article from portal_app;
revoke delete, truncate on policy_document, policy_edition from portal_app;
revoke truncate on policy_parameter from portal_app;

-- The policy of 2017, verbatim; its page shows it as lapsed, archived 2020-12-25.
insert into policy_document (id, slug, kind, title, issued_by, issued_on, effective_from, effective_to, archived_on, source) values
  ('0199a1b0-2017-7906-8928-000000000001', '2017-implementation-opinions', 'policy', '坪山区关于培育和发展社区社会组织的实施意见', '深圳市坪山区人民政府办公室',
    '2017-09-06', '2017-09-28', '2020-09-27', '2020-12-25', '坪山区人民政府办公室，区规范性文件，2017年9月6日发布');
insert into policy_article (document_id, ordinal, path, label, number, title, text) values
  ('0199a1b0-2017-7906-8928-000000000001', 1, '通知', '印发通知', '', '',
    E'各有关单位：\n《坪山区关于培育和发展社区社会组织的实施意见》经区政府研究同意，现印发给你们，请结合实际认真贯彻执行。执行中遇到的问题请径向民政局反映。'),
  ('0199a1b0-2017-7906-8928-000000000001', 2, '前言', '前言', '', '',
    '为深入贯彻党的十八大、十八届三中全会关于创新社会治理体制、激发社会组织活力、加强基层民主自治的部署要求，充分发挥社区社会组织在促进社区服务、加强社区管理、构建和谐社区等方面的积极作用，结合坪山区实际，现就培育和发展社区社会组织提出如下意见。'),
  ('0199a1b0-2017-7906-8928-000000000001', 3, '一', '培育和发展社区社会组织的重要性和紧迫性', '一、', '培育和发展社区社会组织的重要性和紧迫性',
    E'党的十八大报告提出“引导社会组织健康有序发展，充分发挥群众参与社会管理的基础作用”，“发挥基层各类组织协同作用，实现政府管理和基层民主有机结合”，明确要培育和扶持社区社会组织，切实提高社区社会组织活力，促进社区社会组织健康发展。\n坪山区按照中央和省、市的战略部署，贯彻落实《中共广东省委 广东省人民政府印发〈关于进一步培育发展和规范管理社会组织的方案〉的通知》（粤发〔2012〕7号）、《关于培育发展城乡基层群众生活类社会组织的指导意见》（粤民民〔2012〕134号）和《中共深圳市委 深圳市人民政府〈关于进一步推进社会组织改革发展的意见〉》（深发〔2012〕12号）等文件精神，大力培育发展社区社会组织，不断引导社区社会组织在文化体育、邻里互助、志愿服务、社区服务等领域发挥越来越大的作用。但总体看来，坪山区社区社会组织数量较少，规模较小，能力较弱，难以适应新时期坪山区社会发展的工作要求。为此，要按照中央和省、市的总体要求，把促进社区社会组织发展作为坪山区社会建设一项重要而紧迫的任务，切实抓紧抓好。'),
  ('0199a1b0-2017-7906-8928-000000000001', 4, '二', '总体要求', '二、', '总体要求',
    ''),
  ('0199a1b0-2017-7906-8928-000000000001', 5, '二（一）', '指导思想', '（一）', '',
    '指导思想。以科学发展观为指导，按照“创新政策、大力扶持、积极培育、科学发展”的工作思路，立足培育发展、立足先行先试，大胆探索，加大社区社会组织培育发展创新力度，充分发挥社区社会组织在社会治理和公共服务中的积极作用。'),
  ('0199a1b0-2017-7906-8928-000000000001', 6, '二（二）', '主要对象', '（二）', '',
    '主要对象。社区社会组织涉及领域广泛，功能作用不同，表现形式不一，按照社区社会组织的性质、规模、业务范围、成员与服务对象的不同进行科学分类，结合坪山区实际，实施“3+3”的分类发展原则，即重点培育社会福利类、公益慈善类和社会服务类等三类社区社会组织，大力发展文化体育类、科技研究类和维权类等三类社区社会组织。'),
  ('0199a1b0-2017-7906-8928-000000000001', 7, '二（三）', '总体目标', '（三）', '',
    '总体目标。用3年时间，构建以居民需求为导向、公益服务为宗旨，建立发展有序、覆盖广泛、布局合理的社区社会组织体系，形成23个社区社会组织孵化基地联动运作，提供多样化、多层次的综合孵化服务；培育一批能够承担政府转移、委托、授权的职能，能够履行相应的社会管理和公共服务职能的社区社会组织；建立以社会工作者和义工为骨干，社区社会组织为依托、“双工一社”相互融合、相互协同的服务运行模式，打造一批具有良好社会效应的社区服务品牌项目。'),
  ('0199a1b0-2017-7906-8928-000000000001', 8, '三', '主要措施', '三、', '主要措施',
    ''),
  ('0199a1b0-2017-7906-8928-000000000001', 9, '三（一）', '建立社区社会组织孵化基地', '（一）', '建立社区社会组织孵化基地',
    '健全社区社会组织指导、服务平台，建立以社区党群服务中心为依托的社区社会组织孵化基地，为社区社会组织做好服务保障，主要包括：提供信息交流以及政策法律法规的宣传服务；协助社区社会组织完善内部管理制度；开展业务指导和项目研发引导服务；提供活动场地，调配社区资源；提供能力提升服务，开展学习培训活动等。'),
  ('0199a1b0-2017-7906-8928-000000000001', 10, '三（二）', '合理调整社区社会组织资金扶持力度', '（二）', '合理调整社区社会组织资金扶持力度',
    '建立公共财政投入保障机制和参与社区服务的社区社会组织资助、评估机制。设立“社区社会组织扶持专项资金”，推进社区社会组织可持续发展，鼓励社会组织参与社区服务。'),
  ('0199a1b0-2017-7906-8928-000000000001', 11, '三（二）1', '四项工程', '1.', '',
    '实施“四项工程”，用于培育扶持社区社会组织，保障政府向社区社会组织购买服务和社区服务社会化运作。'),
  ('0199a1b0-2017-7906-8928-000000000001', 12, '三（二）1（1）', '孵化关爱工程', '（1）', '',
    '实施“孵化关爱工程”。推动社区社会组织成立发展。新成立的社区社会组织，可在半年后向民政局申请扶持资金。'),
  ('0199a1b0-2017-7906-8928-000000000001', 13, '三（二）1（2）', '成长关爱工程', '（2）', '',
    '实施“成长关爱工程”。鼓励社区社会组织积极开展公益服务。社区社会组织开展社区公益服务活动后，可向民政局提交申请书、活动策划方案、总结报告及相关图片资料等材料申请活动经费补贴。'),
  ('0199a1b0-2017-7906-8928-000000000001', 14, '三（二）1（3）', '小项目，大建设工程', '（3）', '',
    '实施“小项目，大建设工程”，鼓励社区社会组织积极开发和实施公益项目。在“社区社会组织发展专项资金”中建立“微公益创投资金”，面向社区社会组织开展微公益项目创投大赛，组织相关专家进行项目评审，综合评估项目的重要性、规模、成效等因素，择优对一批优秀的社区服务项目进行资助。服务项目及财政资金扶持额度向社会公布。'),
  ('0199a1b0-2017-7906-8928-000000000001', 15, '三（二）1（4）', '人才扶持工程', '（4）', '',
    '实施“人才扶持工程”，开展社区社会组织人才培养。定期开展社区社会组织带头人培训和从业人员职业能力培训，提升社区社会组织负责人及从业人员的内部治理和项目开发管理能力。开展社区社会组织人才认定工作，建立社区社会组织人才补贴制度，在坪山区服务满一年以上的社区社会组织专职工作者，经申请、审核和公示后，给予每人每月一定数额的工作补贴。'),
  ('0199a1b0-2017-7906-8928-000000000001', 16, '三（二）2', '评估工作', '2.', '',
    '开展评估工作，完善坪山区社区社会组织评估体系，明确评估细则，对社区社会组织进行综合性评估。'),
  ('0199a1b0-2017-7906-8928-000000000001', 17, '三（二）2（1）', '评估时间、机构和有效期', '（1）', '',
    '评估工作于每年第四季度进行，由第三方评估机构对符合参评条件的社区社会组织开展评估。评估结果作为下一年度社区社会组织获得政府扶持资助的重要参考依据，同时评级高的社区社会组织优先享有政府向其购买服务的权利。社区社会组织评估等级有效期为2年，评估等级有效期满前1年，社区社会组织可以申请重新评估。'),
  ('0199a1b0-2017-7906-8928-000000000001', 18, '三（二）2（2）', '星级评估等级', '（2）', '',
    '建立星级评估等级制度，根据评估合格的社区社会组织总数，划分3个等级，由高至低依次为3星级、2星级、1星级。'),
  ('0199a1b0-2017-7906-8928-000000000001', 19, '三（三）', '加强社区社会组织规范化建设', '（三）', '加强社区社会组织规范化建设',
    ''),
  ('0199a1b0-2017-7906-8928-000000000001', 20, '三（三）1', '综合监管体系', '1.', '',
    '建立健全综合监管体系。加强登记管理机关、业务指导（主管）部门、街道和各社区之间的信息共享、工作交流和协同监管，形成监管合力。政府各职能部门要通力合作，为社区社会组织提供良好的生存空间，为社区社会组织成长提供政策、理论、资金等支持；街道办事处协助区业务指导（主管）部门引领社区社会组织按照法律法规的要求不断规范发展；社区居委会激发社区群众参与社区建设的热情，帮助社区社会组织营造良好的发展氛围。'),
  ('0199a1b0-2017-7906-8928-000000000001', 21, '三（三）2', '内部管理', '2.', '',
    '强化社区社会组织内部管理。制定社区社会组织内部制度规范指引，鼓励社区社会组织完善内部民主和制衡约束制度，规范会员大会、理事会、换届选举等工作机制，建立健全财务管理和信息公开制度，引导社区社会组织按章程开展活动，实现自我教育、自我服务、自我管理、自我监督。'),
  ('0199a1b0-2017-7906-8928-000000000001', 22, '三（三）3', '监督执法', '3.', '',
    '加大社区社会组织监督执法力度。社区社会组织对获得的资助款项应专款专用，主要用于组织的硬件建设、服务支出及能力提升等有利于提高组织服务水平的支出事项，不得侵占、私分、挪用等，如发现违规行为将依法追究责任并追回资助款项。对活动不正常、运作能力弱和社会认可度低的社区社会组织，引导其合并、注销或撤销备案。严格查处有违法违规行为的社区社会组织，根据相关条例规定予以处罚。'),
  ('0199a1b0-2017-7906-8928-000000000001', 23, '四', '保障措施', '四、', '保障措施',
    ''),
  ('0199a1b0-2017-7906-8928-000000000001', 24, '四（一）', '加强领导，明确责任', '（一）', '',
    '加强领导，明确责任。为切实加强对培育发展社区社会组织工作的领导，成立以区主要领导为组长、分管领导为副组长、各有关部门负责人为成员的工作领导小组，具体负责社区社会组织的培育发展、检查指导和监督管理。'),
  ('0199a1b0-2017-7906-8928-000000000001', 25, '四（二）', '合理投入，保障经费', '（二）', '',
    '合理投入，保障经费。区财政应安排适当财力，用于扶持社区社会组织培育发展，并逐步建立起长效保障机制，明确操作规程，加强监督管理，保障对新成立社会组织的资助、对优秀社区社会组织的扶持。'),
  ('0199a1b0-2017-7906-8928-000000000001', 26, '四（三）', '广泛宣传，营造氛围', '（三）', '',
    '广泛宣传，营造氛围。利用电视、报纸、网络等新闻媒体，通过开辟专栏、专题访谈、系列报道等形式，宣传报道坪山区社区社会组织发展的意义、成效等，及时总结推广好经验、好做法，广泛宣传涌现出来的社区社会组织先进典型，及时曝光反面典型，努力营造全面推进社区社会组织发展的浓厚氛围。'),
  ('0199a1b0-2017-7906-8928-000000000001', 27, '四（四）', '细化措施，规范执行', '（四）', '',
    '细化措施，规范执行。为保障该文件有效落实，由民政局出台相应培育和发展社区社会组织实施细则，对文件中的相关内容加以规范、细化，保障坪山区培育和发展社区社会组织工作标准统一、措施有力、落实到位。'),
  ('0199a1b0-2017-7906-8928-000000000001', 28, '附则', '施行、解释和有效期', '', '',
    '本意见自2017年9月28日起施行，由民政局负责解释，有效期3年。');

-- Its parameters. What the text does not fix is a default or taken from a
-- published rule elsewhere, and 待确认 until the bureau confirms it.
insert into policy_edition (id, document_id, label, effective_from, effective_to) values
  ('0199a1b0-2017-7906-8928-000000000002', '0199a1b0-2017-7906-8928-000000000001', '参数 2017-1 版', '2017-09-28', '2020-09-27');
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
select '0199a1b0-2017-7906-8928-000000000002', key, type, value::jsonb, article, source, source = 'policy' from (values
  ('startup.min_age_months', 'integer', '6', '三（二）1（1）', 'policy'),
  ('startup.max_age_months', 'integer', '24', '三（二）1（1）', 'default'),
  ('startup.amount_filed', 'money', '500000', '三（二）1（1）', 'default'),
  ('startup.amount_registered', 'money', '2000000', '三（二）1（1）', 'default'),
  ('startup.priority_bonus_pct', 'percent', '20', '二（二）', 'default'),
  ('startup.min_activities', 'integer', '1', '三（二）1（1）', 'default'),
  ('startup.same_head_years', 'integer', '3', '三（二）1（1）', 'default'),
  ('startup.pay_wd', 'integer', '15', '四（二）', 'default'),
  ('startup.use_report_months', 'integer', '6', '三（三）3', 'default'),
  ('activity.max_per_year', 'integer', '2', '三（二）1（2）', 'precedent'),
  ('activity.rate_mode', 'choice', '"flat"', '三（二）1（2）', 'default'),
  ('activity.rate_pct', 'percent', '60', '三（二）1（2）', 'default'),
  ('activity.tier_from', 'integer', '6', '三（二）1（2）', 'precedent'),
  ('activity.tier_low_pct', 'percent', '40', '三（二）1（2）', 'precedent'),
  ('activity.tier_high_pct', 'percent', '60', '三（二）1（2）', 'precedent'),
  ('activity.cap_event', 'money', '300000', '三（二）1（2）', 'default'),
  ('activity.cap_year', 'money', '1000000', '三（二）1（2）', 'default'),
  ('activity.claim_days', 'integer', '60', '三（二）1（2）', 'default'),
  ('activity.min_participants', 'integer', '15', '三（二）1（2）', 'default'),
  ('activity.min_photos', 'integer', '3', '三（二）1（2）', 'default'),
  ('activity.star3_bonus_pct', 'percent', '20', '三（二）2（1）', 'default'),
  ('activity.star2_bonus_pct', 'percent', '10', '三（二）2（1）', 'default'),
  ('venture.cap', 'money', '5000000', '三（二）1（3）', 'default'),
  ('venture.floor', 'money', '500000', '三（二）1（3）', 'default'),
  ('venture.per_org_per_round', 'integer', '1', '三（二）1（3）', 'precedent'),
  ('venture.tranche_first_pct', 'percent', '60', '三（二）1（3）', 'default'),
  ('venture.tranche_mid_pct', 'percent', '30', '三（二）1（3）', 'default'),
  ('venture.tranche_final_pct', 'percent', '10', '三（二）1（3）', 'default'),
  ('venture.first_pay_wd', 'integer', '15', '三（二）1（3）', 'precedent'),
  ('venture.grade_a_min', 'integer', '85', '三（二）1（3）', 'precedent'),
  ('venture.grade_b_min', 'integer', '60', '三（二）1（3）', 'precedent'),
  ('talent.min_service_months', 'integer', '12', '三（二）1（4）', 'policy'),
  ('talent.monthly_junior', 'money', '30000', '三（二）1（4）', 'default'),
  ('talent.monthly_middle', 'money', '50000', '三（二）1（4）', 'default'),
  ('talent.monthly_senior', 'money', '80000', '三（二）1（4）', 'default'),
  ('eval.quarter', 'integer', '4', '三（二）2（1）', 'policy'),
  ('eval.valid_years', 'integer', '2', '三（二）2（1）', 'policy'),
  ('eval.reapply_months', 'integer', '12', '三（二）2（1）', 'policy'),
  ('eval.quota3_pct', 'percent', '20', '三（二）2（2）', 'default'),
  ('eval.quota2_pct', 'percent', '30', '三（二）2（2）', 'default'),
  ('eval.quota1_pct', 'percent', '50', '三（二）2（2）', 'default'),
  ('eval.pass', 'integer', '60', '三（二）2（2）', 'default'),
  ('eval.min3', 'integer', '85', '三（二）2（2）', 'default'),
  ('eval.min2', 'integer', '70', '三（二）2（2）', 'default'),
  ('eval.review_decision_days', 'integer', '15', '三（二）2', 'precedent'),
  ('notice.grant_wd', 'integer', '5', '四（二）', 'precedent'),
  ('notice.talent_wd', 'integer', '5', '三（二）1（4）', 'default'),
  ('notice.venture_wd', 'integer', '5', '三（二）1（3）', 'precedent'),
  ('notice.eval_wd', 'integer', '7', '三（二）2', 'default'),
  ('notice.large_wd', 'integer', '7', '四（二）', 'default'),
  ('notice.end_hour', 'integer', '24', '四（四）', 'default'),
  ('large_item.amount', 'money', '10000000', '四（一）', 'default'),
  ('credit.info_entry_wd', 'integer', '5', '三（三）3', 'precedent'),
  ('credit.serious_after_abnormal_years', 'integer', '2', '三（三）3', 'precedent'),
  ('credit.min_years_on_serious', 'integer', '2', '三（三）3', 'precedent'),
  ('ban.breach_years', 'integer', '3', '三（三）3', 'precedent'),
  ('ban.fraud_years', 'integer', '5', '三（三）3', 'default'),
  ('lookback.violation_years', 'integer', '3', '三（三）3', 'precedent'),
  ('recovery.repay_wd', 'integer', '15', '三（三）3', 'default'),
  ('recovery.hearing_wd', 'integer', '5', '三（三）3', 'default'),
  ('unspent.return_years', 'integer', '2', '四（二）', 'precedent'),
  ('filing.registrar', 'choice', '"subdistrict"', '三（三）1', 'precedent'),
  ('filing.accept_wd', 'integer', '5', '四（四）', 'default'),
  ('filing.decide_wd', 'integer', '10', '四（四）', 'default'),
  ('filing.correct_wd', 'integer', '10', '四（四）', 'default'),
  ('correction.max_rounds', 'integer', '2', '四（四）', 'default'),
  ('opinion.community_wd', 'integer', '3', '三（三）1', 'default'),
  ('opinion.subdistrict_wd', 'integer', '5', '三（三）1', 'default'),
  ('opinion.bureau_wd', 'integer', '10', '四（四）', 'default'),
  ('period.met_on', 'choice', '"corresponding_day"', '四（四）', 'default'),
  ('annual_report.unit_due', 'monthday', '"03-31"', '三（三）2', 'precedent'),
  ('annual_report.registrar_due', 'monthday', '"05-31"', '三（三）2', 'precedent'),
  ('base.target', 'integer', '23', '二（三）', 'policy'),
  ('session.idle_staff_min', 'integer', '15', '', 'default'),
  ('session.idle_org_min', 'integer', '30', '', 'default'),
  ('audit.keep_days', 'integer', '1095', '', 'default')
) as p (key, type, value, article, source);
update policy_edition set status = 'approved', approved_at = '2026-11-23 00:00:00+08' where id = '0199a1b0-2017-7906-8928-000000000002';

-- +goose Down
drop table policy_parameter, policy_edition, policy_article, policy_document;
drop function policy_parameter_guard();
drop function policy_edition_guard();
