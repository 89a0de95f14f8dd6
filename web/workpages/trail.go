package workpages

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/civil"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// subjects are the kinds of thing that entries are about, by their key.
var subjects = map[string]string{"case": "办件", "organization": "组织", "account": "账号", "base": "孵化基地", "attachment": "附件", "policy": "政策", "notice": "公示", "objection": "异议"}

func subjectName(key string) string { return cmp.Or(subjects[key], key) }

func subjectOptions() []ui.Option {
	options := []ui.Option{{Label: "全部对象"}}
	for _, key := range []string{"case", "organization", "account", "base", "attachment", "notice"} {
		options = append(options, ui.Option{Value: key, Label: subjectName(key)})
	}
	return options
}

// actions are the words for what is recorded; an action without one shows its key.
var actions = map[string]string{
	"case.open": "开始填写申请", "case.submit": "签署并提交", "case.resubmit": "补正后再提交", "case.opine": "提出意见", "case.accept": "受理",
	"case.return": "退回补正", "case.refuse": "不予受理", "case.withdraw": "撤回申请", "case.discard": "撤销草稿", "case.lapse": "逾期处理",
	"application.section.save": "保存申请内容", "attachment.attach": "上传附件", "attachment.remove": "移除附件",
	"account.register": "注册账号", "account.create": "建账号", "account.claim.confirm": "确认账号登记", "account.claim.refuse": "退回账号登记",
	"account.become_head": "成为负责人账号", "account.disable": "停用账号", "account.enable": "启用账号", "account.sign_in": "登录", "account.sign_out": "退出",
	"account.session.end": "结束一处登录", "account.unlock": "解锁账号", "account.password.change": "修改密码", "account.password.reset": "重置密码",
	"account.second_factor.enrol": "绑定动态口令", "account.second_factor.reset": "重置动态口令", "account.recovery_code.use": "使用恢复码",
	"account.recovery_code.renew": "更换恢复码", "account.messages.read": "消息标为已读", "audit.export": "导出操作记录", "base.facts.save": "保存基地情况",
	"organization.register": "登记组织", "organization.revise": "变更登记事项", "organization.status": "变更状态", "organization.basics.save": "保存基本情况",
	"organization.contact.save": "保存联系方式", "organization.payee.save": "保存收款账户", "organization.payee.verify": "核对收款账户",
	"organization.payee.unmask": "查看完整账号", "organization.head_id.unmask": "查看完整证件号码", "organization.system.file": "上报制度",
	"organization.system.confirm": "确认制度", "organization.system.withdraw": "撤回制度", "organization.activity.record": "登记活动",
	"organization.activity.confirm": "确认活动", "organization.activity.withdraw": "撤回活动", "organization.report.save": "登记年度报告",
	"organization.grant.record": "登记历史资助", "organization.grant.report": "登记使用报告", "organization.grant.withdraw": "撤回历史资助",
	"organization.check": "登记查询结果", "standing.entry.add": "列入名录", "standing.entry.close": "移出名录", "standing.entry.void": "撤销列入",
	"notice.draft": "起草公示", "notice.save": "修改公示", "notice.discard": "作废公示稿", "notice.submit": "公示送审", "notice.approve": "公示审核通过",
	"notice.return": "退回公示稿", "notice.issue": "签发公示", "notice.publish": "发布公示", "notice.erratum": "起草勘误", "notice.extend": "延长公示",
	"notice.withdraw": "撤回公示", "notice.recount": "重算公示期", "notice.end": "公示期满", "notice.settle": "公示无异议",
	"notice.objection.receive": "收到异议", "notice.objection.unmask": "查看异议人", "notice.objection.decide": "处理异议",
	"standing.grade.add": "登记星级", "standing.grade.void": "撤销星级", "standing.check": "登记名录查询",
}

// auditTable lists entries in the order in which they come.
func auditTable(caption string, items []audit.Item) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: "时间"}, {Label: "做了什么"}, {Label: "谁"}, {Label: "对象"}, {Label: "内容"}, {Label: "封存", Number: true}}}
	var rows []ui.Row
	for _, i := range items {
		rows = append(rows, auditRow(i))
	}
	return filled(t, rows)
}

func auditRow(i audit.Item) ui.Row {
	done := ui.Head(cmp.Or(actions[i.Action], i.Action), "", i.Action)
	who := ui.Cell{Text: i.ActorName, Sub: strings.Trim(i.ActorRole.Name()+" "+i.IP, " ")}
	if i.AccountID != nil {
		who.Body = ui.Link(i.ActorName, paths.WithQuery(paths.Audit, url.Values{"account": {i.AccountID.String()}}))
	}
	about := ui.Cell{Sub: brief(i.SubjectID), Body: ui.Link(subjectName(i.Subject), paths.AuditSubject(i.Subject, i.SubjectID))}
	seal := ui.T("还没有")
	if i.Seal > 0 {
		seal = ui.TS("第 "+itoa(int(i.Seal))+" 号", i.Digest.String()[:8])
	}
	at := i.At.In(civil.Shanghai)
	return ui.Cells(ui.TS(at.Format("2006-01-02"), at.Format("15:04:05")), done, who, about, ui.Cell{Body: detail(details(i.Detail))}, seal)
}

// brief shortens an id to what tells two apart at a glance; numbers stay whole.
func brief(id string) string {
	if len(id) == 36 {
		return "…" + id[24:]
	}
	return id
}

// details writes references and field names line by line, in the order of keys.
func details(raw json.RawMessage) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return []string{string(raw)}
	}
	out := make([]string, 0, len(fields))
	for key, value := range fields {
		out = append(out, key+"："+strings.Trim(string(value), `"`))
	}
	slices.Sort(out)
	return out
}

// caseOf finds the number of a case in its entries.
func caseOf(items []audit.Item) string {
	for _, i := range items {
		var d struct {
			No string `json:"no"`
		}
		if json.Unmarshal(i.Detail, &d) == nil && d.No != "" {
			return d.No
		}
	}
	return ""
}
