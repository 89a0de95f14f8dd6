package funding

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

// UseReport says what a grant was used for (三（三）3): every receipt with its
// share, what came of it, and what is left.
type UseReport struct {
	Lines   []receipt.Entry `json:"lines"`
	Summary string          `json:"summary"`
	Paid    money.Fen       `json:"paid_fen"`
	Spent   money.Fen       `json:"spent_fen"`
	Unspent money.Fen       `json:"unspent_fen"` // goes back to the fund

	rows []int // of the form, one for each line
}

// MaxReceipts is how many receipts a report lists at most.
const MaxReceipts = 40

// receiptRows is the name that the controls of the receipts begin with.
const receiptRows = "receipt"

// ReceiptControl returns the name of a control of the receipt in row i (from 1).
func ReceiptControl(i int, part receipt.Part) string {
	return receipt.Controls(receiptRows, []int{i})(0, part)
}

// ReadUseReport reads what was typed about a grant of which paid fen were paid,
// or every fault in the order of the form.
func ReadUseReport(v url.Values, paid money.Fen, today civil.Date) (UseReport, []errs.Field) {
	f := form.New(v)
	r := UseReport{Paid: paid}
	r.rows = f.Rows(receiptRows, "票据", MaxReceipts)
	r.Lines = receipt.Read(f, len(r.rows), today, r.controls())
	for _, e := range r.Lines {
		r.Spent += e.Amount
	}
	r.Unspent = paid - r.Spent
	switch {
	case f.Failed(receiptRows):
	case len(r.rows) == 0 && !f.Filled("nothing_spent"):
		f.Fail(receiptRows, "票据", "至少登记一张票据。一分没花的，勾选“没有支出，全部退回”")
	case len(r.rows) > 0 && f.Filled("nothing_spent"):
		f.Fail(receiptRows, "票据", "登记了票据，又勾选了“没有支出”。去掉其中一个")
	case r.Spent > paid:
		f.Fail(receiptRows, "票据", fmt.Sprintf("列支合计 %s 元，比拨付的 %s 元多 %s 元。只写用资助款支付的部分", r.Spent, paid, r.Spent-paid))
	}
	r.Summary = f.Text("summary", "使用效果", form.Required, form.Multiline, form.Min(20), form.Max(1000))
	return r, f.Fields()
}

func (r UseReport) controls() receipt.Names { return receipt.Controls(receiptRows, r.rows) }

// ReportForm is a use report as its form shows it.
type ReportForm struct {
	Case     casework.Case
	Award    Award
	Paid     money.Fen
	Values   url.Values
	Version  int // of the draft, 0 before the first save
	SavedBy  string
	SavedAt  time.Time
	Faults   []errs.Field
	Report   UseReport
	Files    []application.SlotFiles
	Editable bool
	Today    civil.Date
}

// reportSlots are the papers of a use report.
var reportSlots = []application.Slot{
	{Key: "report_receipts", Label: "票据扫描件", Required: true, Max: 20, Hint: "和登记的票据一一对应，1 至 20 份"},
	{Key: "report_photos", Label: "照片和其他证明", Max: 10},
}

// ReportOwner is the owner of a use report's attachments.
const ReportOwner = "use_report"

type reportRow struct {
	Typed   json.RawMessage `db:"typed"`
	Version int             `db:"version"`
	ByName  string          `db:"saved_by_name"`
	At      time.Time       `db:"saved_at"`
}

// loadReport reads the draft of a use report; the zero row before the first save.
func loadReport(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (reportRow, error) {
	rows, err := postgres.All[reportRow](ctx, q, `select typed, version, saved_by_name, saved_at from use_report where case_id = $1`, caseID)
	if err != nil || len(rows) == 0 {
		return reportRow{Typed: json.RawMessage(`{}`)}, err
	}
	return rows[0], nil
}

// saveReport keeps what was typed at the version after seen; somebody else's
// newer version is errs.Conflict.
func saveReport(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, seen int, v url.Values) error {
	typed, err := json.Marshal(v)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `
		insert into use_report (case_id, typed, saved_by_name, saved_at) select $1, $2, $3, $4 where $5 = 0
		on conflict (case_id) do nothing`, caseID, typed, actor.Name, now, seen)
	if err == nil && tag.RowsAffected() == 0 {
		tag, err = tx.Exec(ctx, `update use_report set typed = $2, version = version + 1, saved_by_name = $3, saved_at = $4
			where case_id = $1 and version = $5`, caseID, typed, actor.Name, now, seen)
	}
	if err == nil && tag.RowsAffected() == 0 {
		return errs.New(errs.Conflict, "您打开这一页之后，有人保存了新的内容。两边的内容都在下面，请选用一份或合并后再保存。")
	}
	return err
}
