package governancepages_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// looked is a page that the browser test looks at.
type looked struct{ name, as, path string }

// library plants a released guideline, one returned and one waiting, and names
// the pages about them.
func (s *site) library(t *testing.T) []looked {
	t.Helper()
	clerk := s.actors["clerk"]
	clerk.PersonID = uuid.Must(uuid.NewV7())
	reviewer := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: authz.BureauReviewer, Name: "何复核"}
	s.actors["clerk"], s.actors["reviewer"] = clerk, reviewer
	entries := map[string]string{}
	for i, key := range []string{"assembly-minutes", "election", "finance"} {
		text, _ := governance.ShippedGuideline(key)
		id, err := s.service.StartGuideline(t.Context(), clerk, once.NewToken(), key, text.GuidelineText)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.service.GuidelineVersions(t.Context(), clerk, id)
		if err != nil {
			t.Fatal(err)
		}
		v := list[0]
		if err := s.service.SubmitGuideline(t.Context(), clerk, v.ID, v.Version); err != nil {
			t.Fatal(err)
		}
		switch i {
		case 0:
			err = s.service.ReleaseGuideline(t.Context(), reviewer, v.ID, v.Version+1)
		case 1:
			err = s.service.ReturnGuideline(t.Context(), reviewer, v.ID, v.Version+1, "选票样式请加上“另选他人”")
		}
		if err != nil {
			t.Fatal(err)
		}
		entries[key] = id.String()
	}
	return []looked{
		{"library", "", paths.Guidelines}, {"library-none", "", paths.Guidelines + "?q=没有这个词"}, {"guideline", "", paths.Guideline(1)},
		{"desk", "clerk", paths.StaffGuidelines}, {"desk-new", "clerk", paths.StaffGuidelineFrom("charter")}, {"entry", "clerk", paths.StaffGuidelineEntry(entries["election"])},
		{"entry-text", "clerk", paths.StaffGuidelineAct(entries["election"], "text")}, {"entry-waiting", "reviewer", paths.StaffGuidelineEntry(entries["finance"])},
		{"entry-release", "reviewer", paths.StaffGuidelineAct(entries["finance"], "release")}, {"entry-return", "reviewer", paths.StaffGuidelineAct(entries["finance"], "return")},
	}
}

// releaseOne goes the way of a clerk who leaves things out at first, and of the
// reviewer who releases it.
func (s *site) releaseOne(t *testing.T, tab *browsertest.Tab) {
	tab.Cookie(s.url, "as", "clerk")
	tab.Go(s.url + paths.StaffGuideline)
	tab.Fill("summary", "打印后贴在公告栏")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Count("#title-error") != 1 || tab.Value("summary") != "打印后贴在公告栏" {
		t.Errorf("a draft without a title: %d", status)
	}
	tab.Fill("title", "公告栏样式")
	tab.Submit("form.formstack button")
	entry := strings.TrimPrefix(tab.URL(), s.url)
	tab.Go(s.url + entry + "/submission")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Count("#body") != 1 {
		t.Errorf("handed in without a text: %d", status)
	}
	tab.Axe()
	tab.Go(s.url + entry + "/text")
	tab.Fill("body", "# 样式\n"+strings.Repeat("第一条 写明日期、事项和联系人。\n", 5)+"| 日期 | 事项 |\n| ____ | ____ |")
	tab.Submit("form.formstack button")
	tab.Go(s.url + entry + "/submission")
	tab.Submit("form.formstack button")
	tab.Cookie(s.url, "as", "reviewer")
	tab.Go(s.url + entry + "/release")
	tab.Submit("form.formstack button")
	tab.Go(s.url + paths.Guidelines + "?q=公告栏样式")
	if tab.Count("main tbody tr") != 1 {
		t.Error("what was released is not in the library")
	}
}

// What the public saves is a document with the text in it.
func (s *site) savesADocument(t *testing.T) {
	res, err := http.Get(s.url + paths.GuidelineFile(1))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if d := res.Header.Get("Content-Disposition"); res.StatusCode != http.StatusOK || !strings.HasPrefix(d, "attachment;") || !strings.Contains(d, ".docx") {
		t.Fatalf("%d, %s", res.StatusCode, d)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil || !bytes.Contains(text, []byte("先核对到会人数")) {
		t.Errorf("the text is missing: %v", err)
	}
}
