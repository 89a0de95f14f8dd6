package demo

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tellsTheClaims wants a claim in every state that the accounts are said to show,
// with what was granted, and the plans told of before.
func (f field) tellsTheClaims(t *testing.T) {
	t.Helper()
	got := f.strings(t, `select c.title || ' ' || c.state || ' ' || c.waits_role || ' ' || coalesce(round(a.amount_fen / 100.0, 2)::text, '')
			|| coalesce((select ' ' || string_agg(l.kind, ' ' order by l.issued_at) from case_letter l where l.case_id = c.id), '')
		from case_file c left join award a on a.case_id = c.id where c.kind = 'activity' order by c.no`)
	if d := cmp.Diff([]string{
		"马峦社区护林队 closed  2964.00 accepted approval payment",
		"和平社区少儿围棋社 refused   accepted not_supported",
		"金沙社区议事会 granted finance 1032.00 accepted approval",
		"秀新社区书法协会 noticing  972.00 accepted",
		"田头社区科普小屋 correcting org_head  correction",
		"六和社区邻里影像社 signing bureau_leader  accepted",
		"石井社区养老驿站互助会 reviewing bureau_reviewer  accepted",
		"沙湖社区心理健康服务中心 reviewing bureau_reviewer  accepted",
		"江岭社区读书会 reviewing bureau_reviewer  accepted",
		"石井社区客家凉帽传习社 withdrawn  ",
		"南布社区编程兴趣社 accepting bureau_clerk ",
		"金龟社区古树保护协会 opining subdistrict ",
		"坪环社区家长课堂 draft org_head ",
		"老坑社区敬老服务队 draft org_head ",
		"碧岭社区棋友会 opining community ",
		"田心社区乐龄互助会 draft org_head ",
	}, got); d != "" {
		t.Errorf("claims (-want +got):\n%s", d)
	}
	// What the reviewers of the three that have to do with each other find.
	if got := f.strings(t, `select c.title || ' ' || f.reason || ' ' || o.title from receipt_refusal f join case_file c on c.id = f.case_id join case_file o on o.id = f.other_id`); !slices.Equal(got, []string{"坪环社区家长课堂 used_up 石井社区养老驿站互助会"}) {
		t.Errorf("refused for a paper: %q", got)
	}
	if got := f.strings(t, `select string_agg(c.title, ' ' order by c.no) from receipt_allocation a join case_file c on c.id = a.case_id where a.live group by a.receipt_id having count(*) > 1`); !slices.Equal(got, []string{"石井社区养老驿站互助会 江岭社区读书会"}) {
		t.Errorf("shared papers: %q", got)
	}
	if got := f.strings(t, `select count(*)::text from activity_picture x join activity_picture y on x.attachment_id < y.attachment_id and bit_count((x.hash # y.hash)::bit(64)) <= 3`); !slices.Equal(got, []string{"2"}) {
		t.Errorf("pictures handed in twice: %q", got)
	}
	got = f.strings(t, `select o.name || ' ' || (p.community_noted_at is not null) || ' ' || (p.subdistrict_noted_at is not null) || ' '
		|| coalesce((select e.state from event e where e.plan_id = p.id), 'hidden') from activity_plan p join organization o on o.id = p.organization_id order by o.name`)
	if d := cmp.Diff([]string{
		"六联社区银龄互助会 true false planned",
		"江岭社区环保志愿队 true true planned",
		"沙田社区公益律师团 false false cancelled",
		"竹坑社区垃圾分类督导队 false false planned",
		"马峦社区登山救援队 true true hidden",
	}, got); d != "" {
		t.Errorf("plans (-want +got):\n%s", d)
	}
}
