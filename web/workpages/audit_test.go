package workpages_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// record writes n entries about one subject.
func (s *site) record(a authz.Actor, subject, id, action string, n int, detail map[string]any) {
	s.Helper()
	s.Must(s.DB.App.InTx(s.Context(), func(tx postgres.Tx, now time.Time) error {
		for range n {
			if err := audit.Record(s.Context(), tx, now, a, audit.Entry{Subject: subject, SubjectID: id, Action: action, Detail: detail}); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestTheAuditorReadsTheTrail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no := s.plant(file{})
	var id uuid.UUID
	s.Must(s.DB.Owner.QueryRow(t.Context(), `select id from case_file where no = $1`, no).Scan(&id))
	clerk, auditor := who(authz.BureauClerk), who(authz.Auditor)
	clerk.Name, clerk.IP = "李娜", "203.0.113.7"
	s.record(clerk, "case", id.String(), "case.accept", 2, map[string]any{"no": no, "from": "accepting", "to": "reviewing",
		"fields": []string{"amount", "purpose"}, "replaces": nil})
	s.record(authz.SystemActor, "organization", uuid.NewString(), "organization.status", 51, nil)
	p := s.Get(s.As(auditor), "/audit?id="+strings.ToLower(no))
	if n := p.Find("tbody tr").Length(); n != 2 {
		t.Errorf("%d entries of the case, want 2", n)
	}
	p.Says("tbody", "受理", "case.accept", "李娜", "民政局经办 203.0.113.7", "办件", "编号："+no, "从：待受理", "到：待复核", "还没有")
	if strings.Contains(p.Text("tbody"), "null") {
		t.Error("a field that is not there is shown")
	}
	who, _ := p.Find("tbody td a[href^='/audit?account=']").First().Attr("href")
	if n := s.Get(s.As(auditor), who).Find("tbody tr").Length(); n != 2 {
		t.Errorf("%d entries of the clerk, want 2", n)
	}
	chain, _ := p.Find("tbody td a[href^='/audit/subjects/']").First().Attr("href")
	s.Get(s.As(auditor), chain).Says("main", "办件的全部记录", "打开办件 "+no)
	p = s.Get(s.As(auditor), "/audit?subject=organization")
	next, _ := p.Find(".pager a").Attr("href")
	if n := s.Get(s.As(auditor), next).Find("tbody tr").Length(); n != 1 || !strings.Contains(next, "subject=organization") {
		t.Errorf("%d entries on the second page %s", n, next)
	}
	s.Get(s.As(auditor), "/audit?id=FH-2026-9999").Says(".empty", "没有符合条件的记录")
	s.Get(s.As(auditor), "/audit?from=2026-10-10").Says(".empty", "没有符合条件的记录")
	p = s.Get(s.As(auditor), "/audit?from=2026-02-30")
	if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(".error-summary"), "2026年2月没有30日") {
		t.Errorf("30 February: %d %s", p.Status, p.Text(".error-summary"))
	}
}

func TestAnExportVerifiesAndIsItselfOnRecord(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	auditor := who(authz.Auditor)
	s.record(auditor, "organization", "a", "organization.status", 3, nil)
	p := s.Post(s.As(auditor), "/audit/export", nil)
	if p.Status != http.StatusOK || !strings.Contains(p.Header.Get("Content-Disposition"), "2026-10-09.jsonl") {
		t.Fatalf("%d %s", p.Status, p.Header.Get("Content-Disposition"))
	}
	lines := strings.Split(strings.TrimSpace(p.Body), "\n")
	if len(lines) != 6 || !strings.Contains(lines[4], `"audit.export"`) || !strings.Contains(lines[5], `"end"`) {
		t.Errorf("%d lines:\n%s", len(lines), p.Body)
	}
	for _, role := range []authz.Role{authz.BureauLeader, authz.AdminSystem, authz.OrgHead} {
		if p := s.Post(s.As(who(role)), "/audit/export", nil); p.Status != http.StatusForbidden {
			t.Errorf("%s exports: %d", role, p.Status)
		}
		if p := s.Get(s.As(who(role)), "/audit"); p.Status != http.StatusForbidden {
			t.Errorf("%s reads: %d", role, p.Status)
		}
	}
}
