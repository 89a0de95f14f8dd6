package importpages_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/paths"
)

// A clerk goes the whole way without a script: a bad file, the template, the
// preview, the faulty rows, the confirmation, the result, an undo that something
// stands against and one that goes through. Every page on it stands axe and fits
// both widths.
func TestTheWayOfAnImport(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	url := s.serve(t)
	example := string(s.Example(t, "organizations", sheet.CSV))
	rows := strings.SplitAfter(example, "\n")
	spoilt := rows[len(rows)-2]
	spoilt = strings.NewReplacer("第0901号", "第0902号", "坪环社区象棋队", "坪环社区围棋队", "坪环社区", "没有的社区", "2017-03-02", "2017-02-30").Replace(spoilt)
	good, bad := filepath.Join(t.TempDir(), "组织.csv"), filepath.Join(t.TempDir(), "旧.xls")
	for name, content := range map[string]string{good: example + spoilt, bad: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tab := browsertest.Open(t)
	says := func(words string) {
		t.Helper()
		if !strings.Contains(tab.Text("main"), words) {
			t.Errorf("%s does not say %s", tab.URL(), words)
		}
	}
	tab.Go(url + paths.Imports)
	send := func(file string) int {
		t.Helper()
		tab.Choose("kind", "organizations")
		tab.Upload("file", file)
		return tab.Press("上传并看预览")
	}
	if status := send(bad); status != http.StatusUnprocessableEntity {
		t.Errorf("an old workbook: %d", status)
	}
	says(".xlsx")
	tab.Judge()
	send(good)
	says("H4")
	says("2017年2月没有30日")
	tab.Judge()
	preview := tab.URL()
	tab.Press("下载有问题的行")
	tab.Fill("reason", "短")
	tab.Press("下载有问题的行")
	says("5 到 200 个字")
	tab.Judge()
	tab.Go(preview)
	tab.Press("确认导入 2 行")
	says("已导入")
	says("坪环社区象棋队")
	tab.Judge()
	people := s.bring(t, "people", s.example(t, "people"))
	tab.Press("撤销这次导入")
	says("先撤销那次导入")
	tab.Judge()
	tab.Press("看那次导入")
	tab.Press("撤销这次导入")
	says("撤销不会影响别的记录")
	if tab.URL() != url+paths.ImportAct(people.String(), "undoing") {
		t.Errorf("led to %s", tab.URL())
	}
	tab.Judge()
	tab.Fill("reason", "导错了文件，重新来")
	tab.Press("撤销整批导入")
	says("已撤销")
	tab.Go(url + paths.Imports)
	tab.Judge()
}
