package fundingtest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/funding/activity"
)

// ClaimAnswers is a claim without fault for an event of 2026-11-08: 4,000 yuan on
// one paper of its own, 2,400 asked for.
func ClaimAnswers(org Org, paper int) Answers {
	return Answers{
		"contact_name": "何经办", "contact_mobile": "13800138000", "title": "立冬敬老邻里茶话会", "theme": "neighbours", "held_on": "2026-11-08",
		"starts": "14:00", "ends": "16:30", "community": Liulian, "place": "六联社区党群服务中心", "target": "六十岁以上的居民",
		"participants": "45", "volunteers": "8", "hours": "24", "minors": "none", "summary": "四十五位老人参加，义工上门接送，现场登记了十二条需求。",
		"cost-1-kind": "vat_digital", "cost-1-number": fmt.Sprintf("264403%014d", paper), "cost-1-issued_on": "2026-11-06", "cost-1-seller": "示例商贸有限公司",
		"cost-1-total": "4000", "cost-1-category": "material", "cost-1-item": "茶点和活动物料", "cost-1-amount": "4000",
		"amount": "2400", "payee": org.Payee.String(),
	}
}

// DraftClaim is a claim with its papers, ready to be signed.
func (b *Bench) DraftClaim(t testing.TB, org Org, a Answers, pictures ...[]byte) string {
	t.Helper()
	no := b.OpenOf(t, activity.Kind, org.Head, org)
	b.Save(t, org.Head, no, a)
	for _, slot := range []string{activity.PlanSlot, activity.SummarySlot, activity.SignInSlot, activity.ReceiptsSlot} {
		b.Attach(t, org.Head, no, slot)
	}
	for i, content := range pictures {
		must(t, b.TryFile(t, org.Head, no, activity.PhotoSlot, fmt.Sprintf("照片%d.png", i), content))
	}
	return no
}

// SubmitClaim signs and submits a claim as the head, with the service's answer.
func (b *Bench) SubmitClaim(t testing.TB, org Org, no string) error {
	t.Helper()
	return b.SubmitOf(t, activity.Programme{}, org, no)
}

// Noise is a picture like no other.
func Noise(r *rand.Rand) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 32, 32))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.IntN(256))
	}
	img.SetGray(0, 0, color.Gray{1})
	return img
}

// Pictures are n pictures like no other, as files.
func Pictures(r *rand.Rand, n int) [][]byte {
	list := make([][]byte, n)
	for i := range list {
		list[i] = PNG(Noise(r))
	}
	return list
}

// Touched is a picture after a change that the eye does not see.
func Touched(img *image.Gray) *image.Gray {
	again := *img
	again.Pix = bytes.Clone(img.Pix)
	again.Pix[40] ^= 3
	return &again
}

// PNG is a picture as a file.
func PNG(img image.Image) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // a buffer takes every byte
	}
	return out.Bytes()
}
