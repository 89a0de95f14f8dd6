package activity

import (
	"fmt"
	"slices"

	"civilaffairs/internal/receipt"
)

// Term is a word of a closed list with its key.
type Term struct{ Key, Name string }

// Spending is a kind of cost, and which lawful use of the money it is (三（三）3).
type Spending struct {
	Term
	Use receipt.Category
}

// Costs are the kinds of cost that are subsidized.
var Costs = []Spending{
	{Term{"venue", "场地"}, receipt.Service}, {Term{"material", "物料"}, receipt.Service}, {Term{"lecturer", "讲师、专家"}, receipt.Service},
	{Term{"volunteer", "志愿者保险、餐饮、交通"}, receipt.Service}, {Term{"publicity", "宣传"}, receipt.Service}, {Term{"equipment", "小额设备"}, receipt.Hardware},
}

// Excluded is a kind of cost that is not subsidized, with the reason.
type Excluded struct {
	Term
	Why string
}

// NotCosts are the kinds that are not: asked for by name, so that who chooses one
// learns why.
var NotCosts = []Excluded{
	{Term{"entertainment", "宴请、娱乐"}, "宴请和娱乐不是服务支出"},
	{Term{"gift", "给工作人员的礼品"}, "给工作人员的礼品是私分，资助款不能用"},
	{Term{"salary", "固定工资"}, "固定工资不是这次活动的支出。专职人员的补贴走人才扶持工程"},
	{Term{"fine", "罚款、滞纳金"}, "罚款和滞纳金由组织自己承担"},
	{Term{"debt", "还债、利息"}, "还债和利息不是这次活动的支出"},
	{Term{"investment", "投资"}, "投资不是服务支出"},
	{Term{"donation", "对外捐赠"}, "对外捐赠不是这次活动的支出"},
	{Term{"funded", "其他财政资金已付的"}, "同一支出不能用财政资金付两次"},
}

// CostName returns the Chinese name of a kind of cost, excluded ones too.
func CostName(key string) string {
	for _, c := range Costs {
		if c.Key == key {
			return c.Name
		}
	}
	for _, c := range NotCosts {
		if c.Key == key {
			return c.Name
		}
	}
	return key
}

func costOf(key string) (Spending, bool) {
	i := slices.IndexFunc(Costs, func(c Spending) bool { return c.Key == key })
	if i < 0 {
		return Spending{}, false
	}
	return Costs[i], true
}

// Minors are the answers about children in the pictures. Unmasked is asked for by
// name, so that who chooses it learns what to do.
var Minors = []Term{{"none", "没有未成年人"}, {"blurred", "有，面部已经打码"}, {"consent", "有，取得了监护人的书面同意"}, {Unmasked, "有，还没有处理"}}

// Unmasked is the answer with which no claim is made.
const Unmasked = "unmasked"

// MinorsName returns the words of an answer.
func MinorsName(key string) string { return nameOf(Minors, key) }

// Outside is the choice of a place that is not in the district.
const Outside = "outside"

func nameOf(list []Term, key string) string {
	for _, t := range list {
		if t.Key == key {
			return t.Name
		}
	}
	return key
}

func keysOf(list []Term) []string {
	keys := make([]string, len(list))
	for i, t := range list {
		keys[i] = t.Key
	}
	return keys
}

func photoHint(least int) string {
	return fmt.Sprintf("%d 至 %d 张 JPG 或 PNG，看得出日期、地点和参加的人；未成年人面部先打码", max(least, 1), MaxPhotos)
}
