package demo

import (
	"context"
	"strings"
)

// imports writes one import of a roster that was confirmed but for a faulty row and one that waits
// with faults and a doubt; so the page has something of each.
func (p *planter) imports() {
	var m *member
	for _, r := range cast {
		if o := p.orgs[r.key]; m == nil && o.basis == filed && o.clerk == "" && o.head != "" && o.sameHead == "" {
			m = o
		}
	}
	if m == nil {
		return
	}
	const head = "组织,姓名,证件类型,证件号码,职务,专职,加入日期\n"
	file := func(rows ...string) []byte {
		return []byte("\ufeff" + head + strings.ReplaceAll(strings.Join(rows, "\n"), "*", m.registration.Name) + "\n")
	}
	day := p.workdayBack(2)
	joined := m.registration.EstablishedOn.AddDays(30).String()
	p.on(day, 11, "a roster from a spreadsheet", func(ctx context.Context) error {
		return p.Import(ctx, p.actors["clerk"], "people", "花名册-2号街坊.csv", file("*,沈演示,,,骨干义工,否,"+joined, "*,韩演示,,,骨干义工,否,"+joined, "*,唐演示,,,监事,否,"+joined,
			"*,魏演示,,,监事,否,2018-02-30"), true)
	})
	p.on(day, 16, "a preview with faults", func(ctx context.Context) error {
		return p.Import(ctx, p.actors["clerk"], "people", "花名册-补充.csv", file("*,沈演示,居民身份证,440310198506150012,兼职工作人员,否,"+joined,
			"*,冯演示,居民身份证,440310199002300018,专职工作人员,是,"+joined, "*,蒋演示,,,主任,否,"+joined, "没有登记的舞蹈队,许演示,,,骨干义工,否,"+joined,
			"*,曹演示,,,骨干义工,否,2018-13-01", "*,邓演示,,,骨干义工,否,"+joined, "*,韩演示,,,骨干义工,否,"+joined), false)
	})
}
