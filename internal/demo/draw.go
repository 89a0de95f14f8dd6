package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/identifier"
)

// draw invents people and numbers from a seed.
type draw struct {
	rng     *rand.Rand
	names   []string
	mobiles int
	codes   int
	// numbers are the invented document and account numbers, so that a test can
	// look for them where they must not be.
	numbers []string
}

var (
	surnames = []string{"陈", "林", "黄", "李", "张", "王", "刘", "吴", "何", "罗", "曾", "钟", "邓", "叶", "廖", "赖", "戴", "沈", "萧", "温"}
	given    = []string{"秀兰", "建国", "晓敏", "志强", "丽华", "国平", "文静", "海燕", "伟明", "春梅", "永康", "佩珊", "子轩", "美玲", "少辉", "雪芬", "启航", "月娥"}
)

func newDraw(seed uint64) *draw {
	d := &draw{rng: rand.New(rand.NewPCG(seed, seed>>7))}
	for _, s := range surnames {
		for _, g := range given {
			d.names = append(d.names, s+g)
		}
	}
	d.rng.Shuffle(len(d.names), func(i, j int) { d.names[i], d.names[j] = d.names[j], d.names[i] })
	return d
}

// between draws a number from low to high, both included.
func (d *draw) between(low, high int) int { return low + d.rng.IntN(high-low+1) }

// figure is d.between where a nil pointer would mean unknown.
func (d *draw) figure(low, high int) *int { n := d.between(low, high); return &n }

// someone is an invented person.
type someone struct{ name, residentID, mobile string }

// person draws a person with a name of their own.
func (d *draw) person() someone {
	name := d.names[0]
	d.names = d.names[1:]
	return someone{name, d.residentID(), d.mobile()}
}

// mobile numbers begin with 154, which no operator was given.
func (d *draw) mobile() string {
	d.mobiles++
	return fmt.Sprintf("1540000%04d", d.mobiles)
}

// residentID begins with 990310: no province has the code 99. The last character
// is whichever the parser accepts.
func (d *draw) residentID() string {
	born := civil.Of(d.between(1952, 1996), time.Month(d.between(1, 12)), d.between(1, 28))
	head := fmt.Sprintf("990310%04d%02d%02d%03d", born.Year, born.Month, born.Day, d.between(1, 999))
	for _, last := range "0123456789X" {
		if id, err := identifier.ParseResidentID(head+string(last), born.AddMonths(12*60)); err == nil {
			d.numbers = append(d.numbers, string(id))
			return string(id)
		}
	}
	panic("demo: no check digit for " + head)
}

// accountNo begins with four noughts, which no bank's does.
func (d *draw) accountNo() string {
	no := fmt.Sprintf("0000%012d", d.rng.Int64N(1_000_000_000_000))
	d.numbers = append(d.numbers, no)
	return no
}

const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode invents a code of a kind (1 association, 2 social service body) and
// division. The organization code inside begins with DEM.
func (d *draw) creditCode(kind byte, division string) string {
	d.codes++
	head := fmt.Sprintf("5%c%sDEM%05d", kind, division, d.codes)
	for _, inner := range "0123456789X" {
		for _, outer := range codeAlphabet {
			code := head + string(inner) + string(outer)
			if _, err := identifier.ParseCreditCode(code); !errors.Is(err, identifier.ErrChecksum) && err == nil {
				return code
			}
		}
	}
	panic("demo: no check characters for " + head)
}
