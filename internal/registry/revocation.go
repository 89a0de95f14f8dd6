package registry

import (
	"net/url"
	"slices"

	"civilaffairs/internal/application"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
)

// RevocationGround is a reason to revoke a filing or registration; each cites its
// article.
type RevocationGround struct {
	application.Ground
	RegisteredOnly bool
}

const measures = "《实施意见》三（三）3"

// RevocationGrounds is the closed list. The periods of law and its articles are
// to be confirmed by the bureau.
var RevocationGrounds = []RevocationGround{
	{application.Ground{Key: "inactive", Text: "活动不正常", Article: measures}, false},
	{application.Ground{Key: "weak", Text: "运作能力弱", Article: measures}, false},
	{application.Ground{Key: "unrecognised", Text: "社会认可度低", Article: measures}, false},
	{application.Ground{Key: "idle", Text: "自取得登记证书之日起长期未开展活动", Article: "《社会团体登记管理条例》关于一年未开展活动的规定（条号待确认）"}, true},
	{application.Ground{Key: "fraud", Text: "弄虚作假取得备案或登记", Article: "登记管理条例关于骗取登记的规定（条号待确认）"}, false},
	{application.Ground{Key: "illegal", Text: "有违法违规行为，情节严重", Article: "《实施意见》三（三）3和登记管理条例（条号待确认）"}, false},
}

// revocationGround returns a ground by its key.
func revocationGround(key string) RevocationGround {
	i := slices.IndexFunc(RevocationGrounds, func(g RevocationGround) bool { return g.Key == key })
	if i < 0 {
		return RevocationGround{}
	}
	return RevocationGrounds[i]
}

// RevocationCase is what the organization is told beforehand: grounds, facts and
// what was tried (引导) before.
type RevocationCase struct {
	Grounds []string `json:"grounds"`
	Facts   string   `json:"facts"`
	Tried   string   `json:"tried"`
}

// revoking is the form of a revocation, filled in by the registrar.
type revoking struct{}

func (revoking) statement() application.Statement {
	return application.Statement{Version: "revocation-1", Lines: []string{
		"所列事实有证据证明，证据已经附上。",
		"已经引导组织整改、合并或注销，没有成效，或情况不适于引导。",
		"依法告知组织事实、理由和依据，并听取陈述申辩。",
	}}
}

func (revoking) sections() []application.Section {
	return []application.Section{{Key: "case", Title: "撤销的理由和事实", Items: []application.Item{
		one("grounds", "理由"), one("facts", "查明的事实"), one("tried", "已经采取的引导措施")}}}
}

var revocationSlots = []application.Slot{
	{Key: "evidence", Label: "证据材料", Required: true, Max: 10, Hint: "检查记录、走访记录、年报情况、照片等"},
	{Key: "other", Label: "其他材料", Max: 5},
}

func (revoking) allSlots() []application.Slot { return revocationSlots }

func (revoking) slots(url.Values, Subject) []application.Slot { return revocationSlots }

// read also compares with the record: what it contradicts is no ground.
func (revoking) read(v url.Values, s Subject) (application.Document, []errs.Field) {
	r := newReader(v, s)
	keys := make([]string, len(RevocationGrounds))
	for i, g := range RevocationGrounds {
		keys[i] = g.Key
	}
	d := RevocationCase{Grounds: r.Choices("grounds", "理由", keys, form.Required)}
	for _, key := range d.Grounds {
		if g := revocationGround(key); g.RegisteredOnly && s.Organization.Basis != organization.Registered {
			r.Fail("grounds", "理由", "“"+g.Text+"”只适用于登记的组织，这个组织是备案的。改选别的理由")
		}
	}
	idleSince := s.Organization.EstablishedOn.AddMonths(s.Params.RevocationIdleMonth)
	switch from := s.Today.AddMonths(-s.Params.RevocationIdleMonth); {
	case !slices.Contains(d.Grounds, "idle"):
	case s.Today.Before(idleSince):
		r.Fail("grounds", "理由", "成立还不满期限，"+idleSince.Chinese()+"起才能以“长期未开展活动”撤销。改选别的理由")
	case !s.LastActivity.IsZero() && !s.LastActivity.Before(from):
		r.Fail("grounds", "理由", "档案里有"+s.LastActivity.Chinese()+"的活动，经社区或机关确认过。核对以后改选别的理由")
	}
	d.Facts = r.words("facts", "查明的事实", form.Required, form.Multiline, form.Min(20), form.Max(2000))
	d.Tried = r.words("tried", "已经采取的引导措施", form.Required, form.Multiline, form.Min(5), form.Max(1000))
	return &d, r.Fields()
}
