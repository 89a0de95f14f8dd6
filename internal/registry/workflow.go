package registry

import (
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"
)

// Family is a matter, whoever decides it.
type Family string

// The matters of the registry.
const (
	Filing         Family = "filing"
	Registration   Family = "registration"
	Change         Family = "change"
	Merger         Family = "merger"
	Deregistration Family = "deregistration"
	Revocation     Family = "revocation"
)

// Families lists them in the order of an organization's life.
var Families = []Family{Filing, Registration, Change, Merger, Deregistration, Revocation}

var families = map[Family]struct{ name, prefix string }{
	Filing: {"社区社会组织备案", "BA"}, Registration: {"社会组织登记", "DJ"}, Change: {"社会组织变更", "BG"},
	Merger: {"社会组织合并", "HB"}, Deregistration: {"社会组织注销", "ZX"}, Revocation: {"撤销备案或登记", "CX"},
}

// Name returns the Chinese name.
func (f Family) Name() string { return families[f].name }

// Founds reports whether an organization comes of the matter: its applicant has
// none yet.
func (f Family) Founds() bool { return f == Filing || f == Registration }

const streetSuffix = "_street"

// Kind returns the key of the variant that the bureau or, on the street, the
// subdistrict decides.
func (f Family) Kind(street bool) string {
	if street && f != Registration {
		return string(f) + streetSuffix
	}
	return string(f)
}

// FamilyOf returns the matter of a kind of case and whether the subdistrict
// decides; ok is false for a kind that is none of the registry's.
func FamilyOf(kind string) (f Family, street, ok bool) {
	name, street := strings.CutSuffix(kind, streetSuffix)
	f = Family(name)
	_, ok = families[f]
	return f, street, ok && !(street && f == Registration)
}

// The acts of a decision. Those up to acceptance are of package application.
const (
	Endorse    workflow.Action = "endorse"    // 拟准予
	Oppose     workflow.Action = "oppose"     // 拟不予准予
	SendBack   workflow.Action = "send_back"  // to who took it in
	Reconsider workflow.Action = "reconsider" // the leader gives it back to the reviewer
	Sign       workflow.Action = "sign"
	Decline    workflow.Action = "decline"
	Answer     workflow.Action = "answer" // 陈述申辩
)

var (
	opiningCommunity   = workflow.Place{State: workflow.Opining, Waits: authz.Community}
	opiningSubdistrict = workflow.Place{State: workflow.Opining, Waits: authz.Subdistrict}
	hearing            = workflow.Place{State: workflow.Opining, Waits: authz.OrgHead}
	reviewing          = workflow.Place{State: workflow.Reviewing, Waits: authz.BureauReviewer}
	closed             = workflow.Place{State: workflow.Closed}
	refused            = workflow.Place{State: workflow.Refused}
	withdrawn          = workflow.Place{State: workflow.Withdrawn}
	lapsed             = workflow.Place{State: workflow.Lapsed}
	terminated         = workflow.Place{State: workflow.Terminated}
)

// definitions are the workflows of all variants, by key.
var definitions = func() map[string]*workflow.Definition {
	all := map[string]*workflow.Definition{}
	for _, f := range Families {
		for _, street := range []bool{false, true} {
			d := &workflow.Definition{Kind: f.Kind(street), Name: f.Name(), Prefix: families[f].prefix}
			if all[d.Kind] != nil {
				continue // registration has one
			}
			d.Names = map[workflow.Place]string{refused: "未准予"}
			if f == Revocation {
				d.Names = map[workflow.Place]string{hearing: "待陈述申辩", closed: "已撤销", terminated: "不予撤销"}
				revocation(d, street)
			} else {
				procedure(d, f, street)
			}
			all[d.Kind] = d
		}
	}
	return all
}()

// Definitions returns the workflows of all variants, in the order of Families,
// the bureau's first.
func Definitions() []*workflow.Definition {
	var all []*workflow.Definition
	for _, f := range Families {
		all = append(all, definitions[f.Kind(false)])
		if f != Registration {
			all = append(all, definitions[f.Kind(true)])
		}
	}
	return all
}

// procedure is the way of an application: opinions that inform and lapse, then
// acceptance and decision by whoever is registrar. At the bureau clerk, reviewer
// and leader are three people; at the subdistrict who decides has not taken the
// case in.
func procedure(d *workflow.Definition, f Family, street bool) {
	applicant := authz.OrgHead
	if f.Founds() {
		applicant = authz.Initiator
	}
	draft := workflow.Place{State: workflow.Draft, Waits: applicant}
	correcting := workflow.Place{State: workflow.Correcting, Waits: applicant}
	accepting, signing, clerk := registrarPlaces(street)
	decided, afterCommunity, due := reviewing, opiningSubdistrict, "opinion.subdistrict_wd"
	if street {
		decided, afterCommunity, due = signing, accepting, "filing.accept_wd"
	}
	applied := acts("submit", "resubmit", "opine")

	d.Start = draft
	add := func(t ...workflow.Transition) { d.Transitions = append(d.Transitions, t...) }
	add(workflow.Transition{Action: "submit", Label: "签署并提交", From: at(draft), To: opiningCommunity, By: by(applicant), DueParam: "opinion.community_wd"},
		workflow.Transition{Action: "opine", Label: "社区提出意见", From: at(opiningCommunity), To: afterCommunity, By: by(authz.Community), NotBy: acts("submit"), DueParam: due},
		workflow.Transition{Action: workflow.Lapse, Label: "社区逾期未提出意见", From: at(opiningCommunity), To: afterCommunity, By: by(authz.System), DueParam: due})
	stages := at(draft, opiningCommunity)
	if !street {
		stages = append(stages, opiningSubdistrict)
		add(workflow.Transition{Action: "opine", Label: "街道提出意见", From: at(opiningSubdistrict), To: accepting, By: by(authz.Subdistrict), NotBy: acts("submit", "opine"), DueParam: "filing.accept_wd"},
			workflow.Transition{Action: workflow.Lapse, Label: "街道逾期未提出意见", From: at(opiningSubdistrict), To: accepting, By: by(authz.System), DueParam: "filing.accept_wd"})
	}
	add(workflow.Transition{Action: "accept", Label: "受理", From: at(accepting), To: decided, By: by(clerk), NotBy: applied, DueParam: "filing.decide_wd"},
		workflow.Transition{Action: "return", Label: "退回补正", From: at(accepting), To: correcting, By: by(clerk), NotBy: applied, PausesClock: true, DueParam: "filing.correct_wd"},
		workflow.Transition{Action: "refuse", Label: "不予受理", From: at(accepting), To: refused, By: by(clerk), NotBy: applied},
		workflow.Transition{Action: "resubmit", Label: "补正后再提交", From: at(correcting), To: accepting, By: by(applicant), KeepsDue: true},
		workflow.Transition{Action: workflow.Lapse, Label: "逾期未补正，视为撤回", From: at(correcting), To: lapsed, By: by(authz.System)})
	add(deciding(street, accepting, signing, closed, refused, "准予")...)
	stages = append(stages, accepting, correcting)
	if !street {
		stages = append(stages, reviewing)
	}
	add(workflow.Transition{Action: "withdraw", Label: "撤回申请", From: append(stages, signing), To: withdrawn, By: by(applicant)})
	if !f.Founds() {
		add(workflow.Transition{Action: "discard", Label: "撤销草稿", From: at(draft), To: withdrawn, By: by(authz.OrgClerk)})
	}
}

// revocation is the way that the registrar opens: the organization is told
// beforehand and heard (陈述申辩); its silence lapses and does not stop the case.
func revocation(d *workflow.Definition, street bool) {
	_, signing, clerk := registrarPlaces(street)
	draft := workflow.Place{State: workflow.Draft, Waits: clerk}
	heard, judged := signing, "filing.decide_wd"
	if !street {
		heard = reviewing
	}
	d.Start = draft
	d.Transitions = append([]workflow.Transition{
		{Action: "submit", Label: "告知组织", From: at(draft), To: hearing, By: by(clerk), DueParam: "revocation.statement_wd"},
		{Action: Answer, Label: "陈述申辩", From: at(hearing), To: heard, By: by(authz.OrgHead), DueParam: judged},
		{Action: workflow.Lapse, Label: "逾期未陈述申辩", From: at(hearing), To: heard, By: by(authz.System), DueParam: judged},
	}, deciding(street, workflow.Place{}, signing, closed, terminated, "撤销")...)
	d.Transitions = append(d.Transitions, workflow.Transition{Action: "discard", Label: "撤销草稿", From: at(draft), To: withdrawn, By: by(clerk)})
}

// deciding is the way from acceptance to the end. Without a place to accept in
// nothing is sent back to the clerk: the organization has been told what it is
// heard about.
func deciding(street bool, accepting, signing, yes, no workflow.Place, verb string) []workflow.Transition {
	before := acts("submit", "resubmit", "opine", "accept", "return")
	if street {
		back := []workflow.Transition{
			{Action: Sign, Label: "决定" + verb, From: at(signing), To: yes, By: by(authz.Subdistrict), NotBy: before},
			{Action: Decline, Label: "决定不予" + verb, From: at(signing), To: no, By: by(authz.Subdistrict), NotBy: before},
		}
		if accepting.State != "" {
			back = append(back, workflow.Transition{Action: Reconsider, Label: "退回经办", From: at(signing), To: accepting, By: by(authz.Subdistrict), KeepsDue: true})
		}
		return back
	}
	reviewer, leader := by(authz.BureauReviewer), by(authz.BureauLeader)
	after := append(slices.Clone(before), Endorse, Oppose)
	way := []workflow.Transition{
		{Action: Endorse, Label: "拟" + verb + "，送签批", From: at(reviewing), To: signing, By: reviewer, NotBy: before, KeepsDue: true},
		{Action: Oppose, Label: "拟不予" + verb + "，送签批", From: at(reviewing), To: signing, By: reviewer, NotBy: before, KeepsDue: true},
	}
	if accepting.State != "" {
		way = append(way, workflow.Transition{Action: SendBack, Label: "退回经办", From: at(reviewing), To: accepting, By: reviewer, KeepsDue: true})
	}
	return append(way,
		workflow.Transition{Action: Sign, Label: "签批" + verb, From: at(signing), To: yes, By: leader, NotBy: after},
		workflow.Transition{Action: Decline, Label: "签批不予" + verb, From: at(signing), To: no, By: leader, NotBy: after},
		workflow.Transition{Action: Reconsider, Label: "退回复核", From: at(signing), To: reviewing, By: leader, KeepsDue: true})
}

// registrarPlaces are where the registrar takes a case in and signs it, and who
// takes it in.
func registrarPlaces(street bool) (accepting, signing workflow.Place, clerk authz.Role) {
	clerk, signer := authz.BureauClerk, authz.BureauLeader
	if street {
		clerk, signer = authz.Subdistrict, authz.Subdistrict
	}
	return workflow.Place{State: workflow.Accepting, Waits: clerk}, workflow.Place{State: workflow.Signing, Waits: signer}, clerk
}

func at(p ...workflow.Place) []workflow.Place     { return p }
func by(r ...authz.Role) []authz.Role             { return r }
func acts(a ...workflow.Action) []workflow.Action { return a }
