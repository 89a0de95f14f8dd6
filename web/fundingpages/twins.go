package fundingpages

import (
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// twinsView is the pictures of a claim beside those that are like them.
type twinsView struct {
	Pictures []twinView
	Compared int // pictures of the claim
	Plain    int // of them, those of which only the file could be compared
	More     bool
}

// twinView is one picture of the claim with all that are like it.
type twinView struct {
	pictureView
	Others []otherPicture
}

type pictureView struct {
	Src, Name     string
	Width, Height int
}

// otherPicture is a picture like it. Src is "" for one that cannot be looked at now.
type otherPicture struct {
	pictureView
	Words                string
	Tone                 ui.Tone
	Case                 otherCase
	Event, State         string
	OfTheClaim, Replaced bool
}

// twinsOf arranges what a claim's pictures are like, nil for other programmes.
func twinsOf(in funding.View) *twinsView {
	twins, ok := in.Same.More.([]activity.Twin)
	if !ok {
		return nil
	}
	v := &twinsView{More: len(twins) > activity.MaxTwins}
	own := map[uuid.UUID]attachment.Attachment{}
	for _, slot := range in.Papers {
		for _, a := range slot.Files {
			if slot.Key == activity.PhotoSlot && a.Current() {
				own[a.ID] = a
				v.Compared++
				if a.PictureHash == 0 {
					v.Plain++
				}
			}
		}
	}
	at := map[uuid.UUID]int{}
	for _, t := range twins[:min(len(twins), activity.MaxTwins)] {
		i, ok := at[t.Picture]
		if !ok {
			a := own[t.Picture]
			i = len(v.Pictures)
			at[t.Picture] = i
			v.Pictures = append(v.Pictures, twinView{pictureView: pictureView{pictureOf(in.Case.No, a.ID, a.State == attachment.Accepted), a.Filename, a.Width, a.Height}})
		}
		v.Pictures[i].Others = append(v.Pictures[i].Others, otherPictureOf(t))
	}
	return v
}

func otherPictureOf(t activity.Twin) otherPicture {
	o := otherPicture{
		pictureView: pictureView{pictureOf(t.CaseNo, t.Other, t.Shown), t.Filename, t.Width, t.Height},
		Words:       "几乎相同", Tone: ui.Warn, Case: otherCase{No: t.CaseNo, Href: paths.Application(t.CaseNo), Organization: t.Organization},
		State: t.State.Name(), OfTheClaim: t.Own, Replaced: t.Replaced,
	}
	if t.Exact {
		o.Words, o.Tone = "完全相同", ui.Bad
	}
	if t.Title != "" {
		o.Event = t.HeldOn.Chinese() + "“" + t.Title + "”"
	}
	return o
}

func pictureOf(no string, id uuid.UUID, shown bool) string {
	if !shown {
		return ""
	}
	return paths.ApplicationFile(no, id.String())
}
