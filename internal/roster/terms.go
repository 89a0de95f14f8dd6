package roster

// Post is what somebody does in an organization (职务).
type Post string

// The posts, in the order of the list.
const (
	President     Post = "president"
	VicePresident Post = "vice_president"
	Secretary     Post = "secretary"
	Council       Post = "council"
	Supervisor    Post = "supervisor"
	Worker        Post = "worker"
	PartTime      Post = "part_time"
	Volunteer     Post = "volunteer"
)

// Posts lists them in the order of forms.
var Posts = []Post{President, VicePresident, Secretary, Council, Supervisor, Worker, PartTime, Volunteer}

// Name returns the Chinese name, the raw value when unknown.
func (p Post) Name() string {
	return named(p, map[Post]string{President: "会长（理事长）", VicePresident: "副会长（副理事长）", Secretary: "秘书长", Council: "理事",
		Supervisor: "监事", Worker: "专职工作人员", PartTime: "兼职工作人员", Volunteer: "骨干义工"})
}

// Staff reports whether p counts among those who work for the organization
// (从业人员): everyone but its volunteers and supervisors.
func (p Post) Staff() bool { return p == Secretary || p == Worker || p == PartTime }

// Education is the highest degree of schooling (学历); "" when not recorded.
type Education string

// Educations lists the degrees in the order of forms.
var Educations = []Education{"middle", "high", "college", "bachelor", "master", "doctor"}

// Name returns the Chinese name, the raw value when unknown.
func (e Education) Name() string {
	return named(e, map[Education]string{"": "未登记", "middle": "初中及以下", "high": "高中、中专", "college": "大专", "bachelor": "本科",
		"master": "硕士", "doctor": "博士"})
}

// Qualification is what somebody is certified as (职业资格); "" for none.
type Qualification string

// The certificates of social workers, and any other.
const (
	Assistant    Qualification = "assistant"
	SocialWorker Qualification = "social_worker"
	Senior       Qualification = "senior"
	OtherTrade   Qualification = "other"
)

// Qualifications lists them in the order of forms.
var Qualifications = []Qualification{Assistant, SocialWorker, Senior, OtherTrade}

// Name returns the Chinese name, the raw value when unknown.
func (q Qualification) Name() string {
	return named(q, map[Qualification]string{"": "无", Assistant: "助理社会工作师", SocialWorker: "社会工作师", Senior: "高级社会工作师", OtherTrade: "其他职业资格"})
}

// SocialWork reports whether q makes a certified social worker.
func (q Qualification) SocialWork() bool { return q == Assistant || q == SocialWorker || q == Senior }

// Reason is why somebody left (离开原因).
type Reason string

// Reasons lists them in the order of forms.
var Reasons = []Reason{"resigned", "expired", "term_over", "dismissed", "retired", "moved", "died", "other"}

// Name returns the Chinese name, the raw value when unknown.
func (r Reason) Name() string {
	return named(r, map[Reason]string{"resigned": "本人辞职", "expired": "合同到期", "term_over": "任期届满", "dismissed": "解除合同或免职", "retired": "退休",
		"moved": "改任别的职务", "died": "去世", "other": "其他"})
}

// Payer is who employs somebody and pays the insurance: the organization itself,
// or a unit that does it for it, as filed ones are no legal persons.
type Payer string

// The two payers.
const (
	Own   Payer = "own"
	Agent Payer = "agent"
)

// Payers lists them in the order of forms.
var Payers = []Payer{Own, Agent}

// Name returns the Chinese name, the raw value when unknown.
func (p Payer) Name() string {
	return named(p, map[Payer]string{Own: "本组织", Agent: "代签、代缴单位"})
}

func named[T ~string](v T, names map[T]string) string {
	if n, ok := names[v]; ok {
		return n
	}
	return string(v)
}
