package app_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
)

// world is a portal in which there is something of every kind, for the tests
// that go along every route: organizations at home and elsewhere, applications
// in several states, records, claims and accounts, and somebody of every role.
type world struct {
	*story
	own   *group // whose head and clerk are the people of the organization roles
	next  *group // a neighbour in the same community, with a mark of every kind
	third *group // another one
	away  *group // of another subdistrict
	roles []authz.Role
	as    map[authz.Role]*browser // Anonymous included

	returned, draft             string // numbers of own
	accepted, accepting, abroad string // of next, third, away
	reporting                   string // of a group whose grant was paid
	founding                    string // of an initiator
	ids                         map[string]string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{story: newStory(t), ids: map[string]string{}}
	_, w.reporting = w.paid(t, w.home)
	w.own, w.next, w.third = w.ready(t, w.home), w.ready(t, w.home), w.ready(t, w.home)
	w.away = w.ready(t, w.elsewhere(t))
	w.goTo(t, eligible)
	w.returned = w.heard(w.own)
	w.sendBack(w.returned, "budget", "报价单没有盖章，请补一份盖章的")
	w.draft = w.second(w.own)
	for _, name := range []string{"一.pdf", "二.pdf"} {
		w.paper(w.own.head, w.draft, "other", upload{name, pdfOf(name)})
	}
	w.accepted = w.story.accepted(w.next)
	w.accepting = w.heard(w.third)
	w.abroad = w.apply(w.away)
	w.mark(t)
	w.liaise(t)
	w.fund(t)
	w.policyDesk(t)
	w.library(t)
	w.everybody(t)
	w.founding = numberOf(w.as[authz.Initiator].raw(http.MethodPost, "/registry", query("family", "filing", "token", once.NewToken())))
	w.certify(t)
	w.remember(t)
	w.outing(t)
	w.notice(t)
	return w
}

// second opens one more draft. No page offers it to who has an application in
// hand, but a form that was opened before does it.
func (w *world) second(g *group) string {
	g.head.t.Helper()
	p := g.head.raw(http.MethodPost, "/applications", query("programme", "startup", "token", once.NewToken()))
	return numberOf(p)
}

// mark gives the neighbour what only offices record, and leaves something that
// waits for an office at the own organization.
func (w *world) mark(t testing.TB) {
	t.Helper()
	clerk, record := w.office(authz.BureauClerk), "/staff/organizations/"+w.next.id
	clerk.open(record+"/grants").form(record+"/grants").set("programme", "other", "title", "社区公益项目", "amount", "3000").
		date("awarded_on", founded.AddDays(20)).date("use_report_due_on", founded.AddDays(300)).submit().is(200, record)
	clerk.open(record+"/entries").form(record+"/entries").set("kind", "violation", "basis", "坪民罚〔2018〕1号", "reason", "没有按章程开展活动").
		date("from", eligible).submit().is(200, record)
	clerk.open(record+"/grades").form(record+"/grades").set("star", "1", "cert_no", "XJ-2018-001").
		date("from", founded.AddDays(30)).date("to", founded.AddDays(700)).submit().is(200, record)
	const imports = "/staff/imports"
	clerk.open(imports).form(imports).set("kind", "people").attach("file", upload{"花名册.csv",
		[]byte("组织,姓名,职务,加入日期\n没有的组织,王示例,理事,2018-01-02\n")}).submit().says("没有找到")
	w.ids["import"] = scan[string](t, w.portal, `select id::text from import_run`)
	p := clerk.open(imports).form(imports).set("kind", "people").attach("file", upload{"花名册.csv",
		[]byte("组织,姓名,职务,加入日期\n" + w.next.name + ",王示例,骨干义工," + eligible.String() + "\n")}).submit()
	p.form(p.path + "/confirmation").submit().says("已导入")
	w.ids["imported"] = scan[string](t, w.portal, `select id::text from import_run where state = 'confirmed'`)
	const mine = "/my/organization"
	for _, g := range []*group{w.own, w.next} {
		roll := g.head.open(mine+"/roster/new").form(mine+"/roster/new").set("name", "许专职", "id_no", w.residentNumber(), "post", "worker", "full_time", "yes").
			date("joined_on", founded.AddDays(30)).submit().says("许专职")
		in := roll.path + "/contracts"
		g.head.open(in).form(in).set("contract_employer", "own").date("contract_from", civil.Of(2018, 3, 1)).submit().is(200, roll.path)
		w.governed(g)
	}
	w.accounted(t)
	w.own.head.open(mine+"/systems").form(mine+"/systems").set("kind", "personnel", "title", "人员管理制度").submit().is(200, mine)
	w.own.head.open(mine+"/activities").form(mine+"/activities").set("title", "端午包粽子", "place", "六联社区广场", "participants", "40",
		"volunteers", "5", "social_workers", "0", "summary", "居民一起包粽子，送给独居老人。").date("held_on", eligible).submit().is(200, mine)
}

// liaise leaves a question to the own organization, two records of one head that
// somebody should look at, and two whose merge waits.
func (w *world) liaise(t testing.TB) {
	t.Helper()
	clerk, at := w.office(authz.BureauClerk), "/staff/organizations/"+w.own.id+"/liaison"
	clerk.open(at+"/new/request").form(at+"/new/request").set("to", "organization/"+w.own.id, "days", "5", "audience", "organization",
		"text", "活动室上周为什么没有开门").attach("files", upload{"走访.pdf", pdfOf("ask")}).submit().is(200, at)
	alike := `with alike as (update organization set head_mobile_index = decode(md5($1::text || $2), 'hex') where id in ($1::uuid, $2::uuid) returning id)
		select count(*) from alike`
	scan[int](t, w.portal, alike, w.own.id, w.next.id)
	scan[int](t, w.portal, alike, w.own.id, w.third.id)
	scan[string](t, w.portal, `insert into organization_merge (id, kept, absorbed, taken, reason, kept_version, absorbed_version, proposed_at, proposed_by, proposed_person, proposer_name)
		select gen_random_uuid(), k.id, a.id, '{}', '登记了两次', k.version, a.version, now(), gen_random_uuid(), gen_random_uuid(), '某人'
		from organization k, organization a where k.id = $1 and a.id = $2 returning id::text`, w.own.id, w.third.id)
}

// certify gives the own organization a certificate, as if a case had founded it here.
func (w *world) certify(t testing.TB) {
	t.Helper()
	w.ids["certificate"] = scan[string](t, w.portal, `with founding as (
			insert into registry_case (case_id, family, organization_id, live, document)
			select id, 'filing', organization_id, false, '{}' from case_file where organization_id = $1 order by no limit 1 returning case_id)
		insert into registry_certificate (id, no, organization_id, case_id, facts, issued_on, issued_at, signer_name)
		select gen_random_uuid(), 'ZS-2018-0007', o.id, f.case_id, jsonb_build_object('name', o.name, 'basis', o.status_basis, 'type', o.org_type, 'established_on', o.established_on),
			'2018-01-02', now(), '某人' from organization o, founding f where o.id = $1 returning no`, w.own.id)
}

// governed gives a group a meeting with its minutes, and a supervisor.
func (w *world) governed(g *group) {
	g.head.t.Helper()
	const meetings, officers = "/my/governance/meetings", "/my/governance/officers"
	files := g.head.open(meetings).form(meetings).set("kind", "council", "place", "六联社区 201 室", "expected", "7", "present", "6",
		"resolutions", "审议通过年度计划，赞成 6 票。").date("held_on", founded.AddDays(30)).submit().says("会议已登记")
	files.form(files.path).attach("file", upload{"纪要.pdf", pdfOf("minutes " + g.id)}).submit().says("文件已收到")
	g.head.open(officers).form(officers).set("post", "supervisor", "names", "王监事").date("elected_on", founded.AddDays(30)).submit().says("王监事")
}

// library leaves a guideline in every state that waits for somebody: a draft with
// a file, one to be released, one that is public.
func (w *world) library(t testing.TB) {
	t.Helper()
	clerk, reviewer := w.office(authz.BureauClerk), w.office(authz.BureauReviewer)
	began := func(key string) *page {
		at := "/staff/guidelines/new?from=" + key
		return clerk.open(at).form(at).submit().says("草稿已保存")
	}
	draft, waiting, public := began("finance"), began("election"), began("charter")
	version := scan[string](t, w.portal, `select id::text from guideline_version where guideline_id = $1`, strings.TrimPrefix(draft.path, "/staff/guidelines/"))
	draft.form(draft.path+"/files/"+version).attach("file", upload{"账页.pdf", pdfOf("guideline")}).submit().says("文件已收到")
	for _, p := range []*page{waiting, public} {
		clerk.open(p.path + "/submission").form(p.path + "/submission").submit().says("已提交")
	}
	reviewer.open(public.path + "/release").form(public.path + "/release").submit().says("已发布")
}

// accounted leaves a report in the making to the own organization and a signed one
// to the neighbour; the own one has published a document.
func (w *world) accounted(t testing.TB) {
	t.Helper()
	writeReport(w.own.head)
	writeReport(w.next.head)
	signReport(w.next.head).says("已签署报送")
	const begin = "/my/disclosures/new"
	at := w.own.head.open(begin+"?kind=document").form(begin).set("title", "章程全文").submit().path
	w.own.head.open(at).form(at+"/file").attach("file", upload{"章程.pdf", pdfOf("charter " + w.own.id)}).submit().says("文件已收到")
	w.own.head.open(at + "/publication").form(at + "/publication").submit().says("已公开")
}

// policyDesk leaves something at the desk in every state that waits for somebody.
func (w *world) policyDesk(t testing.TB) {
	t.Helper()
	reviewer := w.office(authz.BureauReviewer)
	const policies, editions, calendar = "/staff/policies/new", "/staff/editions/new", "/staff/calendar/new"
	text := reviewer.open(policies).form(policies).set("kind", "policy", "title", "新的实施办法", "issued_by", "区政府", "source", "区政府网站").
		date("issued_on", eligible).date("from", civil.Of(2020, 9, 28)).submit()
	text = text.form(text.path).set("text", "一、总则\n（一）目标。做到。").submit()
	text.form(text.path).save()
	reviewer.open(editions).form(editions).set("reason", "新的办法施行").submit().says("起草中")
	in := "/staff/policies/" + scan[string](t, w.portal, `select id::text from policy_document where status = 'approved'`) + "/closing"
	reviewer.open(in).form(in).set("reason", "提前终止施行").date("last_day", civil.Of(2019, 12, 31)).submit().says("等签批的变更")
	year := reviewer.open(calendar).form(calendar).set("text", "2027-01-01,off,元旦").submit()
	year.form(calendar).save().says("待签批")
}

// everybody signs in one person of each role.
func (w *world) everybody(t testing.TB) {
	t.Helper()
	w.as = map[authz.Role]*browser{authz.Anonymous: w.browser(t), authz.OrgHead: w.own.head.browser}
	for role, s := range w.offices {
		w.as[role] = s.browser
	}
	w.as[authz.OrgClerk] = w.clerkOf(t, w.own, "clerk-own").browser
	w.clerkOf(t, w.own, "clerk-spare")
	w.portal.office(t, "spare", account.NewAccount{Role: authz.Expert})
	founder := w.known(t, "founder", "赵发起", password(0))
	founder.get("/register").follow("我们正在筹备").form("/register").set("community", liulian, "name", founder.name, "mobile", "13700137000",
		"username", founder.username, "password", founder.password, "new_password_again", founder.password).submit().is(200, "/login")
	w.as[authz.Initiator] = founder.browser
	w.roles = append([]authz.Role{authz.Anonymous}, authz.Roles...)
	for _, role := range w.roles[1:] {
		w.as[role].open("/account").is(200, "/account").says(role.Name())
	}
}

// remember looks up the ids that addresses are made of.
func (w *world) remember(t testing.TB) {
	t.Helper()
	here, there := w.claimed(t, w.home, w.residentNumber()), w.claimed(t, w.away.quarter, w.residentNumber())
	for name, q := range map[string]struct {
		sql string
		arg any
	}{
		"claim here":   {`select c.id::text from account_claim c join account a on a.id = c.account_id where a.username = $1`, here.head.username},
		"claim there":  {`select c.id::text from account_claim c join account a on a.id = c.account_id where a.username = $1`, there.head.username},
		"clerk":        {`select id::text from account where username = $1`, "clerk-spare"},
		"office":       {`select id::text from account where username = $1`, "spare"},
		"head there":   {`select id::text from account where username = $1`, w.away.head.username},
		"system":       {`select id::text from organization_system where org_id = $1 and confirmed_on is null`, w.own.id},
		"activity":     {`select id::text from organization_activity where org_id = $1 and confirmed_on is null`, w.own.id},
		"ask":          {`select entry_id::text from liaison_request where org_id = $1`, w.own.id},
		"ask file":     {`select a.id::text from attachment a join liaison_entry e on e.files = a.owner_id where e.org_id = $1`, w.own.id},
		"merge":        {`select id::text from organization_merge where kept = $1`, w.own.id},
		"grant":        {`select id::text from earlier_grant where org_id = $1`, w.next.id},
		"entry":        {`select id::text from standing_entry where org_id = $1`, w.next.id},
		"grade":        {`select id::text from standing_grade where org_id = $1`, w.next.id},
		"member":       {`select id::text from roster_member where org_id = $1`, w.own.id},
		"member next":  {`select id::text from roster_member where org_id = $1`, w.next.id},
		"meeting":      {`select id::text from governance_meeting where org_id = $1`, w.own.id},
		"meeting next": {`select id::text from governance_meeting where org_id = $1`, w.next.id},
		"officer":      {`select id::text from governance_officer where org_id = $1`, w.own.id},
		"officer next": {`select id::text from governance_officer where org_id = $1`, w.next.id},
		"minutes":      {`select a.id::text from attachment a join governance_meeting m on m.id = a.owner_id where m.org_id = $1`, w.own.id},
		"minutes next": {`select a.id::text from attachment a join governance_meeting m on m.id = a.owner_id where m.org_id = $1`, w.next.id},
		"draft text":   {`select g.id::text from guideline g join guideline_version v on v.guideline_id = g.id where v.state = $1`, "draft"},
		"draft words":  {`select v.id::text from guideline_version v where v.state = $1`, "draft"},
		"draft file":   {`select a.id::text from attachment a where a.owner_kind = $1`, "guideline_version"},
		"waiting text": {`select guideline_id::text from guideline_version where state = $1`, "submitted"},
		"public text":  {`select guideline_id::text from guideline_version where state = $1`, "released"},
		"public no":    {`select g.no::text from guideline g join guideline_version v on v.guideline_id = g.id where v.state = $1`, "released"},
		"paper":        {`select a.id::text from attachment a join annual_report_filing f on f.id = a.owner_id where f.org_id = $1`, w.own.id},
		"report":       {`select id::text from annual_report_filing where org_id = $1`, w.next.id},
		"paper next":   {`select a.id::text from attachment a join annual_report_filing f on f.id = a.owner_id where f.org_id = $1`, w.next.id},
		"disclosure":   {`select id::text from disclosure where org_id = $1`, w.own.id},
		"version":      {`select id::text from disclosure_version where org_id = $1`, w.own.id},
		"told":         {`select attachment_id::text from disclosure_version where org_id = $1`, w.own.id},
		"letter":       {`select l.id::text from case_letter l join case_file c on c.id = l.case_id where c.no = $1`, w.returned},
		"letter next":  {`select l.id::text from case_letter l join case_file c on c.id = l.case_id where c.no = $1`, w.accepted},
		"case":         {`select id::text from case_file where no = $1`, w.accepted},
		"clerk's":      {`select max(a.id::text) from attachment a join case_file c on c.id = a.owner_id where c.no = $1`, w.draft},
		"document":     {`select id::text from policy_document where status = $1`, "draft"},
		"approved":     {`select id::text from policy_document where status = $1`, "approved"},
		"edition":      {`select id::text from policy_edition where status = $1`, "draft"},
		"edition in":   {`select id::text from policy_edition where status = $1`, "approved"},
		"closing":      {`select id::text from policy_closing where state = $1`, "proposed"},
		"year":         {`select id::text from calendar_proposal where state = $1`, "proposed"},
		"base here":    {`select slug from incubation_base where community_code = $1`, liulian},
		"base there":   {`select slug from incubation_base where community_code = $1`, pinghuan},
	} {
		w.ids[name] = scan[string](t, w.portal, q.sql, q.arg)
	}
	for _, no := range []string{w.returned, w.draft, w.accepted, w.accepting, w.abroad, w.reporting} {
		w.ids["file "+no] = scan[string](t, w.portal, `select min(a.id::text) from attachment a join case_file c on c.id = a.owner_id
			where c.no = $1 and a.state = 'accepted'`, no)
	}
	w.ids["asset"] = strings.TrimPrefix(w.as[authz.Anonymous].get("/").Find(`link[rel=stylesheet]`).AttrOr("href", ""), "/static/")
}
