package workpages

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// subjects are the kinds of thing that entries are about, by their key.
var subjects = map[string]string{"case": "办件", "application": "申请附件", "organization": "组织", "account": "账号", "base": "孵化基地", "attachment": "附件", "policy": "政策", "fund": "专项资金", "notice": "公示", "objection": "异议",
	"event": "活动", "volunteer": "志愿者", "sample": "现场抽查"}

func subjectName(key string) string { return cmp.Or(subjects[key], key) }

func subjectOptions() []ui.Option {
	options := []ui.Option{{Label: "全部对象"}}
	for _, key := range []string{"case", "application", "organization", "account", "base", "attachment", "fund", "notice", "event", "sample"} {
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
	"roster.enter": "登记人员", "roster.change": "更正人员登记", "roster.end": "登记人员离开", "roster.contract.add": "登记劳动合同",
	"roster.contract.remove": "撤销劳动合同", "roster.insurance": "登记参保月份", "roster.withdraw": "撤销人员登记", "roster.id.unmask": "查看完整证件号码",
	"roster.import": "导入花名册", "training.import": "导入培训记录",
	"activity_plan.file": "报备活动", "activity_plan.withdraw": "取消活动报备", "activity_plan.note": "知悉活动报备",
	"organization.system.confirm": "确认制度", "organization.system.withdraw": "撤回制度", "organization.activity.record": "登记活动",
	"organization.activity.confirm": "确认活动", "organization.activity.withdraw": "撤回活动", "organization.report.save": "登记年度报告",
	"organization.grant.record": "登记历史资助", "organization.grant.report": "登记使用报告", "organization.grant.withdraw": "撤回历史资助",
	"organization.check": "登记查询结果", "standing.entry.add": "列入名录", "standing.entry.close": "移出名录", "standing.entry.void": "撤销列入",
	"ledger.commit": "占用资金", "ledger.release": "释放占用", "ledger.gate.open": "放行拨付条件", "ledger.hold.place": "冻结资金", "ledger.hold.lift": "解除冻结",
	"ledger.payment.propose": "制作付款", "ledger.payment.check": "复核付款", "ledger.payment.send": "发送付款", "ledger.payment.cancel": "作废付款",
	"ledger.payment.outcome": "登记付款结果", "ledger.receive": "登记退回的钱", "ledger.reverse": "冲正分录", "ledger.budget.propose": "登记预算",
	"ledger.budget.checked": "复核通过预算", "ledger.budget.refused": "不予通过预算",
	"notice.draft": "起草公示", "notice.save": "修改公示", "notice.discard": "作废公示稿", "notice.submit": "公示送审", "notice.approve": "公示审核通过",
	"notice.return": "退回公示稿", "notice.issue": "签发公示", "notice.publish": "发布公示", "notice.erratum": "起草勘误", "notice.extend": "延长公示",
	"notice.withdraw": "撤回公示", "notice.recount": "重算公示期", "notice.end": "公示期满", "notice.settle": "公示无异议",
	"notice.objection.receive": "收到异议", "notice.objection.unmask": "查看异议人", "notice.objection.decide": "处理异议",
	"event.create": "登记活动计划", "event.save": "修改活动", "event.publish": "公开活动", "event.announce": "公开报备的活动", "event.cancel": "取消活动", "event.hold": "登记活动结果",
	"event.block": "下架活动", "event.unblock": "恢复公开活动", "event.hours.record": "记服务时长", "event.hours.withdraw": "撤回服务时长",
	"event.picture.add": "上传活动照片", "event.picture.release": "公开活动照片", "event.picture.judge": "决定照片能否公开", "event.picture.remove": "撤下活动照片",
	"event.picture.ask": "请求撤下照片", "event.picture.decide": "处理撤下照片的请求", "event.picture.unmask": "查看请求人的电话",
	"volunteer.call": "开放或停止志愿者报名", "volunteer.apply": "报名做志愿者", "volunteer.add": "登记纸面报名", "volunteer.confirm": "确认志愿者", "volunteer.decline": "不接收报名",
	"volunteer.leave": "志愿者退出", "volunteer.erase": "删除志愿者资料", "volunteer.unmask": "查看志愿者手机", "sample.freeze": "固定抽查名单", "sample.draw": "抽取抽查名单",
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

// fields are the words for what an entry refers to; a field without one shows
// its key, as the export does.
var fields = map[string]string{
	"accepted": "确认过的提醒", "account": "账号摘要", "activity": "活动", "amount_fen": "金额（分）", "attachment": "附件", "awarded_on": "核定日期",
	"basis": "管理方式", "claim": "账号登记", "community": "社区代码", "conclusion": "结论", "confirmed": "已确认", "correction": "更正",
	"effective_on": "变更日期", "entry": "名录记录", "fields": "字段", "filed_on": "备案日期", "from": "从", "grade": "星级记录", "grant": "资助",
	"head": "负责人", "held_on": "活动日期", "kind": "种类", "lists": "名录", "mobile": "手机摘要", "mobile_changed": "手机有变", "no": "编号",
	"on": "日期", "payee": "收款账户", "person": "人员", "programme": "工程", "reason": "理由", "record": "记录", "replaces": "替换", "result": "结果",
	"role": "身份", "section": "部分", "session": "会话", "sha256": "SHA-256", "since": "起始日期", "size": "字节数", "slot": "附件项", "star": "星级",
	"subject": "事项", "system": "制度", "to": "到", "type": "格式", "up_to": "截至", "username": "用户名", "version": "版本", "year": "年度",
}

// details writes references and field names line by line, in the order of keys;
// what is null is not there.
func details(raw json.RawMessage) []string {
	var values map[string]json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return []string{string(raw)}
	}
	out := make([]string, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if value := strings.Trim(string(values[key]), `"`); value != "" && value != "null" {
			out = append(out, cmp.Or(fields[key], key)+"："+spoken(key, value))
		}
	}
	return out
}

// spoken says a state or a role by its name; everything else stays as recorded.
func spoken(key, value string) string {
	switch key {
	case "from", "to":
		return cmp.Or(workflow.State(value).Name(), value)
	case "role":
		return cmp.Or(authz.Role(value).Name(), value)
	}
	return value
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
