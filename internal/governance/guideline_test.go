package governance_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/docx"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// The texts that the portal brings along are eight, whole, and stay within what
// the database takes; every duty of policy 三(三)2 has one.
func TestShippedGuidelines(t *testing.T) {
	t.Parallel()
	list := governance.ShippedGuidelines()
	if len(list) != 8 {
		t.Fatalf("%d texts", len(list))
	}
	helped := map[governance.Duty]bool{}
	for _, s := range list {
		helped[s.Duty] = true
		if n := utf8.RuneCountInString(s.Body); n < 1000 || n > governance.GuidelineBodyMost {
			t.Errorf("%s: %d characters", s.Key, n)
		}
		if utf8.RuneCountInString(s.Title) > governance.GuidelineTitleMost || utf8.RuneCountInString(s.Summary) > governance.GuidelineSummaryMost || len(s.Summary) < 15 {
			t.Errorf("%s: title or summary", s.Key)
		}
		if !strings.Contains(s.Body, "____") || !strings.Contains(s.Body, "> 使用说明") {
			t.Errorf("%s: no blanks, or no word on how to use it", s.Key)
		}
		for i, b := range governance.Blocks(s.Body) {
			for _, row := range b.Rows {
				if len(row) != len(b.Rows[0]) {
					t.Errorf("%s: block %d has a row of %d cells", s.Key, i, len(row))
				}
			}
			if b.Kind != docx.Table && (b.Text == "" || strings.HasPrefix(b.Text, "|")) {
				t.Errorf("%s: block %d is %q", s.Key, i, b.Text)
			}
		}
	}
	for _, d := range []governance.Duty{governance.DutyCharter, governance.DutyAssembly, governance.DutyCouncil, governance.DutySupervisors, governance.DutyElection,
		governance.DutyFinance, governance.DutyDisclosure} {
		if !helped[d] {
			t.Errorf("no text for %s", d)
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	got := governance.Blocks("# 章\r\n\n## 节\n> 说明\n- 签名\n第一条\n| 甲 | 乙 |\n| 1 | |\n|少|\n| 1 | 2 | 3 |\n第二条\n|\n#没有空格")
	want := []docx.Block{{Kind: docx.Chapter, Text: "章"}, {Kind: docx.Section, Text: "节"}, {Kind: docx.Note, Text: "说明"}, {Kind: docx.Line, Text: "签名"}, {Text: "第一条"},
		{Kind: docx.Table, Rows: [][]string{{"甲", "乙"}, {"1", ""}, {"少", ""}, {"1", "2 3"}}}, {Text: "第二条"}, {Text: "|"}, {Text: "#没有空格"}}
	if len(got) != len(want) {
		t.Fatalf("%d blocks: %v", len(got), got)
	}
	for i := range want {
		if got[i].Kind != want[i].Kind || got[i].Text != want[i].Text || len(got[i].Rows) != len(want[i].Rows) {
			t.Errorf("block %d: %+v", i, got[i])
		}
		for r, row := range want[i].Rows {
			if strings.Join(got[i].Rows[r], "/") != strings.Join(row, "/") {
				t.Errorf("row %d: %v", r, got[i].Rows[r])
			}
		}
	}
}

var text = governance.GuidelineText{Duty: governance.DutyFinance, Title: "财务管理制度", Summary: "小额收支的组织能用", Body: strings.Repeat("第一条 经费专款专用。\n", 9)}

// started returns the version of an entry that was begun.
func (b bench) started(t *testing.T, in governance.GuidelineText) governance.GuidelineVersion {
	t.Helper()
	id, err := b.StartGuideline(t.Context(), b.clerk, once.NewToken(), "", in)
	if err != nil {
		t.Fatal(err)
	}
	return b.newest(t, id)
}

func (b bench) newest(t *testing.T, guideline uuid.UUID) governance.GuidelineVersion {
	t.Helper()
	list, err := b.GuidelineVersions(t.Context(), b.audit, guideline)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

func TestOneWritesAndAnotherReleases(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.started(t, text)
	public := func() int {
		list, err := b.Library(t.Context(), governance.GuidelineFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		v = b.newest(t, v.GuidelineID)
	}
	if err := b.ReleaseGuideline(t.Context(), b.reviewer, v.ID, v.Version); !errs.Is(err, errs.Conflict) {
		t.Errorf("a draft was released: %v", err)
	}
	must("hand in", b.SubmitGuideline(t.Context(), b.clerk, v.ID, v.Version))
	if err := b.SaveGuideline(t.Context(), b.clerk, v.ID, v.Version, text); !errs.Is(err, errs.Conflict) {
		t.Errorf("what was handed in was rewritten: %v", err)
	}
	must("return", b.ReturnGuideline(t.Context(), b.reviewer, v.ID, v.Version, "第三条请写明金额"))
	changed := text
	changed.Title = "财务管理办法"
	if err := b.SaveGuideline(t.Context(), b.clerk, v.ID, v.Version-1, changed); !errs.Is(err, errs.Conflict) {
		t.Errorf("a stale form was saved: %v", err)
	}
	must("save", b.SaveGuideline(t.Context(), b.clerk, v.ID, v.Version, changed))
	must("hand in again", b.SubmitGuideline(t.Context(), b.clerk, v.ID, v.Version))
	// The clerk has become the reviewer: still the same person.
	promoted := b.clerk
	promoted.Role = authz.BureauReviewer
	if err := b.ReleaseGuideline(t.Context(), promoted, v.ID, v.Version); !errs.Is(err, errs.Forbidden) {
		t.Errorf("released by who wrote it: %v", err)
	}
	if err := b.ReleaseGuideline(t.Context(), b.clerk, v.ID, v.Version); !errs.Is(err, errs.Forbidden) {
		t.Errorf("released by a clerk: %v", err)
	}
	if n := public(); n != 0 {
		t.Errorf("%d guidelines are public before any release", n)
	}
	must("release", b.ReleaseGuideline(t.Context(), b.reviewer, v.ID, v.Version))
	g, file, err := b.Guideline(t.Context(), v.No)
	if err != nil || g.Title != "财务管理办法" || file != nil || g.Number != 1 {
		t.Errorf("public: %+v, %v, %v", g, file, err)
	}
	one, err1 := b.GuidelineDownload(t.Context(), v.No)
	two, err2 := b.GuidelineDownload(t.Context(), v.No)
	if err1 != nil || err2 != nil || one.DownloadName() != "财务管理办法.docx" || !bytes.Equal(read(t, one.Content), read(t, two.Content)) {
		t.Errorf("download %q: %v, %v", one.DownloadName(), err1, err2)
	}

	token := once.NewToken()
	for range 2 { // a double click begins one version
		if _, err := b.ReviseGuideline(t.Context(), b.clerk, token, v.GuidelineID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.ReviseGuideline(t.Context(), b.clerk, once.NewToken(), v.GuidelineID); !errs.Is(err, errs.Conflict) {
		t.Errorf("two versions in work: %v", err)
	}
	old := v
	must("the next version", nil)
	if v.Number != 2 || v.Body != old.Body || public() != 1 {
		t.Errorf("version %d in work", v.Number)
	}
	must("give it up", b.DiscardGuideline(t.Context(), b.clerk, v.ID, v.Version, "暂时不用修订"))
	if err := b.WithdrawGuideline(t.Context(), b.reviewer, old.ID, old.EntryVersion, "依据的办法已经废止"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Guideline(t.Context(), v.No); !errs.Is(err, errs.NotFound) || public() != 0 {
		t.Errorf("withdrawn, and still public: %v", err)
	}
}

func read(t *testing.T, r io.ReadCloser) []byte {
	t.Helper()
	defer r.Close()
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What the service refuses, the database refuses as well.
func TestTheDatabaseInsistsOnTwoPersons(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.started(t, text)
	exec := func(sql string, args ...any) error {
		_, err := b.db.App.Pool().Exec(t.Context(), sql, args...)
		return err
	}
	release := `update guideline_version set state = 'released', decided_by = $2, decided_at = now() where id = $1`
	refused := func(what, constraint string, err error) {
		t.Helper()
		if !postgres.Violates(err, constraint) {
			t.Errorf("%s: %v, want %s", what, err, constraint)
		}
	}
	refused("a draft released", "guideline_version_guard", exec(release, v.ID, b.reviewer.PersonID))
	if err := b.SubmitGuideline(t.Context(), b.clerk, v.ID, v.Version); err != nil {
		t.Fatal(err)
	}
	refused("released by its writer", "guideline_version_two_persons", exec(release, v.ID, b.clerk.PersonID))
	refused("rewritten and released", "guideline_version_guard", exec(`update guideline_version set body = body || 'x', state = 'released', decided_by = $2, decided_at = now() where id = $1`, v.ID, b.reviewer.PersonID))
	refused("the writer taken off", "guideline_version_guard", exec(`update guideline_version set written_by = array[$2::uuid] where id = $1`, v.ID, b.reviewer.PersonID))
	refused("born released", "guideline_version_guard", exec(`insert into guideline_version (id, guideline_id, number, title, summary, body, state, written_by, written_name, decided_by, decided_at, created_at, updated_at)
		select gen_random_uuid(), guideline_id, 2, title, summary, body, 'released', written_by, 'x', $2, now(), now(), now() from guideline_version where id = $1`, v.ID, b.reviewer.PersonID))
	if err := exec(release, v.ID, b.reviewer.PersonID); err != nil {
		t.Errorf("released by another: %v", err) // so the refusals above are not for another reason
	}
	refused("altered afterwards", "guideline_version_guard", exec(`update guideline_version set body = body || 'x' where id = $1`, v.ID))
	if err := exec(`delete from guideline_version where id = $1`, v.ID); err == nil {
		t.Error("a released guideline was deleted")
	}
}

func TestWhatKeepsAGuidelineBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, c := range []struct {
		name string
		in   governance.GuidelineText
		want string
	}{
		{"no title", governance.GuidelineText{Title: " "}, "title"}, {"long title", governance.GuidelineText{Title: strings.Repeat("题", 61)}, "title"},
		{"long summary", governance.GuidelineText{Title: "标题", Summary: strings.Repeat("说", 201)}, "summary"},
		{"long text", governance.GuidelineText{Title: "标题", Body: strings.Repeat("文", 20_001)}, "body"},
		{"no duty of ours", governance.GuidelineText{Title: "标题", Duty: "tax"}, "duty"},
	} {
		if _, err := b.StartGuideline(t.Context(), b.clerk, once.NewToken(), "", c.in); faultsOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	v := b.started(t, governance.GuidelineText{Title: "标题"}) // a draft is kept however unfinished
	if err := b.SubmitGuideline(t.Context(), b.clerk, v.ID, v.Version); faultsOf(err) != "summary body" {
		t.Errorf("handed in unfinished: %v", err)
	}
	if _, err := b.StartGuideline(t.Context(), b.reviewer, once.NewToken(), "", text); !errs.Is(err, errs.Forbidden) {
		t.Errorf("begun by a reviewer: %v", err)
	}
	if _, err := b.GuidelineDesk(t.Context(), b.subdistrict); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a subdistrict sees the library in work: %v", err)
	}
}

// The bureau's own file takes the place of the text.
func TestABureauFileIsOfferedInstead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.started(t, governance.GuidelineText{Title: "档案盒标签", Summary: "打印后贴在档案盒上"})
	owner, err := b.GuidelineFileOwner(t.Context(), b.clerk, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := (docx.Document{Title: "档案盒标签", Blocks: []docx.Block{{Text: "年度"}}}).Write(&raw); err != nil {
		t.Fatal(err)
	}
	ready, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: owner, Slot: "file", Field: "file", Label: "文件", Filename: "标签.docx", Body: bytes.NewReader(raw.Bytes())})
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Discard()
	if err := b.AttachGuideline(t.Context(), b.clerk, v.ID, ready); err != nil {
		t.Fatal(err)
	}
	v = b.newest(t, v.GuidelineID)
	if err := b.SubmitGuideline(t.Context(), b.clerk, v.ID, v.Version); err != nil {
		t.Fatal(err)
	}
	v = b.newest(t, v.GuidelineID)
	if err := b.DetachGuideline(t.Context(), b.clerk, v.ID, v.Files[0].ID, v.Files[0].Version); !errs.Is(err, errs.Conflict) {
		t.Errorf("the file of what was handed in was taken out: %v", err)
	}
	if err := b.ReleaseGuideline(t.Context(), b.reviewer, v.ID, v.Version); err != nil {
		t.Fatal(err)
	}
	d, err := b.GuidelineDownload(t.Context(), v.No)
	if err != nil || d.DownloadName() != "标签.docx" {
		t.Fatalf("download %q: %v", d.DownloadName(), err)
	}
	if z, err := zip.NewReader(bytes.NewReader(raw.Bytes()), int64(raw.Len())); err != nil || len(z.File) == 0 || !bytes.Equal(read(t, d.Content), raw.Bytes()) {
		t.Errorf("the file came back changed: %v", err)
	}
}

func TestTheLibraryIsFiltered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, s := range governance.ShippedGuidelines() {
		id, err := b.StartGuideline(t.Context(), b.clerk, once.NewToken(), s.Key, s.GuidelineText)
		if err != nil {
			t.Fatal(err)
		}
		v := b.newest(t, id)
		if err := b.SubmitGuideline(t.Context(), b.clerk, v.ID, v.Version); err != nil {
			t.Fatal(err)
		}
		if err := b.ReleaseGuideline(t.Context(), b.reviewer, v.ID, v.Version+1); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		f    governance.GuidelineFilter
		want int
	}{{governance.GuidelineFilter{}, 8}, {governance.GuidelineFilter{Duty: governance.DutyElection}, 1}, {governance.GuidelineFilter{Text: "选票"}, 1},
		{governance.GuidelineFilter{Text: " 监 事 检查表 "}, 1}, {governance.GuidelineFilter{Text: "%"}, 0}, {governance.GuidelineFilter{Text: "选票", Duty: governance.DutyFinance}, 0}} {
		if list, err := b.Library(t.Context(), c.f); err != nil || len(list) != c.want {
			t.Errorf("%+v: %d, %v", c.f, len(list), err)
		}
	}
	d, err := b.GuidelineDesk(t.Context(), b.clerk)
	if err != nil || len(d.Open) != 0 || len(d.Released) != 8 || len(d.Untaken) != 0 {
		t.Errorf("desk: %d open, %d released, %d untaken: %v", len(d.Open), len(d.Released), len(d.Untaken), err)
	}
}
