package noticepages_test

import (
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/web/paths"
)

// Every page stands axe, fits desktop and phone, and keeps to the content
// policy.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-09-28")
	s.plant(t, "秀新社区青禾儿童成长中心")
	old, oldNo := s.published(t)
	s.act(t, "leader", old, "withdrawal", "reason", "名单有误，撤回后重新公示。")
	s.goTo(t, "2026-09-30", 10)
	s.plant(t, "六联社区银龄互助会", "坪环社区听障家庭互助中心", "碧岭社区自然观察队", "沙坣社区客家文化社")
	id, no := s.published(t)
	s.plant(t, "龙田社区楼长互助社")
	draft := s.drafted(t)
	text := paths.StaffNoticeAct(draft, "text")
	s.post(t, "clerk", text, with(s.open(t, "clerk", text), "objection_how", "拨打 0755-28888888，或者加 zhang@example.org 联系，家住本区的可以到窗口。"))
	s.plant(t, "石井社区法润邻里服务社")
	s.goTo(t, "2026-10-09", 9)
	s.object(t, no, nil)
	at, _ := s.get(t, "reviewer", paths.StaffObjections).Find("main table a").First().Attr("href")
	s.act(t, "leader", id, "extension", "reason", "10月8日平台停机五小时，延长一个工作日。")
	tab := browsertest.Open(t)
	for _, p := range []struct{ name, as, path string }{
		{"list", "", paths.Notices}, {"running", "", paths.Notice(no)}, {"withdrawn", "", paths.Notice(oldNo)}, {"objection", "", paths.NoticeObjection(no)},
		{"receipts", "", paths.Receipts}, {"desk", "clerk", paths.StaffNotices}, {"new", "clerk", paths.StaffNoticeNew}, {"text", "clerk", text},
		{"work", "clerk", paths.StaffNotice(draft)}, {"submission", "clerk", paths.StaffNoticeAct(draft, "submission")}, {"issued", "leader", paths.StaffNotice(id)},
		{"extension", "leader", paths.StaffNoticeAct(id, "extension")}, {"queue", "reviewer", paths.StaffObjections}, {"dossier", "reviewer", at},
		{"unmasking", "reviewer", at + "/unmasking"},
	} {
		tab.Cookie(s.url, "as", p.as)
		tab.Go(s.url + p.path)
		tab.Judge()
	}
}

// Who objects goes through the pages on a phone; without a script the other tests
// do.
func TestObjectingInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant(t, "六联社区银龄互助会", "坪环社区听障家庭互助中心")
	_, no := s.published(t)
	tab := browsertest.Open(t)
	tab.Phone()
	tab.Go(s.url + paths.Notice(no))
	tab.Fill("content", "太短")
	if status := tab.Press("下一步：核对后提交"); status != 422 {
		t.Fatalf("status %d, want 422", status)
	}
	tab.FitsWidth()
	tab.Select("item", "2")
	tab.Fill("content", objection.Get("content"))
	tab.Fill("phone", objection.Get("phone"))
	if status := tab.Press("下一步：核对后提交"); status != 200 {
		t.Fatalf("status %d", status)
	}
	tab.Judge()
	if status := tab.Press("提交异议"); status != 200 {
		t.Fatalf("status %d", status)
	}
	tab.Judge()
	code := tab.Text("main .note code")
	tab.Go(s.url + paths.Receipts)
	tab.Fill("receipt", code)
	if status := tab.Press("查询"); status != 200 {
		t.Fatalf("status %d", status)
	}
	tab.Judge()
}
