// Package imported is what registries share when an import brings their records
// in and takes them back: who may, what is said of a row that was overtaken, what
// stands against an undo, by what texts are compared, the note in the audit trail.
//
// Level 3; no tables, but the database function referring.
package imported

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

// Refers says what a Ref leads to.
type Refers string

// What a Ref leads to, and what its ID is then.
const (
	ToOrganization Refers = "organization" // id
	ToMember       Refers = "member"       // id, with the organization in Of
	ToGrant        Refers = "grant"        // number
	ToFund         Refers = "fund"         // year
	ToCase         Refers = "case"         // number
	ToImport       Refers = "import"       // id
)

// Ref leads to a record; the zero Ref to none.
type Ref struct {
	To     Refers
	ID, Of string
}

// Organization leads to the record of an organization.
func Organization(id uuid.UUID) Ref { return Ref{To: ToOrganization, ID: id.String()} }

// Dependent is something that stands against taking an import back: what it is in
// words, and where it is.
type Dependent struct {
	Words string
	Ref   Ref
}

// May lets through who brings in records of before: the bureau, for the whole
// district; what names them.
func May(actor authz.Actor, what string) error {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return err
	}
	if actor.Role != authz.BureauClerk {
		return errs.New(errs.Forbidden, what+"由民政局导入。")
	}
	return nil
}

// Overtaken is said when a row has a fault by now: its preview had none.
func Overtaken(f errs.Field) error {
	return errs.Newf(errs.Conflict, "登记的内容在预览以后变了：%s：%s。请重新核对预览。", f.Label, f.Message)
}

// Note writes what an import did into the audit trail.
func Note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "import", SubjectID: importID.String(), Action: action, Detail: detail})
}

// Plain is a text as a row of a spreadsheet is compared with what is on record: of
// one width and case, without white space. It is search_key of the database.
func Plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

// FamilySQL is which record each of a list of organizations ($1) stands for: itself,
// and those that were merged into it.
const FamilySQL = `(select x as root, unnest(organization_ids(x)) as id from (select distinct unnest($1::uuid[]) as x) d)`

// Undo is how a registry takes an import back: what stands against it, the
// function of the database that removes the rows, and the rule by which that one
// refuses when something has come in between.
type Undo struct {
	Dependents func(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]Dependent, error)
	SQL, Rule  string
}

// Do takes the import back in the caller's transaction: errs.Conflict while
// something depends on it.
func (u Undo) Do(ctx context.Context, tx postgres.Tx, importID uuid.UUID) error {
	why, err := u.Dependents(ctx, tx, importID)
	if err != nil {
		return err
	}
	if len(why) > 0 {
		return errs.New(errs.Conflict, why[0].Words)
	}
	_, err = tx.Exec(ctx, u.SQL, importID)
	if postgres.Violates(err, u.Rule) {
		return errs.Wrap(errs.Conflict, "刚刚有记录用到了这次导入的内容，不能撤销。请重新核对。", err)
	}
	return err
}

// most is how many dependents of one kind are named.
const most = 10

// Named gives the first of a list in full and says how many there are besides.
func Named[T any](list []T, say func(T) Dependent) []Dependent {
	var out []Dependent
	for _, x := range list[:min(len(list), most)] {
		out = append(out, say(x))
	}
	if n := len(list) - most; n > 0 {
		out = append(out, Dependent{Words: fmt.Sprintf("还有 %d 处同样的情况。", n)})
	}
	return out
}

// tables are those whose rows people know by a name.
var tables = map[string]string{
	"account": "账号", "activity_claim": "活动补贴申请", "activity_plan": "活动方案", "activity_year": "年度活动补贴", "annual_report": "年度报告", "annual_report_filing": "年度报告", "application": "申请", "award": "资助", "disclosure": "信息公开", "disclosure_version": "信息公开", "earlier_grant": "历史资助",
	"event": "公开活动", "event_service": "活动服务记录", "governance_charter": "章程", "governance_meeting": "会议记录", "governance_officer": "理事、监事", "governance_reminder": "提醒记录", "ledger_commitment": "占用的资金", "ledger_hold": "冻结的资金", "liaison_entry": "协同记录", "liaison_request": "协查请求",
	"organization": "并入的档案", "organization_activity": "活动记录", "organization_check": "核查记录", "organization_event": "大事记", "organization_merge": "档案合并",
	"organization_pair": "核对过的重复档案", "organization_succession": "合并关系", "organization_system": "制度文件", "payee_account": "收款账户", "registry_certificate": "证书",
	"registry_case": "登记备案办件", "roster_member": "花名册人员", "standing_check": "名录查询", "standing_entry": "名录和违规记录", "standing_grade": "星级", "training_record": "培训记录",
	"service_tally": "活动服务合计", "volunteer": "志愿报名", "volunteer_call": "志愿招募",
}

// Table is the name of a table's rows.
func Table(name string) string {
	if words, ok := tables[name]; ok {
		return words
	}
	return "别的记录"
}
