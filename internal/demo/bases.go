package demo

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/postgres"
)

// planned are the communities whose base is not open yet: three of the
// twenty-three (policy 二(三)).
var planned = map[string]bool{"jingui": true, "tianxin": true, "laokeng": true}

var facilities = []string{
	"会议室、活动室、共享工位、投影仪", "多功能厅、舞蹈室、阅览区", "培训室、路演台、录音设备", "活动室、儿童区、便民打印",
}

// bases writes the facts that communities enter about their bases in the first
// weeks of the portal.
func (p *planter) bases() {
	for i, c := range places {
		f := incubator.Facts{Status: incubator.Planned, Manager: p.draw.person().name}
		if !planned[c.slug] {
			seats := p.draw.between(6, 24)
			opened := civil.Of(p.today.Year-3+i%3, time.Month(p.draw.between(1, 11)), p.draw.between(1, 28))
			if !opened.Before(p.opening) {
				opened = p.opening.AddDays(-i - 1)
			}
			f = incubator.Facts{
				Status: incubator.Open, OpenedOn: opened, Manager: f.Manager, Address: fmt.Sprintf("%s社区党群服务中心 %d 楼", c.name, 1+i%3),
				AreaM2: p.draw.figure(120, 600), Seats: &seats, OpenHours: "周一至周六 9:00—20:00",
				Phone: fmt.Sprintf("0755-2017%04d", 101+i), Facilities: facilities[i%len(facilities)],
			}
		}
		p.on(p.after(p.opening, 1+i%6), 10, "base "+c.slug, func(ctx context.Context) error {
			var version int
			err := p.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
				return q.QueryRow(ctx, `select version from incubation_base where slug = $1`, c.slug).Scan(&version)
			})
			if err != nil {
				return err
			}
			return p.Bases.SaveFacts(ctx, p.actors["community-"+c.slug], c.slug, version, f)
		})
	}
}
