package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"net/url"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/receipt"

	scaling "golang.org/x/image/draw"
)

// repeats writes three claims that have to do with each other: one in review, a
// later one with two of its pictures and a part of one of its papers, and one that
// was refused because it claimed a whole paper of the first.
func (p *planter) repeats() {
	rng := rand.New(rand.NewPCG(Seed, 7))
	pictures := [][]byte{photo(rng), photo(rng)}
	first := p.claimOf(occasion{"org44", "驿站重阳敬老宴", "hardship", "石井社区养老驿站", "七十岁以上的老人", 48, 9, 30, "四十八位老人吃长寿面、量血压，义工接送行动不便的十一位。",
		[]spent{{"material", "食材和长寿面", 1_640}, {"venue", "桌椅和音响租用", 1_200}}, 0}, rng)
	first.heldBefore(p.workdayBack(12))
	first.written(p.workdayBack(12), first.headActor)
	first.amended(p.workdayBack(12), func(costs url.Values) { costs.Set(activity.CostControl(2, receipt.PartAmount), "700") }, pictures...)
	first.act(p.workdayBack(11), 9, "claim signed", first.submit)
	first.takenIn(1)

	later := p.claimOf(occasion{"org45", "书香敬老读报会", "neighbours", "江岭社区长者食堂", "社区老人", 31, 6, 18, "读报、读家书，给看不清的老人念信，登记了二十一位老人的读书心愿。",
		[]spent{{"material", "大字书和放大镜", 980}, {"venue", "桌椅和音响租用", 1_200}}, 0}, rng)
	later.heldBefore(p.workdayBack(11))
	later.written(p.workdayBack(11), later.headActor)
	later.amended(p.workdayBack(11), func(costs url.Values) {
		first.repeat(costs, 2)
		costs.Set(activity.CostControl(2, receipt.PartAmount), "500")
		costs.Set("amount", "900")
	}, pictures[0], savedAnew(pictures[1]))
	later.act(p.workdayBack(10), 9, "claim signed", later.submit)
	later.takenIn(1)

	refused := p.claimOf(occasion{"org41", "家长开放课堂", "family", "坪环社区党群服务中心", "家长和孩子", 36, 5, 15, "三位老师讲青春期沟通，家长分组练习，课后一对一答疑。",
		[]spent{{"material", "食材和长寿面", 1_640}}, 0}, rng)
	refused.heldBefore(p.workdayBack(4))
	refused.written(p.workdayBack(4), refused.headActor)
	refused.amended(p.workdayBack(4), func(costs url.Values) { first.repeat(costs, 1) })
	refused.act(p.workdayBack(3), 9, "claim refused at the signature", func(ctx context.Context) error {
		err := refused.submit(ctx)
		for _, f := range errs.FieldsOf(err) {
			if f.Name == activity.CostControl(1, receipt.PartNumber) {
				return nil
			}
		}
		return fmt.Errorf("the paper of another claim: %w", err)
	})
}

// repeat lets costs say in row i what the claim says there of its paper.
func (c *claimCase) repeat(costs url.Values, i int) {
	own := c.costs()
	for _, part := range []receipt.Part{receipt.PartNumber, receipt.PartIssuedOn, receipt.PartTotal} {
		costs.Set(activity.CostControl(i, part), own.Get(activity.CostControl(i, part)))
	}
}

// amended changes the costs of a claim that is written, and adds pictures.
func (c *claimCase) amended(on civil.Date, change func(costs url.Values), pictures ...[]byte) {
	c.act(on, 20, "claim amended", func(ctx context.Context) error {
		costs := c.costs()
		change(costs)
		if _, err := c.p.Applications.Save(ctx, c.headActor(), c.no, "costs", 1, costs); err != nil {
			return err
		}
		for i, content := range pictures {
			if err := c.attachOne(ctx, c.headActor(), activity.PhotoSlot, file{fmt.Sprintf("现场 %d.jpg", i+1), content}); err != nil {
				return err
			}
		}
		return nil
	})
}

// savedAnew is a picture in another size and quality.
func savedAnew(content []byte) []byte {
	img, err := jpeg.Decode(bytes.NewReader(content))
	if err != nil {
		panic(err) // drawn by photo
	}
	small := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx()*2/3, img.Bounds().Dy()*2/3))
	scaling.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), scaling.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: 60}); err != nil {
		panic(err) // a buffer takes every byte
	}
	return b.Bytes()
}
