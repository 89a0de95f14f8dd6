package governancepages_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/web/paths"
)

// library plants a released guideline, one returned and one waiting, and returns
// their entries.
func (s *site) library() map[string]string {
	s.Helper()
	clerk, reviewer := s.Actors["clerk"], s.Actors["reviewer"]
	entries := map[string]string{}
	for i, key := range []string{"assembly-minutes", "election", "finance"} {
		text, _ := governance.ShippedGuideline(key)
		id, err := s.service.StartGuideline(s.Context(), clerk, once.NewToken(), key, text.GuidelineText)
		s.Must(err)
		list, err := s.service.GuidelineVersions(s.Context(), clerk, id)
		s.Must(err)
		v := list[0]
		s.Must(s.service.SubmitGuideline(s.Context(), clerk, v.ID, v.Version))
		switch i {
		case 0:
			err = s.service.ReleaseGuideline(s.Context(), reviewer, v.ID, v.Version+1)
		case 1:
			err = s.service.ReturnGuideline(s.Context(), reviewer, v.ID, v.Version+1, "选票样式请加上“另选他人”")
		}
		s.Must(err)
		entries[key] = id.String()
	}
	return entries
}

// releaseOne goes the way of a clerk who leaves things out at first, and of the
// reviewer who releases it.
func (s *site) releaseOne(tab *browsertest.Tab) {
	tab.Cookie(s.URL, "as", "clerk")
	tab.Go(s.URL + paths.StaffGuideline)
	tab.Fill("summary", "打印后贴在公告栏")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Count("#title-error") != 1 || tab.Value("summary") != "打印后贴在公告栏" {
		s.Errorf("a draft without a title: %d", status)
	}
	tab.Fill("title", "公告栏样式")
	tab.Submit("form.formstack button")
	entry := strings.TrimPrefix(tab.URL(), s.URL)
	tab.Go(s.URL + entry + "/submission")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Count("#body") != 1 {
		s.Errorf("handed in without a text: %d", status)
	}
	tab.Axe()
	tab.Go(s.URL + entry + "/text")
	tab.Fill("body", "# 样式\n"+strings.Repeat("第一条 写明日期、事项和联系人。\n", 5)+"| 日期 | 事项 |\n| ____ | ____ |")
	tab.Submit("form.formstack button")
	tab.Go(s.URL + entry + "/submission")
	tab.Submit("form.formstack button")
	tab.Cookie(s.URL, "as", "reviewer")
	tab.Go(s.URL + entry + "/release")
	tab.Submit("form.formstack button")
	tab.Go(s.URL + paths.Guidelines + "?q=公告栏样式")
	if tab.Count("main tbody tr") != 1 {
		s.Error("what was released is not in the library")
	}
}

// What the public saves is a document with the text in it.
func (s *site) savesADocument() {
	p := s.Get("", paths.GuidelineFile(1)).Is(http.StatusOK)
	if d := p.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || !strings.Contains(d, ".docx") {
		s.Fatalf("%s", d)
	}
	raw := strings.NewReader(p.Body)
	z, err := zip.NewReader(raw, raw.Size())
	s.Must(err)
	f, err := z.Open("word/document.xml")
	s.Must(err)
	text, err := io.ReadAll(f)
	if err != nil || !bytes.Contains(text, []byte("先核对到会人数")) {
		s.Errorf("the text is missing: %v", err)
	}
}
