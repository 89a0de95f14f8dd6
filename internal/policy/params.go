package policy

import "slices"

// Key names a parameter. The list is closed: an edition holds exactly these.
// A new key comes with a migration that adds it to every edition.
type Key string

// The parameters of the policy (domain §13), by subject. Amounts are fen, shares
// are whole per cents; WD counts working days.
const (
	// 孵化关爱工程
	StartupMinAgeMonths     Key = "startup.min_age_months"
	StartupMaxAgeMonths     Key = "startup.max_age_months"
	StartupAmountFiled      Key = "startup.amount_filed"
	StartupAmountRegistered Key = "startup.amount_registered"
	StartupPriorityBonusPct Key = "startup.priority_bonus_pct"
	StartupMinActivities    Key = "startup.min_activities"
	StartupSameHeadYears    Key = "startup.same_head_years"
	StartupPayWD            Key = "startup.pay_wd"
	StartupUseReportMonths  Key = "startup.use_report_months"

	// 成长关爱工程
	ActivityMaxPerYear      Key = "activity.max_per_year"
	ActivityRateMode        Key = "activity.rate_mode"
	ActivityRatePct         Key = "activity.rate_pct"
	ActivityTierFrom        Key = "activity.tier_from"
	ActivityTierLowPct      Key = "activity.tier_low_pct"
	ActivityTierHighPct     Key = "activity.tier_high_pct"
	ActivityCapEvent        Key = "activity.cap_event"
	ActivityCapYear         Key = "activity.cap_year"
	ActivityClaimDays       Key = "activity.claim_days"
	ActivityMinParticipants Key = "activity.min_participants"
	ActivityMinPhotos       Key = "activity.min_photos"
	ActivityStar3BonusPct   Key = "activity.star3_bonus_pct"
	ActivityStar2BonusPct   Key = "activity.star2_bonus_pct"
	ActivityReceiptDays     Key = "activity.receipt_days"
	ActivityPhotoDistance   Key = "activity.photo_distance"
	ActivityIntake          Key = "activity.intake"
	ActivityIntakeFrom      Key = "activity.intake_from"
	ActivityIntakeTo        Key = "activity.intake_to"
	ActivityPayWD           Key = "activity.pay_wd"

	// 小项目，大建设工程
	VentureCap             Key = "venture.cap"
	VentureFloor           Key = "venture.floor"
	VenturePerOrgPerRound  Key = "venture.per_org_per_round"
	VentureTrancheFirstPct Key = "venture.tranche_first_pct"
	VentureTrancheMidPct   Key = "venture.tranche_mid_pct"
	VentureTrancheFinalPct Key = "venture.tranche_final_pct"
	VentureFirstPayWD      Key = "venture.first_pay_wd"
	VentureGradeAMin       Key = "venture.grade_a_min"
	VentureGradeBMin       Key = "venture.grade_b_min"

	// 人才扶持工程
	TalentMinServiceMonths Key = "talent.min_service_months"
	TalentMonthlyJunior    Key = "talent.monthly_junior"
	TalentMonthlyMiddle    Key = "talent.monthly_middle"
	TalentMonthlySenior    Key = "talent.monthly_senior"

	// 星级评估
	EvalQuarter            Key = "eval.quarter"
	EvalValidYears         Key = "eval.valid_years"
	EvalReapplyMonths      Key = "eval.reapply_months"
	EvalQuota3Pct          Key = "eval.quota3_pct"
	EvalQuota2Pct          Key = "eval.quota2_pct"
	EvalQuota1Pct          Key = "eval.quota1_pct"
	EvalPass               Key = "eval.pass"
	EvalMin3               Key = "eval.min3"
	EvalMin2               Key = "eval.min2"
	EvalReviewDecisionDays Key = "eval.review_decision_days"

	// 公示和大额项目
	NoticeGrantWD          Key = "notice.grant_wd"
	NoticeTalentWD         Key = "notice.talent_wd"
	NoticeVentureWD        Key = "notice.venture_wd"
	NoticeEvalWD           Key = "notice.eval_wd"
	NoticeLargeWD          Key = "notice.large_wd"
	NoticeEndHour          Key = "notice.end_hour"
	NoticeObjectionWD      Key = "notice.objection_wd"
	LargeItemAmount        Key = "large_item.amount"
	DecisionLeadingGroupWD Key = "decision.leading_group_wd"

	// 信用、追回与监管
	CreditInfoEntryWD               Key = "credit.info_entry_wd"
	CreditSeriousAfterAbnormalYears Key = "credit.serious_after_abnormal_years"
	CreditMinYearsOnSerious         Key = "credit.min_years_on_serious"
	BanBreachYears                  Key = "ban.breach_years"
	BanFraudYears                   Key = "ban.fraud_years"
	LookbackViolationYears          Key = "lookback.violation_years"
	RecoveryRepayWD                 Key = "recovery.repay_wd"
	RecoveryHearingWD               Key = "recovery.hearing_wd"
	UnspentReturnYears              Key = "unspent.return_years"

	// 备案、意见与期限
	FilingRegistrar          Key = "filing.registrar"
	FilingAcceptWD           Key = "filing.accept_wd"
	FilingDecideWD           Key = "filing.decide_wd"
	FilingCorrectWD          Key = "filing.correct_wd"
	CorrectionMaxRounds      Key = "correction.max_rounds"
	OpinionCommunityWD       Key = "opinion.community_wd"
	OpinionSubdistrictWD     Key = "opinion.subdistrict_wd"
	OpinionBureauWD          Key = "opinion.bureau_wd"
	PeriodMetOn              Key = "period.met_on"
	AnnualReportUnitDue      Key = "annual_report.unit_due"
	AnnualReportRegistrarDue Key = "annual_report.registrar_due"
	AnnualReportOpinionWD    Key = "annual_report.opinion_wd"
	AnnualReportCorrectWD    Key = "annual_report.correct_wd"
	AnnualReportConcludeWD   Key = "annual_report.conclude_wd"
	BaseTarget               Key = "base.target"

	// 设立、变更和退出
	FilingInitiatorsAssociation     Key = "filing.initiators_association"
	FilingInitiatorUnitsAssociation Key = "filing.initiator_units_association"
	FilingInitiatorsService         Key = "filing.initiators_service"
	FilingInitiatorUnitsService     Key = "filing.initiator_units_service"
	FilingMinMembers                Key = "filing.min_members"
	FilingMinStaff                  Key = "filing.min_staff"
	RegistrationMinMembers          Key = "registration.min_members"
	RegistrationMinUnitMembers      Key = "registration.min_unit_members"
	RegistrationMinCapital          Key = "registration.min_capital"
	HeadOrganizations               Key = "head.organizations"
	RevocationStatementWD           Key = "revocation.statement_wd"
	RevocationIdleMonths            Key = "revocation.idle_months"

	// 内部治理
	GovernanceSetupMonths     Key = "governance.setup_months"
	GovernanceAssemblyMonths  Key = "governance.assembly_months"
	GovernanceCouncilMonths   Key = "governance.council_months"
	GovernanceTermYears       Key = "governance.term_years"
	GovernanceQuorum          Key = "governance.quorum"
	GovernanceRemindFirstDays Key = "governance.remind_first_days"
	GovernanceRemindLastDays  Key = "governance.remind_last_days"
	DisclosureDue             Key = "disclosure.due"

	// 组织规模
	OrganizationSizeMediumFrom Key = "organization.size_medium_from"
	OrganizationSizeLargeFrom  Key = "organization.size_large_from"

	// 活动、志愿者和抽查
	VolunteerKeepDays Key = "volunteer.keep_days"
	PictureRemovalWD  Key = "picture.removal_wd"
	SampleSharePct    Key = "sample.share_pct"
	SampleLeast       Key = "sample.least"

	// 站点安全
	SessionIdleStaffMin Key = "session.idle_staff_min"
	SessionIdleOrgMin   Key = "session.idle_org_min"
	AuditKeepDays       Key = "audit.keep_days"
)

// Values of the parameters that are a choice.
const (
	RateFlat              = "flat"              // 单一比例
	RateTiered            = "tiered"            // 按活动次数分档
	RegistrarSubdistrict  = "subdistrict"       // 街道办事处
	RegistrarBureau       = "bureau"            // 区民政局
	MetOnCorrespondingDay = "corresponding_day" // 对应日当天
	MetOnNextDay          = "next_day"          // 对应日的次日
	IntakeAlways          = "always"            // 全年受理
	IntakeYearly          = "yearly"            // 每年集中受理
	QuorumTwoThirds       = "two_thirds"        // 三分之二以上
	QuorumHalf            = "half"              // 半数以上
)

// Type is how a parameter is written and read.
type Type string

// The types of parameter.
const (
	Integer  Type = "integer"
	Money    Type = "money"    // fen
	Percent  Type = "percent"  // 0 to 100
	Choice   Type = "choice"   // one of Definition.Choices
	MonthDay Type = "monthday" // a day of every year, 03-31
)

// Option is a value of a Choice with what people call it.
type Option struct{ Value, Label string }

// Definition is what every edition has in common about a parameter.
type Definition struct {
	Key     Key
	Type    Type
	Unit    string // Chinese, as written after the number; "" for none
	Label   string
	Group   string // the subject under which it is listed
	Choices []Option
}

// Definitions returns the closed list in the order of display.
func Definitions() []Definition { return slices.Clone(definitions) }

var definitions = []Definition{
	{StartupMinAgeMonths, Integer, "个月", "成立满多久可以申请", "孵化关爱工程", nil},
	{StartupMaxAgeMonths, Integer, "个月", "成立多久以内可以申请", "孵化关爱工程", nil},
	{StartupAmountFiled, Money, "元", "备案组织的扶持金额", "孵化关爱工程", nil},
	{StartupAmountRegistered, Money, "元", "登记组织的扶持金额", "孵化关爱工程", nil},
	{StartupPriorityBonusPct, Percent, "%", "重点培育三类的金额上浮", "孵化关爱工程", nil},
	{StartupMinActivities, Integer, "次", "申请前至少开展的活动", "孵化关爱工程", nil},
	{StartupSameHeadYears, Integer, "年", "同一负责人在同一社区再次申请的提醒年限", "孵化关爱工程", nil},
	{StartupPayWD, Integer, "个工作日", "核定后多久内拨付", "孵化关爱工程", nil},
	{StartupUseReportMonths, Integer, "个月", "拨付后多久内交使用报告", "孵化关爱工程", nil},
	{ActivityMaxPerYear, Integer, "次", "每年最多补贴的活动", "成长关爱工程", nil},
	{ActivityRateMode, Choice, "", "补贴比例的算法", "成长关爱工程", []Option{{RateFlat, "单一比例"}, {RateTiered, "按活动次数分档"}}},
	{ActivityRatePct, Percent, "%", "补贴比例", "成长关爱工程", nil},
	{ActivityTierFrom, Integer, "次", "分档算法中高档的起点", "成长关爱工程", nil},
	{ActivityTierLowPct, Percent, "%", "分档算法的低档比例", "成长关爱工程", nil},
	{ActivityTierHighPct, Percent, "%", "分档算法的高档比例", "成长关爱工程", nil},
	{ActivityCapEvent, Money, "元", "每次活动的补贴上限", "成长关爱工程", nil},
	{ActivityCapYear, Money, "元", "每个组织每年的补贴上限", "成长关爱工程", nil},
	{ActivityClaimDays, Integer, "天", "活动结束后多久内申请", "成长关爱工程", nil},
	{ActivityMinParticipants, Integer, "人", "活动的最少参加人数", "成长关爱工程", nil},
	{ActivityMinPhotos, Integer, "张", "活动照片的最少张数", "成长关爱工程", nil},
	{ActivityStar3BonusPct, Percent, "%", "三星级组织的补贴上浮", "成长关爱工程", nil},
	{ActivityStar2BonusPct, Percent, "%", "二星级组织的补贴上浮", "成长关爱工程", nil},
	{ActivityReceiptDays, Integer, "天", "票据日期与活动日期最多相差", "成长关爱工程", nil},
	{ActivityPhotoDistance, Integer, "位", "照片指纹相差几位以内算相似", "成长关爱工程", nil},
	{ActivityIntake, Choice, "", "什么时候受理", "成长关爱工程", []Option{{IntakeAlways, "全年受理"}, {IntakeYearly, "每年集中受理"}}},
	{ActivityIntakeFrom, MonthDay, "", "集中受理的第一天", "成长关爱工程", nil},
	{ActivityIntakeTo, MonthDay, "", "集中受理的最后一天", "成长关爱工程", nil},
	{ActivityPayWD, Integer, "个工作日", "核定后多久内拨付", "成长关爱工程", nil},
	{VentureCap, Money, "元", "每个项目的资助上限", "小项目，大建设工程", nil},
	{VentureFloor, Money, "元", "每个项目的资助下限", "小项目，大建设工程", nil},
	{VenturePerOrgPerRound, Integer, "个", "每个组织每届可报的项目", "小项目，大建设工程", nil},
	{VentureTrancheFirstPct, Percent, "%", "签约后拨付的比例", "小项目，大建设工程", nil},
	{VentureTrancheMidPct, Percent, "%", "中期检查通过后拨付的比例", "小项目，大建设工程", nil},
	{VentureTrancheFinalPct, Percent, "%", "结项通过后拨付的比例", "小项目，大建设工程", nil},
	{VentureFirstPayWD, Integer, "个工作日", "签约后多久内拨付首期款", "小项目，大建设工程", nil},
	{VentureGradeAMin, Integer, "分", "结项评为 A 的最低分", "小项目，大建设工程", nil},
	{VentureGradeBMin, Integer, "分", "结项评为 B 的最低分", "小项目，大建设工程", nil},
	{TalentMinServiceMonths, Integer, "个月", "在坪山区专职服务满多久", "人才扶持工程", nil},
	{TalentMonthlyJunior, Money, "元", "初级人才每人每月补贴", "人才扶持工程", nil},
	{TalentMonthlyMiddle, Money, "元", "中级人才每人每月补贴", "人才扶持工程", nil},
	{TalentMonthlySenior, Money, "元", "高级人才每人每月补贴", "人才扶持工程", nil},
	{EvalQuarter, Integer, "季度", "每年评估所在的季度", "星级评估", nil},
	{EvalValidYears, Integer, "年", "星级有效期", "星级评估", nil},
	{EvalReapplyMonths, Integer, "个月", "有效期满前多久可以重新评估", "星级评估", nil},
	{EvalQuota3Pct, Percent, "%", "三星级占合格组织的比例", "星级评估", nil},
	{EvalQuota2Pct, Percent, "%", "二星级占合格组织的比例", "星级评估", nil},
	{EvalQuota1Pct, Percent, "%", "一星级占合格组织的比例", "星级评估", nil},
	{EvalPass, Integer, "分", "评估合格的最低分", "星级评估", nil},
	{EvalMin3, Integer, "分", "三星级的最低分", "星级评估", nil},
	{EvalMin2, Integer, "分", "二星级的最低分", "星级评估", nil},
	{EvalReviewDecisionDays, Integer, "天", "复核申请多久内作出决定", "星级评估", nil},
	{NoticeGrantWD, Integer, "个工作日", "拟资助公示", "公示和大额项目", nil},
	{NoticeTalentWD, Integer, "个工作日", "人才补贴公示", "公示和大额项目", nil},
	{NoticeVentureWD, Integer, "个工作日", "微公益创投公示", "公示和大额项目", nil},
	{NoticeEvalWD, Integer, "个工作日", "评估结果公示", "公示和大额项目", nil},
	{NoticeLargeWD, Integer, "个工作日", "大额项目公示", "公示和大额项目", nil},
	{NoticeEndHour, Integer, "时", "公示最后一个工作日截止的钟点", "公示和大额项目", nil},
	{NoticeObjectionWD, Integer, "个工作日", "异议多久内处理", "公示和大额项目", nil},
	{LargeItemAmount, Money, "元", "大额项目的起点金额", "公示和大额项目", nil},
	{DecisionLeadingGroupWD, Integer, "个工作日", "领导小组同意的期限", "公示和大额项目", nil},
	{CreditInfoEntryWD, Integer, "个工作日", "信用信息形成后多久内录入", "信用、追回与监管", nil},
	{CreditSeriousAfterAbnormalYears, Integer, "年", "列入活动异常名录多久转为严重违法失信", "信用、追回与监管", nil},
	{CreditMinYearsOnSerious, Integer, "年", "严重违法失信名单至少列入多久", "信用、追回与监管", nil},
	{BanBreachYears, Integer, "年", "违规后限制申报", "信用、追回与监管", nil},
	{BanFraudYears, Integer, "年", "弄虚作假后限制申报", "信用、追回与监管", nil},
	{LookbackViolationYears, Integer, "年", "申请时倒查违规记录", "信用、追回与监管", nil},
	{RecoveryRepayWD, Integer, "个工作日", "追回决定送达后多久内退款", "信用、追回与监管", nil},
	{RecoveryHearingWD, Integer, "个工作日", "追回告知后的陈述申辩期", "信用、追回与监管", nil},
	{UnspentReturnYears, Integer, "年", "资金多久没有用完要退回财政", "信用、追回与监管", nil},
	{FilingRegistrar, Choice, "", "备案由谁办理", "备案、意见与期限", []Option{{RegistrarSubdistrict, "街道办事处"}, {RegistrarBureau, "区民政局"}}},
	{FilingAcceptWD, Integer, "个工作日", "备案申请多久内受理或退回", "备案、意见与期限", nil},
	{FilingDecideWD, Integer, "个工作日", "备案申请多久内决定", "备案、意见与期限", nil},
	{FilingCorrectWD, Integer, "个工作日", "补正期限", "备案、意见与期限", nil},
	{CorrectionMaxRounds, Integer, "次", "最多退回补正", "备案、意见与期限", nil},
	{OpinionCommunityWD, Integer, "个工作日", "社区提出意见的期限", "备案、意见与期限", nil},
	{OpinionSubdistrictWD, Integer, "个工作日", "街道提出意见的期限", "备案、意见与期限", nil},
	{OpinionBureauWD, Integer, "个工作日", "民政局办理的期限", "备案、意见与期限", nil},
	{PeriodMetOn, Choice, "", "按月按年的期限在哪一天算满", "备案、意见与期限", []Option{{MetOnCorrespondingDay, "对应日当天"}, {MetOnNextDay, "对应日的次日"}}},
	{AnnualReportUnitDue, MonthDay, "", "年度报告报业务主管单位的截止日", "备案、意见与期限", nil},
	{AnnualReportRegistrarDue, MonthDay, "", "年度报告报登记管理机关的截止日", "备案、意见与期限", nil},
	{AnnualReportOpinionWD, Integer, "个工作日", "业务主管单位对年度报告提出意见的期限", "备案、意见与期限", nil},
	{AnnualReportCorrectWD, Integer, "个工作日", "年度报告退回更正的期限", "备案、意见与期限", nil},
	{AnnualReportConcludeWD, Integer, "个工作日", "登记管理机关对年度报告作出结论的期限", "备案、意见与期限", nil},
	{BaseTarget, Integer, "个", "孵化基地的目标数", "备案、意见与期限", nil},
	{FilingInitiatorsAssociation, Integer, "人", "社会团体至少几名自然人发起", "设立、变更和退出", nil},
	{FilingInitiatorUnitsAssociation, Integer, "个", "或至少几个单位发起社会团体", "设立、变更和退出", nil},
	{FilingInitiatorsService, Integer, "人", "社会服务机构至少几名自然人发起", "设立、变更和退出", nil},
	{FilingInitiatorUnitsService, Integer, "个", "或至少几个单位发起社会服务机构", "设立、变更和退出", nil},
	{FilingMinMembers, Integer, "人", "备案的社会团体至少有多少会员", "设立、变更和退出", nil},
	{FilingMinStaff, Integer, "人", "社会服务机构至少有多少从业人员", "设立、变更和退出", nil},
	{RegistrationMinMembers, Integer, "人", "登记的社会团体至少有多少会员", "设立、变更和退出", nil},
	{RegistrationMinUnitMembers, Integer, "个", "或登记的社会团体至少有多少单位会员", "设立、变更和退出", nil},
	{RegistrationMinCapital, Money, "元", "登记的组织的最低活动资金", "设立、变更和退出", nil},
	{HeadOrganizations, Integer, "个", "同一人担任几个组织的负责人时提醒", "设立、变更和退出", nil},
	{RevocationStatementWD, Integer, "个工作日", "撤销告知后的陈述申辩期", "设立、变更和退出", nil},
	{RevocationIdleMonths, Integer, "个月", "登记后多久没有活动可以撤销", "设立、变更和退出", nil},
	{GovernanceSetupMonths, Integer, "个月", "成立后多久内备齐制度、选出监事", "内部治理", nil},
	{GovernanceAssemblyMonths, Integer, "个月", "会员大会最长多久开一次", "内部治理", nil},
	{GovernanceCouncilMonths, Integer, "个月", "理事会最长多久开一次", "内部治理", nil},
	{GovernanceTermYears, Integer, "年", "理事、监事一届最长", "内部治理", nil},
	{GovernanceQuorum, Choice, "", "会议的到会人数", "内部治理", []Option{{QuorumTwoThirds, "三分之二以上"}, {QuorumHalf, "半数以上"}}},
	{GovernanceRemindFirstDays, Integer, "天", "到期前多久算快到期、第一次提醒", "内部治理", nil},
	{GovernanceRemindLastDays, Integer, "天", "到期前多久再提醒一次", "内部治理", nil},
	{DisclosureDue, MonthDay, "", "上一年度的报告摘要和收支最迟公开日", "内部治理", nil},
	{OrganizationSizeMediumFrom, Integer, "人", "会员（社会服务机构按从业人员）多少起算中型", "组织规模", nil},
	{OrganizationSizeLargeFrom, Integer, "人", "多少起算大型", "组织规模", nil},
	{VolunteerKeepDays, Integer, "天", "没有确认或已退出的志愿者资料保留多久", "活动、志愿者和抽查", nil},
	{PictureRemovalWD, Integer, "个工作日", "撤下照片的请求多久内处理", "活动、志愿者和抽查", nil},
	{SampleSharePct, Percent, "%", "现场抽查的比例", "活动、志愿者和抽查", nil},
	{SampleLeast, Integer, "件", "现场抽查至少抽取", "活动、志愿者和抽查", nil},
	{SessionIdleStaffMin, Integer, "分钟", "机关人员多久没有操作自动退出", "站点安全", nil},
	{SessionIdleOrgMin, Integer, "分钟", "组织人员多久没有操作自动退出", "站点安全", nil},
	{AuditKeepDays, Integer, "天", "操作记录至少保存", "站点安全", nil},
}

func definitionOf(k Key) (Definition, bool) {
	i := slices.IndexFunc(definitions, func(d Definition) bool { return d.Key == k })
	if i < 0 {
		return Definition{}, false
	}
	return definitions[i], true
}
