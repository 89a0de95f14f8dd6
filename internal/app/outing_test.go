package app_test

import (
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/sampling"

	"github.com/google/uuid"
)

// outing gives the own organization an activity with pictures, a volunteer and a
// request to take a picture down, and the bureau a list to draw from.
func (w *world) outing(t testing.TB) {
	t.Helper()
	head, public := w.own.head, w.browser(t)
	const mine, calls = "/my/activities", "/my/volunteers/call"
	in := mine + "/new"
	at := head.open(in).form(in).set("title", "长者共餐日", "theme", "hardship", "from", "9:00", "until", "11:00", "community", liulian, "place", "党群服务中心",
		"intro", "请独居老人一起吃午饭。", "expected", "30", "wanted", "4").date("day", civil.On(w.now(t)).AddDays(3)).submit().path
	head.open(at+"/publication").form(at+"/publication").submit().is(200, at)
	no := at[len(mine)+1:]
	for shade, minors := range map[uint8]string{1: "none", 2: "doubtful"} {
		pictures := at + "/pictures"
		head.open(pictures).form(pictures).set("caption", "二十多位居民在分拣垃圾").attach("file", upload{"a.jpg", photoOf(t, shade)}).submit().is(200, pictures)
		id := scan[string](t, w.portal, `select id::text from event_picture where state = 'kept'`)
		f := head.open(pictures+"/"+id+"/release").form(pictures+"/"+id+"/release").set("minors", minors)
		if minors == "none" {
			f = f.set("agreed", "yes")
		}
		f.submit().is(200, pictures)
		w.ids["picture "+minors] = id
	}
	ask := "/activities/" + no + "/pictures/" + w.ids["picture none"] + "/removal"
	public.open(ask).form(ask).set("relation", "other", "reason", "照片里的招牌写错了").submit().form(ask).submit().says("回执号")
	head.open(calls).form(calls).set("open", "yes", "text", "周末来帮忙的，会理发的最好。").submit().is(200, "/my/volunteers")
	join := "/organizations/" + w.own.id + "/volunteering"
	public.open(join).form(join).set("name", "钱一真", "mobile", "13900000001", "age", "adult", "consent", "yes").submit().form(join).submit().says("回执号")
	w.ids["event no"] = no
	w.ids["picture request"] = scan[string](t, w.portal, `select id::text from picture_request`)
	w.ids["volunteer"] = scan[string](t, w.portal, `select id::text from volunteer`)
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: authz.BureauClerk, Name: "经办"}
	var err error
	w.ids["sample"], err = sampling.New(w.app.DB(), sampling.Kind{Key: "startup"}).Freeze(t.Context(), clerk, sampling.Input{Token: once.NewToken(), Kind: "startup",
		From: civil.On(w.now(t)).AddDays(-300), To: civil.On(w.now(t)).AddDays(-1)})
	if err != nil {
		t.Fatal(err)
	}
}
