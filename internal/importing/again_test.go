package importing_test

import (
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/importing"
	"civilaffairs/internal/importing/importtest"
	"civilaffairs/internal/sheet"
)

// examples brings in the example of every template.
func (b bench) examples(t *testing.T) {
	t.Helper()
	for _, k := range b.Kinds() {
		b.confirm(t, b.read(t, k.Key, k.Name+".xlsx", b.Example(t, k.Key, sheet.XLSX)))
	}
}

// exampleRows are the rows of the filled example, with every cell changed.
func exampleRows(k importing.Kind, change func(c importing.Column, cell string) string) [][]string {
	rows := make([][]string, len(k.Columns[0].Examples))
	for i := range rows {
		for _, c := range k.Columns {
			rows[i] = append(rows[i], change(c, c.Examples[i]))
		}
	}
	return rows
}

// wide is a text as an input method in its wide mode types it, with blanks around
// and within.
func wide(s string) string {
	out := strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' && r != '-' { // a date keeps its dashes
			return r + 0xfee0
		}
		return r
	}, s)
	if r := []rune(out); len(r) > 3 {
		out = string(r[:2]) + "　" + string(r[2:])
	}
	return " " + out + "\u00a0"
}

// A row that differs in width and white space only is the one on record: names,
// codes, choices, dates and amounts of every kind.
func TestWidthAndBlanksMakeNoDifference(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.examples(t)
	for _, k := range b.Kinds() {
		rows := exampleRows(k, func(c importing.Column, cell string) string {
			switch {
			case cell == "":
				return ""
			case c.Kind == sheet.Date || c.Kind == sheet.Money || c.Kind == sheet.Count || c.Field == "months":
				return " " + cell + "　"
			}
			return wide(cell)
		})
		p := b.read(t, k.Key, "又一次.xlsx", b.File(t, k.Key, rows))
		if p.Counts[importing.Unchanged] != len(rows) {
			for _, l := range p.Lines {
				t.Errorf("%s %d: %s, otherwise %v, faults %+v, doubts %+v", k.Key, l.Number, l.State, l.Differ, l.Faults, l.Doubts)
			}
		}
	}
}

// A record that was merged away is the one that it went into: rows that name it by
// name or number say so at their cell, what is on record stays, what is new lands
// there.
func TestRowsOfAMergedRecordGoToTheOneThatStands(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.examples(t)
	const away, stands = "坪环社区象棋队", "坪山区六联社区长者互助服务中心"
	if _, err := b.DB.Owner.Exec(t.Context(), `update organization a set merged_into = k.id, version = a.version + 1 from organization k where a.name = $1 and k.name = $2`, away, stands); err != nil {
		t.Fatal(err)
	}
	hinted := func(l *importing.Line) bool {
		return slices.ContainsFunc(l.Hints, func(f importing.Fault) bool {
			return f.Address != "" && f.Typed != "" && strings.Contains(f.Message, "已经并入“"+stands+"”")
		})
	}
	for _, k := range b.Kinds() {
		p := b.read(t, k.Key, "又一次.xlsx", b.Example(t, k.Key, sheet.XLSX))
		for i, l := range p.Lines {
			if l.State != importing.Unchanged {
				t.Errorf("%s %d: %s %v %+v", k.Key, l.Number, l.State, l.Differ, l.Faults)
			}
			if named := slices.ContainsFunc(k.Columns[:2], func(c importing.Column) bool { return c.Examples[i] == away }); named != hinted(l) {
				t.Errorf("%s %d: hints %+v", k.Key, l.Number, l.Hints)
			}
		}
	}
	rows := [][]string{{"坪社备[2017]901号", "赵新", "", "", "理事", "", "", "", "2018-01-02"}, {away, "钱新", "", "", "理事", "", "", "", "2018-01-02"}, {stands, "孙新", "", "", "理事", "", "", "", "2018-01-02"}}
	p := b.read(t, "people", "新人.xlsx", b.File(t, "people", rows))
	if p.Counts[importing.Fresh] != 3 || !hinted(p.Lines[0]) || !hinted(p.Lines[1]) || hinted(p.Lines[2]) {
		t.Fatalf("%v %+v", p.Counts, p.Lines[0])
	}
	b.confirm(t, p)
	var n int
	if err := b.DB.Owner.QueryRow(t.Context(), `select count(*) from roster_member m join organization o on o.id = m.org_id join person p on p.id = m.person_id
		where p.name in ('赵新', '钱新', '孙新') and o.name = $1`, stands).Scan(&n); err != nil || n != 3 {
		t.Errorf("%d people landed on the record that stands: %v", n, err)
	}
	changed := exampleRows(b.kind(t, "organizations"), func(c importing.Column, cell string) string {
		if c.Field == "category" {
			return "维权"
		}
		return cell
	})
	if p := b.read(t, "organizations", "改过.xlsx", b.File(t, "organizations", changed)); p.Counts[importing.Changed] != 2 || !slices.Equal(p.Lines[1].Differ, []string{"业务类别"}) || p.Lines[1].Record != p.Lines[0].Record {
		t.Errorf("%v %+v", p.Counts, p.Lines[1])
	}
	// A new organization takes the free name: then rows mean that one.
	again := exampleRows(b.kind(t, "organizations"), func(c importing.Column, cell string) string {
		switch c.Field {
		case "filing_no":
			return strings.Replace(cell, "0901", "0999", 1)
		case "name":
			return strings.Replace(cell, "坪环社区象棋队", "坪环社区象棋新队", 1)
		}
		return cell
	})
	b.confirm(t, b.read(t, "organizations", "新的.xlsx", b.File(t, "organizations", again[1:])))
	if _, err := b.DB.Owner.Exec(t.Context(), `update organization set name = $1 where name = '坪环社区象棋新队'`, away); err != nil {
		t.Fatal(err)
	}
	if p := b.read(t, "people", "同名.xlsx", b.File(t, "people", [][]string{{away, "李新", "", "", "理事", "", "", "", "2018-01-02"}})); p.Counts[importing.Fresh] != 1 || hinted(p.Lines[0]) {
		t.Errorf("%v %+v", p.Counts, p.Lines[0])
	}
}

func (b bench) kind(t *testing.T, key string) importing.Kind {
	t.Helper()
	k, err := b.Kind(key)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A supervising unit that the list does not know is remarked on at its cell and
// kept; one by an alias is no remark. What an organization tells of itself is
// written, dated from today on, and gone with the undo.
func TestWhatAnOrganizationTellsComesInToo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	before := b.Digest(t)
	rows := exampleRows(b.kind(t, "organizations"), func(c importing.Column, cell string) string {
		if c.Field == "supervising_unit" {
			return map[string]string{"": "坪山区老龄办", "坪山区民政局": "区民政局"}[cell]
		}
		return cell
	})
	p := b.read(t, "organizations", "组织.xlsx", b.File(t, "organizations", rows))
	if p.Counts[importing.Fresh] != 2 || len(p.Lines[0].Hints) != 0 || len(p.Lines[1].Hints) != 1 {
		t.Fatalf("%v %+v %+v", p.Counts, p.Lines[0], p.Lines[1])
	}
	if h := p.Lines[1].Hints[0]; h.Address != "R3" || h.Typed != "坪山区老龄办" || !strings.Contains(h.Message, "名单里没有“坪山区老龄办”") {
		t.Errorf("%+v", h)
	}
	b.confirm(t, p)
	var got string
	if err := b.DB.Owner.QueryRow(t.Context(), `select string_agg(concat_ws(' ', supervising_unit, department_code, service_targets, activity_reach, activity_scope, premises_type, members, staff, full_time,
			social_workers, volunteers, party_org, introduction <> '', (select string_agg(field || effective_on, ',' order by field) from organization_fact f where f.org_id = o.id and effective_on = '2018-11-23')), E'\n' order by established_on)
		from organization o`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	const want = "区民政局 civil {elderly,disabled} subdistrict 六联社区、和平社区 lent 12 5 2 40 joint t activity_reach2018-11-23,service_targets2018-11-23\n" +
		"坪山区老龄办 {residents} community   36 0 8  f activity_reach2018-11-23,service_targets2018-11-23"
	if got != want {
		t.Errorf("written:\n%s\nwant:\n%s", got, want)
	}
	for field, c := range map[string]struct{ typed, words string }{
		"service_targets": {"老年人、外星人", "“外星人”不在可选的里面"}, "activity_reach": {"全国", "“全国”不在可选的里面"}, "members": {"-3", "最小是 0"}, "staff": {"三十", "不是整数"},
		"full_time": {"99", "比从业人数多"}, "party_org": {"总支", "“总支”不在可选的里面"}, "party_members": {"999", "加起来还多"}, "introduction": {strings.Repeat("长", 501), "501"},
	} {
		k := b.kind(t, "organizations")
		bad := exampleRows(k, func(c importing.Column, cell string) string {
			switch c.Field {
			case "members", "staff":
				return map[string]string{"": "20"}[cell] + cell // both known
			case "name":
				return "新" + cell
			case "uscc", "filing_no":
				return strings.NewReplacer("52440310MJL123454E", "52440310MJL0000162", "0901", "0902").Replace(cell)
			}
			return cell
		})
		i := slices.IndexFunc(k.Columns, func(c importing.Column) bool { return c.Field == field })
		bad[0][i] = c.typed
		l := b.read(t, "organizations", "坏.xlsx", b.File(t, "organizations", bad[:1])).Lines[0]
		if len(l.Faults) != 1 || l.Faults[0].Address != sheet.Address(2, i+1) || !strings.Contains(l.Faults[0].Message, c.words) {
			t.Errorf("%s: %+v", field, l.Faults)
		}
	}
	if err := b.undo(t, p.ID); err != nil {
		t.Fatal(err)
	}
	importtest.Same(t, before, b.Digest(t))
}

// Every bad input of domain §1.5 and §11 that a row about an organization can hold
// stands at its cell; nothing of such a row is written.
func TestWhatIsWrongWithAnOrganization(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	k := b.kind(t, "organizations")
	column := func(field string) int {
		return slices.IndexFunc(k.Columns, func(c importing.Column) bool { return c.Field == field })
	}
	const legal, filed = 0, 1 // rows of the example
	cases := []struct {
		of           int
		field, typed string
		at, words    string // the fault; at "" is the field
	}{
		{filed, "name", "", "", "没有填"}, {filed, "name", "棋队", "", "2 个字"}, {filed, "name", strings.Repeat("棋", 61), "", "61 个字"},
		{filed, "name", "坪环<b>棋队</b>", "", "“<”"}, {filed, "name", "坪环社区象棋队🎉", "", "“🎉”"}, {filed, "org_type", "公司", "", "不在可选"}, {filed, "org_type", "", "", "选"},
		{filed, "status_basis", "", "", "选"}, {filed, "category", "体育", "", "不在可选"},
		{legal, "uscc", "", "", "没有填"}, {legal, "uscc", "52440310MJL123454F", "", "校验位"}, {legal, "uscc", "51440310MJL123454H", "", "民办非企业"}, {legal, "uscc", "91350100M000100Y43", "", "第 1 位是 9"},
		{legal, "uscc", "52440310MJL12345", "", "16 位"}, {legal, "uscc", "52440310MJI123454E", "", "字母 I"}, {filed, "uscc", "51440310MJL0000165", "", "没有法人资格"},
		{filed, "filing_no", "", "", "没有填"}, {filed, "filing_no", "BA-2017-1", "", "不像"},
		{filed, "established_on", "2018-11-24", "", "还没到"}, {filed, "established_on", "2017-02-30", "", "没有30日"}, {filed, "established_on", "0001-01-01", "", ""}, {filed, "established_on", "去年", "", "认不出"},
		{filed, "registrar", "", "", ""}, {filed, "origin", "合并", "", "不在可选"}, {filed, "head_name", "林3", "", "“3”"}, {filed, "head_id_type", "学生证", "", "不在可选"},
		{filed, "head_id_no", "", "", "没有填"}, {filed, "head_id_no", "440310199002300018", "", "出生日期"}, {filed, "head_id_no", "440310199002280011", "", "最后一位"},
		{filed, "head_id_no", "440310900228001", "", "15 位"}, {filed, "head_id_no", "440310201501010015", "", "18 岁"},
		{filed, "head_mobile", "1380013800", "", "10 位"}, {filed, "head_mobile", "12800138000", "", "12 开头"}, {filed, "head_mobile", "", "", "没有填"},
		{filed, "subdistrict", "龙城街道", "", "没有找到"}, {filed, "community", "六联社区", "", "不在马峦街道"}, {filed, "community", "没有的社区", "", "没有找到"},
		{filed, "address", strings.Repeat("路", 201), "", "200"}, {filed, "supervising_unit", strings.Repeat("局", 61), "", "60"}, {filed, "business_scope", strings.Repeat("棋", 501), "", "500"},
		{legal, "registered_capital", "-1", "", "负数"}, {legal, "registered_capital", "3e4", "", "认不出"}, {legal, "registered_capital", "30000.001", "", "分"}, {filed, "registered_capital", "30000", "", "备案的组织没有"},
	}
	var rows [][]string
	for i, c := range cases {
		row := exampleRows(k, func(_ importing.Column, cell string) string { return cell })[c.of]
		row[column("name")] = "坪环社区第" + string(rune(0x4e00+i)) + "棋队"
		if c.of == filed {
			row[column("filing_no")] = "坪社备〔2017〕第" + importtest.Number(i)[14:17] + "9号"
		}
		row[column(c.field)] = c.typed
		rows = append(rows, row)
	}
	p := b.read(t, "organizations", "坏.xlsx", b.File(t, "organizations", rows))
	for i, c := range cases {
		at, l := c.at, p.Lines[i]
		if at == "" {
			at = c.field
		}
		if !slices.ContainsFunc(l.Faults, func(f importing.Fault) bool {
			return f.Address == sheet.Address(l.Number, column(at)+1) && strings.Contains(f.Message, c.words)
		}) {
			t.Errorf("%s %.20q: %+v", c.field, c.typed, l.Faults)
		}
		for _, f := range l.Faults {
			if len(f.Message) == 0 || c.field == "head_id_no" && c.typed != "" && strings.Contains(f.Message+f.Typed, c.typed) {
				t.Errorf("%s shows a number: %+v", c.field, f)
			}
		}
	}
	if p.Counts[importing.Fresh] != 0 {
		t.Errorf("%d are taken", p.Counts[importing.Fresh])
	}
	// The control: unspoilt, the same rows go in; one that repeats another does not.
	good := exampleRows(k, func(_ importing.Column, cell string) string { return cell })
	if p := b.read(t, "organizations", "好.xlsx", b.File(t, "organizations", append(good, good[1]))); p.Counts[importing.Fresh] != 2 || len(p.Lines[2].Faults) != 2 {
		t.Errorf("%v %+v", p.Counts, p.Lines[2].Faults)
	}
}
