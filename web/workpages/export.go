package workpages

import (
	"net/http"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
)

// exportPart is how many cases one page of an exported inbox has.
const exportPart = 100

// exportInbox is one tab of the inbox as it is filtered, page after page.
func (p *Pages) exportInbox(*http.Request) export.List {
	return export.List{
		Name: "办件",
		Columns: []sheet.Column{{Name: "编号", Kind: sheet.Code}, {Name: "事项与组织", Width: 44}, {Name: "工程", Width: 16}, {Name: "活动或项目", Width: 30}, {Name: "街道", Width: 12}, {Name: "社区", Width: 14},
			{Name: "申请金额（元）", Kind: sheet.Money}, {Name: "状态", Width: 16}, {Name: "等谁办", Width: 26}, {Name: "办理期限", Kind: sheet.Date}, {Name: "还剩工作日", Kind: sheet.Count, Width: 12},
			{Name: "期限暂定", Width: 10}, {Name: "有不同意意见", Width: 14}, {Name: "意见逾期（处）", Kind: sheet.Count}, {Name: "补正次数", Kind: sheet.Count}, {Name: "窗口代办", Width: 10},
			{Name: "收到", Kind: sheet.Moment}, {Name: "办结", Kind: sheet.Moment}},
		Fill: func(r *http.Request, t *export.Table) error {
			a := actor(r)
			if a.Role.OfOrganization() || !a.Can(authz.CaseView) {
				return errs.New(errs.NotFound, "这个工作台没有可以导出的名单。")
			}
			f := readFilter(r.URL.Query())
			f.Cursor, f.Limit = "", exportPart
			for {
				in, err := p.Desk.Inbox(r.Context(), a, f)
				if err != nil {
					return err
				}
				t.On(in.Today)
				for _, i := range in.Items {
					if err := t.Row(caseCells(in, i)...); err != nil {
						return err
					}
				}
				if f.Cursor = in.Next; in.Next == "" {
					return nil
				}
			}
		},
	}
}

func caseCells(in casework.Inbox, i casework.Item) []any {
	var amount, left any
	if i.Amount != nil {
		amount = *i.Amount
	}
	if i.ClockDays != nil && !i.DueOn.IsZero() && i.ClosedAt == nil {
		left = in.Left(i)
	}
	closed := time.Time{}
	if i.ClosedAt != nil {
		closed = *i.ClosedAt
	}
	return []any{i.No, i.Title, strings.TrimSuffix(i.KindName, "工程"), i.About, in.Regions.Name(i.Subdistrict), in.Regions.Name(i.Community), amount, i.PlaceName,
		holder(in.Setting, i), i.DueOn, left, i.DueProvisional, i.Opposed, i.LateOpinions, i.CorrectionRounds, i.Channel == casework.Counter, i.ReceivedAt, closed}
}
