package roster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/person"

	"github.com/google/uuid"
)

var (
	today   = civil.Of(2018, 11, 23)
	founded = civil.Of(2017, 10, 9)
)

// good is a full-time worker with a contract and three insured months.
func good() Input {
	in := Input{Name: "陈小明", IDType: person.ResidentID, IDNumber: "440310199002280010", Post: Worker, FullTime: true, Education: "bachelor",
		Qualification: Assistant, JoinedOn: civil.Of(2018, 1, 8)}
	in.Contracts = []Contract{{Employer: Own, From: civil.Of(2018, 1, 8), To: civil.Of(2020, 1, 7)}}
	for m := time.January; m <= time.March; m++ {
		in.Months = append(in.Months, InsuredMonth{Month: civil.Month{Year: 2018, Month: m}, Payer: Own})
	}
	return in
}

// number makes a resident number of somebody born on a day.
func number(t *testing.T, born string) string {
	t.Helper()
	head := "440310" + strings.ReplaceAll(born, "-", "") + "001"
	for _, last := range "0123456789X" {
		if n, _, err := person.ParseNumber(person.ResidentID, head+string(last), today); err == nil {
			return n
		}
	}
	t.Fatal("no check digit")
	return ""
}

func TestWhatIsWrongWithAMember(t *testing.T) {
	t.Parallel()
	there := Member{ID: newID(), JoinedOn: civil.Of(2017, 12, 1), LeftOn: civil.Of(2018, 1, 8)}
	month := func(y int, m time.Month) InsuredMonth {
		return InsuredMonth{Month: civil.Month{Year: y, Month: m}, Payer: Own}
	}
	for name, c := range map[string]struct {
		alter func(in *Input, a *around)
		field string // "" for none
		says  string
	}{
		"nothing":              {func(*Input, *around) {}, "", ""},
		"a name of one letter": {func(in *Input, _ *around) { in.Name = "陈" }, "name", ""},
		"a middle dot":         {func(in *Input, _ *around) { in.Name = "买买提·艾力" }, "", ""},
		"a wrong check digit":  {func(in *Input, _ *around) { in.IDNumber = "440310199002280011" }, "id_no", "最后一位"},
		"30 February":          {func(in *Input, _ *around) { in.IDNumber = "440310199002300018" }, "id_no", ""},
		"15 digits":            {func(in *Input, _ *around) { in.IDNumber = "440310900228001" }, "id_no", ""},
		"a permit called an ID": {func(in *Input, _ *around) { in.IDType, in.IDNumber = person.ResidencePermit, "440310199002280010" },
			"id_no", "证件类型不一致"},
		"a number of no document":     {func(in *Input, _ *around) { in.IDType = "" }, "id_no", "先选证件类型"},
		"full-time without number":    {func(in *Input, _ *around) { in.IDNumber = "" }, "id_no", "专职人员要填证件号码"},
		"the number on record":        {func(in *Input, a *around) { in.IDNumber, a.documented = "", true }, "", ""},
		"a volunteer without number":  {func(in *Input, _ *around) { in.IDNumber, in.FullTime, in.Post = "", false, Volunteer }, "", ""},
		"a full-time volunteer":       {func(in *Input, _ *around) { in.Post = Volunteer }, "full_time", ""},
		"fifteen years old":           {func(in *Input, _ *around) { in.IDNumber = number(t, "2002-01-09") }, "id_no", "未满 16 岁"},
		"a post of no list":           {func(in *Input, _ *around) { in.Post = "boss" }, "post", ""},
		"no day of joining":           {func(in *Input, _ *around) { in.JoinedOn = civil.Date{} }, "joined_on", "填加入日期"},
		"joining tomorrow":            {func(in *Input, _ *around) { in.JoinedOn = today.AddDays(1) }, "joined_on", "还没到"},
		"a day that does not exist":   {func(in *Input, _ *around) { in.JoinedOn = civil.Of(2018, 2, 30) }, "joined_on", ""},
		"a reason without a last day": {func(in *Input, _ *around) { in.LeftReason = "resigned" }, "left_on", ""},
		"a last day without a reason": {func(in *Input, _ *around) { in.LeftOn = civil.Of(2018, 6, 30) }, "left_reason", ""},
		"gone before coming":          {func(in *Input, _ *around) { in.LeftOn, in.LeftReason = civil.Of(2018, 1, 7), "resigned" }, "left_on", "早于加入日期"},
		"gone tomorrow":               {func(in *Input, _ *around) { in.LeftOn, in.LeftReason = today.AddDays(1), "resigned" }, "left_on", "还没到"},
		"twice at once":               {func(_ *Input, a *around) { a.here = []Member{there} }, "joined_on", "时间重叠"},
		"again on the next day": {func(in *Input, a *around) {
			there := there
			there.LeftOn = in.JoinedOn.AddDays(-1)
			a.here = []Member{there}
		}, "", ""},
		"a contract before the stay": {func(in *Input, _ *around) { in.Contracts[0].From = civil.Of(2018, 1, 7) }, "contract_from", "早于加入日期"},
		"a contract after the stay": {func(in *Input, _ *around) {
			in.LeftOn, in.LeftReason = civil.Of(2018, 1, 8), "other"
			in.Contracts[0].From = civil.Of(2018, 2, 1)
		}, "contract_from", "晚于离开"},
		"a contract that ends at first": {func(in *Input, _ *around) { in.Contracts[0].To = civil.Of(2018, 1, 7) }, "contract_to", "早于起始日期"},
		"an agent without a name":       {func(in *Input, _ *around) { in.Contracts[0].Employer = Agent }, "contract_unit", ""},
		"two contracts at once": {func(in *Input, _ *around) {
			in.Contracts = append(in.Contracts, Contract{Employer: Own, From: civil.Of(2020, 1, 7)})
		}, "contract_from", "重叠"},
		"one contract after the other": {func(in *Input, _ *around) {
			in.Contracts = append(in.Contracts, Contract{Employer: Own, From: civil.Of(2020, 1, 8)})
		}, "", ""},
		"two open contracts": {func(in *Input, _ *around) {
			in.Contracts[0].To = civil.Date{}
			in.Contracts = append(in.Contracts, Contract{Employer: Own, From: civil.Of(2021, 1, 8)})
		}, "contract_from", "重叠"},
		"insured next month":               {func(in *Input, _ *around) { in.Months = append(in.Months, month(2018, 12)) }, "months", "还没到"},
		"insured this month":               {func(in *Input, _ *around) { in.Months = append(in.Months, month(2018, 11)) }, "", ""},
		"insured before coming":            {func(in *Input, _ *around) { in.Months = append(in.Months, month(2017, 12)) }, "months", "不在任职期间"},
		"a month twice":                    {func(in *Input, _ *around) { in.Months = append(in.Months, month(2018, 3)) }, "months", "两次"},
		"a month paid by nobody we know":   {func(in *Input, _ *around) { in.Months[0].Payer = Agent }, "payer_unit", ""},
		"a contract of a payer unheard of": {func(in *Input, _ *around) { in.Contracts[0].Employer = "friend" }, "contract_employer", ""},
	} {
		in, a := good(), around{today: today, establishedOn: founded}
		c.alter(&in, &a)
		faults, _ := in.check(a)
		switch {
		case c.field == "" && len(faults) > 0:
			t.Errorf("%s: %v", name, faults)
		case c.field != "" && !slices.ContainsFunc(faults, func(f errs.Field) bool { return f.Name == c.field && strings.Contains(f.Message, c.says) }):
			t.Errorf("%s: %v, want %s at %s", name, faults, c.says, c.field)
		}
	}
}

func TestWhatIsOddAboutAMember(t *testing.T) {
	t.Parallel()
	other := func(full bool, from, to civil.Date) elsewhere {
		return elsewhere{Member{ID: newID(), OrgID: newID(), FullTime: full, JoinedOn: from, LeftOn: to}, "坪环社区睦邻互助社"}
	}
	for name, c := range map[string]struct {
		alter func(in *Input, a *around)
		code  string
		says  string
	}{
		"nothing":              {func(*Input, *around) {}, "", ""},
		"seventeen years old":  {func(in *Input, _ *around) { in.IDNumber = number(t, "2000-06-01") }, "minor", "17 岁"},
		"eighteen on the day":  {func(in *Input, _ *around) { in.IDNumber = number(t, "2000-01-08") }, "", ""},
		"sixty-six":            {func(in *Input, _ *around) { in.IDNumber = number(t, "1952-01-08") }, "old", "66 岁"},
		"sixty-five":           {func(in *Input, _ *around) { in.IDNumber = number(t, "1952-01-09") }, "", ""},
		"there before it was":  {func(in *Input, a *around) { a.establishedOn = in.JoinedOn.AddDays(1) }, "before_founding", ""},
		"insured, no contract": {func(in *Input, _ *around) { in.Contracts[0].From = civil.Of(2018, 3, 1) }, "outside_contract", "2018-01、2018-02"},
		"gone, contract runs on": {func(in *Input, _ *around) { in.LeftOn, in.LeftReason = civil.Of(2018, 6, 30), "resigned" },
			"contract_after", "2020-01-07"},
		"full-time elsewhere": {func(_ *Input, a *around) {
			a.elsewhere = []elsewhere{other(true, founded, civil.Date{})}
			a.named = true
		},
			"full_time_elsewhere", "坪环社区睦邻互助社"},
		"full-time elsewhere, not said where": {func(_ *Input, a *around) { a.elsewhere = []elsewhere{other(true, founded, civil.Date{})} },
			"full_time_elsewhere", "另一个组织"},
		"left elsewhere in the same month":   {func(_ *Input, a *around) { a.elsewhere = []elsewhere{other(true, founded, civil.Of(2018, 1, 3))} }, "full_time_elsewhere", ""},
		"left elsewhere in the month before": {func(_ *Input, a *around) { a.elsewhere = []elsewhere{other(true, founded, civil.Of(2017, 12, 31))} }, "", ""},
		"part-time elsewhere":                {func(_ *Input, a *around) { a.elsewhere = []elsewhere{other(false, founded, civil.Date{})} }, "", ""},
		"part-time here": {func(in *Input, a *around) {
			in.FullTime = false
			a.elsewhere = []elsewhere{other(true, founded, civil.Date{})}
		}, "", ""},
	} {
		in, a := good(), around{today: today, establishedOn: founded}
		c.alter(&in, &a)
		faults, warnings := in.check(a)
		if len(faults) > 0 {
			t.Errorf("%s: faults %v", name, faults)
		}
		switch {
		case c.code == "" && len(warnings) > 0:
			t.Errorf("%s: %v", name, warnings)
		case c.code != "" && (len(warnings) != 1 || warnings[0].Code != c.code || !strings.Contains(warnings[0].Message, c.says)):
			t.Errorf("%s: %v, want %s that says %s", name, warnings, c.code, c.says)
		}
		for _, w := range warnings {
			if !a.named && strings.Contains(w.Message, "睦邻") {
				t.Errorf("%s: names the other organization: %s", name, w.Message)
			}
		}
	}
}

// A month counts where the person is full-time with a contract in force and
// insurance paid; two organizations in one month are noticed.
func TestServedMonths(t *testing.T) {
	t.Parallel()
	first, second := newID(), newID()
	stay := func(org uuid.UUID, in Input) Stay {
		m := Member{OrgID: org, FullTime: in.FullTime, JoinedOn: in.JoinedOn, LeftOn: in.LeftOn}
		return Stay{Member: m, Terms: in.Terms}
	}
	a, b := good(), good()
	a.LeftOn = civil.Of(2018, 3, 20)
	b.JoinedOn, b.Contracts[0].From = civil.Of(2018, 3, 28), civil.Of(2018, 4, 1)
	b.Months = []InsuredMonth{{Month: civil.Month{Year: 2018, Month: 3}, Payer: Own}, {Month: civil.Month{Year: 2018, Month: 4}, Payer: Own}}
	stays := []Stay{stay(first, a), stay(second, b)}
	var got []string
	for _, m := range Served(stays, civil.Month{Year: 2017, Month: 12}, civil.Month{Year: 2018, Month: 5}) {
		s := m.Month.String()
		for _, org := range m.Proven {
			s += map[uuid.UUID]string{first: " A", second: " B"}[org]
		}
		if m.Doubled() {
			s += " twice"
		}
		got = append(got, s)
	}
	want := []string{"2017-12", "2018-01 A", "2018-02 A", "2018-03 A twice", "2018-04 B", "2018-05"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if gaps := Gaps(stays); len(gaps) != 1 || gaps[0].Days() != 7 {
		t.Errorf("gaps %+v, want the 7 days from 21 to 27 March", gaps)
	}
	stays[1].JoinedOn = civil.Of(2018, 3, 21)
	if gaps := Gaps(stays); len(gaps) != 0 {
		t.Errorf("gaps %+v, want none", gaps)
	}
}

func TestTheGridOfAYear(t *testing.T) {
	t.Parallel()
	month := func(y int, m time.Month, p Payer) InsuredMonth {
		return InsuredMonth{Month: civil.Month{Year: y, Month: m}, Payer: p}
	}
	had := []InsuredMonth{month(2017, 12, Own), month(2018, 1, Own), month(2018, 2, Own)}
	in := Insured{Year: 2018, Months: []time.Month{2, 3}, Payer: Agent, Unit: "坪山街道社工服务中心"}
	want := []InsuredMonth{month(2017, 12, Own), month(2018, 2, Own), {Month: civil.Month{Year: 2018, Month: 3}, Payer: Agent, Unit: in.Unit}}
	if got := in.merge(had); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	in.All = true
	if got := in.merge(had); got[1].Payer != Agent || got[0].Payer != Own {
		t.Errorf("all of the year: %v", got)
	}
}
