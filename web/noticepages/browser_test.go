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
	s.plant("秀新社区青禾儿童成长中心")
	old, oldNo := s.published()
	s.act("leader", old, "withdrawal", "reason", "名单有误，撤回后重新公示。")
	s.goTo("2026-09-30", 10)
	s.plant("六联社区银龄互助会", "坪环社区听障家庭互助中心", "碧岭社区自然观察队", "沙坣社区客家文化社")
	id, no := s.published()
	s.plant("龙田社区楼长互助社")
	draft := s.drafted()
	text := paths.StaffNoticeAct(draft, "text")
	s.Get("clerk", text).Is(200).Press("objection_how", "拨打 0755-28888888，或者加 zhang@example.org 联系，家住本区的可以到窗口。")
	s.plant("石井社区法润邻里服务社")
	s.goTo("2026-10-09", 9)
	s.object(no)
	at, _ := s.Get("reviewer", paths.StaffObjections).Find("main table a").First().Attr("href")
	s.act("leader", id, "extension", "reason", "10月8日平台停机五小时，延长一个工作日。")
	s.Judge(map[string][]string{
		"":       {paths.Notices, paths.Notice(no), paths.Notice(oldNo), paths.NoticeObjection(no), paths.Receipts},
		"clerk":  {paths.StaffNotices, paths.StaffNoticeNew, text, paths.StaffNotice(draft), paths.StaffNoticeAct(draft, "submission")},
		"leader": {paths.StaffNotice(id), paths.StaffNoticeAct(id, "extension")}, "reviewer": {paths.StaffObjections, at, at + "/unmasking"},
	})
}

// Who objects goes through the pages on a phone; without a script the other tests
// do.
func TestObjectingInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会", "坪环社区听障家庭互助中心")
	_, no := s.published()
	tab := browsertest.Open(t)
	tab.Phone()
	tab.Go(s.URL + paths.Notice(no))
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
	tab.Go(s.URL + paths.Receipts)
	tab.Fill("receipt", code)
	if status := tab.Press("查询"); status != 200 {
		t.Fatalf("status %d", status)
	}
	tab.Judge()
}
