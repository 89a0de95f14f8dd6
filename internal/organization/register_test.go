package organization_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"

	"github.com/google/uuid"
)

// Every bad input of domain §1.5 stops at its own field, and nothing is saved.
func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cases := []struct {
		name, field string
		spoil       func(in *organization.Registration)
	}{
		{"name too short", "name", func(in *organization.Registration) { in.Name = "互助" }},
		{"name with markup", "name", func(in *organization.Registration) { in.Name = "六联<b>互助会</b>" }},
		{"name with emoji", "name", func(in *organization.Registration) { in.Name = "六联互助会😀" }},
		{"registered without code", "uscc", func(in *organization.Registration) { in.Basis, in.USCC = organization.Registered, "" }},
		{"code of another type", "uscc", func(in *organization.Registration) {
			in.Basis, in.USCC = organization.Registered, "52440310MJL0000162"
		}},
		{"check digit", "uscc", func(in *organization.Registration) {
			in.Basis, in.USCC = organization.Registered, "51440310MJL0000166"
		}},
		{"filed with a code", "uscc", func(in *organization.Registration) { in.USCC = "51440310MJL0000165" }},
		{"filed without number", "filing_no", func(in *organization.Registration) { in.FilingNo = "" }},
		{"unknown type", "org_type", func(in *organization.Registration) { in.Type = "company" }},
		{"unknown category", "category", func(in *organization.Registration) { in.Category = "sports" }},
		{"founded tomorrow", "established_on", func(in *organization.Registration) { in.EstablishedOn = civil.Of(2026, 11, 24) }},
		{"no such day", "established_on", func(in *organization.Registration) { in.EstablishedOn = civil.Of(2026, 2, 30) }},
		{"founded in year 1", "established_on", func(in *organization.Registration) { in.EstablishedOn = civil.Of(1, 1, 1) }},
		{"community of another subdistrict", "community", func(in *organization.Registration) { in.CommunityCode = pinghuan }},
		{"no such community", "community", func(in *organization.Registration) { in.CommunityCode = "440310001099" }},
		{"no such subdistrict", "subdistrict", func(in *organization.Registration) { in.SubdistrictCode = "440307001" }},
		{"impossible birthday", "head_id_no", func(in *organization.Registration) { in.HeadIDNumber = "440310199002300018" }},
		{"a child", "head_id_no", func(in *organization.Registration) { in.HeadIDNumber = "440310201501010015" }},
		{"no document", "head_id_no", func(in *organization.Registration) { in.HeadIDNumber = "" }},
		{"mobile", "head_mobile", func(in *organization.Registration) { in.HeadMobile = "1380013800" }},
		{"business scope too long", "business_scope", func(in *organization.Registration) { in.BusinessScope = strings.Repeat("助", 501) }},
	}
	for _, c := range cases {
		in := filed("01")
		c.spoil(&in)
		_, err := b.Register(t.Context(), b.clerk, in)
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		wantField(t, err, c.field)
	}
	if n := len(b.list(t, organization.Filter{}, "", 50).Items); n != 0 {
		t.Errorf("%d organizations saved out of refused ones", n)
	}
	b.register(t, filed("01")) // the control: unspoilt it is taken
}

func TestRegisterTakesADeviatingCodeWithAReason(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := registered("坪山区邻里互助协会", "51440310MJL0000166")
	_, err := b.Register(t.Context(), b.clerk, in)
	wantField(t, err, "uscc")
	in.USCCOverrideReason = "证书原件上就是这个代码，已和发证机关核对"
	id := b.register(t, in)
	if o := b.record(t, b.clerk, id); o.USCC != "51440310MJL0000166" || o.USCCOverrideReason == "" {
		t.Errorf("code %q, reason %q", o.USCC, o.USCCOverrideReason)
	}
	// A reason that nothing needed is not kept.
	in = registered("坪山区书法协会", "51440310MJL123454H")
	in.USCCOverrideReason = "不需要的理由写在这里"
	if o := b.record(t, b.clerk, b.register(t, in)); o.USCCOverrideReason != "" {
		t.Errorf("kept reason %q", o.USCCOverrideReason)
	}
}

func TestRegisterNormalises(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	in.FilingNo, in.HeadMobile = "坪社备[2026]第7号", "+86 138 0013 8000"
	o := b.record(t, b.clerk, b.register(t, in))
	if o.FilingNo != "坪社备〔2026〕第0007号" || o.HeadMobile != "13800138000" || o.HeadMobileMask == o.HeadMobile {
		t.Errorf("got %q, %q, %q", o.FilingNo, o.HeadMobile, o.HeadMobileMask)
	}
}

// Names that differ only in form stop once; looked into, they are saved.
func TestSimilarNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first := filed("01")
	first.Name = "六联社区长者服务中心"
	b.register(t, first)
	same := filed("02")
	same.Name = "六联社区 长者服务中心" // the same name under another spelling of width
	_, err := b.Register(t.Context(), b.clerk, accept(same, err2(b.Register(t.Context(), b.clerk, same))))
	wantField(t, err, "name")
	similar := filed("03")
	similar.Name = "六联社区长者中心"
	_, err = b.Register(t.Context(), b.clerk, similar)
	wantField(t, err, "accept")
	if w := errs.WarningsOf(err); len(w) != 1 || w[0].Code != "similar_name" || !strings.Contains(w[0].Message, first.Name) {
		t.Fatalf("warnings %v", w)
	}
	similar.Accept = []string{"similar_name"}
	b.register(t, similar)
}

func err2(_ uuid.UUID, err error) error { return err }

// accept ticks every warning of err.
func accept(in organization.Registration, err error) organization.Registration {
	in.Token = once.NewToken()
	for _, w := range errs.WarningsOf(err) {
		in.Accept = append(in.Accept, w.Code)
	}
	return in
}

func TestHeadOfThreeWarns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.register(t, filed("11"))
	b.register(t, filed("12"))
	third := filed("13")
	_, err := b.Register(t.Context(), b.clerk, third)
	if w := errs.WarningsOf(err); len(w) != 1 || w[0].Code != "head_of_many" {
		t.Fatalf("warnings %v, error %v", w, err)
	}
	b.register(t, accept(third, err))
	another := filed("14")
	another.HeadName, another.HeadIDNumber = "王五", "34052419800101001X"
	b.register(t, another) // the control: another head warns of nothing
}

func TestDivisionOfAnotherDistrictWarns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := registered("坪山区老年协会", "51440307MJL000016T")
	_, err := b.Register(t.Context(), b.clerk, in)
	if errs.FieldsOf(err) == nil {
		t.Fatal("taken without a word")
	}
	if w := errs.WarningsOf(err); len(w) != 1 || w[0].Code != "division" {
		t.Errorf("warnings %v, error %v", w, err)
	}
}

func TestNumbersAreTakenOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.register(t, filed("01"))
	twin := filed("02")
	twin.FilingNo = filed("01").FilingNo
	_, err := b.Register(t.Context(), b.clerk, twin)
	wantField(t, err, "filing_no")
	b.register(t, registered("坪山区邻里互助协会", "51440310MJL0000165"))
	code := registered("坪山区另一个协会", "51440310MJL0000165")
	_, err = b.Register(t.Context(), b.clerk, code)
	wantField(t, err, "uscc")
}

func TestRegisterTwiceMakesOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	first, again := b.register(t, in), b.register(t, in)
	if first != again {
		t.Errorf("two organizations %s and %s out of one form", first, again)
	}
}

func TestSubdistrictRecordsItsOwnAreaOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.Register(t.Context(), b.other, filed("01"))
	wantField(t, err, "subdistrict")
	if _, err := b.Register(t.Context(), b.subdistrict, filed("01")); err != nil {
		t.Errorf("own area: %v", err)
	}
	_, err = b.Register(t.Context(), b.community, filed("02"))
	wantKind(t, err, errs.Forbidden)
	_, err = b.Register(t.Context(), b.public, filed("02"))
	wantKind(t, err, errs.Unauthenticated)
}

func TestSameNumberUnderAnotherName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.register(t, filed("01"))
	in := filed("02")
	in.HeadName = "陈大明"
	_, err := b.Register(t.Context(), b.clerk, in)
	wantField(t, err, "head_id_no")
}

func TestPassportHead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	in.HeadName, in.HeadIDType, in.HeadIDNumber = "John O'Brien", person.Passport, "e1234567"
	b.register(t, in)
	in = filed("02")
	in.HeadIDType, in.HeadIDNumber = person.Passport, "E12"
	_, err := b.Register(t.Context(), b.clerk, in)
	wantField(t, err, "head_id_no")
}
