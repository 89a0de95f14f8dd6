package demo

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tellsTheRegistry wants one case of the registry in every state that its accounts
// are said to show.
func (f field) tellsTheRegistry(t *testing.T) {
	t.Helper()
	got := f.strings(t, `select c.title || ' ' || c.kind || ' ' || c.state || ' ' || c.waits_role from case_file c
		where c.kind = any($1) order by c.title, c.kind`, registryKinds())
	want := []string{
		"六和社区集邮社 deregistration_street signing subdistrict",
		"六联社区乒乓球社 change_street closed ",
		"六联社区书友会 filing_street closed ",
		"六联社区旧物改造社 filing_street correcting initiator",
		"和平社区手工编织社 change_street accepting subdistrict",
		"坪山社区乐活舞蹈队 merger_street draft org_head",
		"坪环社区象棋社 revocation_street opining org_head",
		"拟成立的组织 filing_street draft initiator",
		"沙湖社区科普协会 revocation reviewing bureau_reviewer",
		"田头社区邻里互助会 merger_street closed ",
		"石井社区便民代购社 filing_street refused ",
		"马峦社区采茶歌会 filing_street accepting subdistrict",
		"龙田社区社会工作服务中心 registration signing bureau_leader",
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cases of the registry (-want +got):\n%s", d)
	}
}
