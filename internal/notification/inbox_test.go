package notification

import (
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func TestOneReadsTheOwnMessagesNewestFirst(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	s := NewService(db.App)
	me, other := authz.Actor{AccountID: uuid.New(), Role: authz.OrgHead}, authz.Actor{AccountID: uuid.New(), Role: authz.OrgHead}
	for _, title := range []string{"一", "二", "三", "四", "五"} {
		err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
			return Send(t.Context(), tx, now, []account.Recipient{{AccountID: me.AccountID, Name: "张三"}}, Message{Title: title, Body: "文"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var seen string
	var pages []Page
	for before := uuid.Nil; ; {
		p, err := s.Messages(t.Context(), me, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
		for _, m := range p.Items {
			seen += m.Title
		}
		if before = p.Next; before == uuid.Nil {
			break
		}
	}
	if seen != "五四三二一" || pages[0].Unread != 5 {
		t.Errorf("saw %s, %d unread", seen, pages[0].Unread)
	}
	if p, err := s.Messages(t.Context(), other, uuid.Nil, 10); err != nil || len(p.Items) != 0 || p.Unread != 0 {
		t.Errorf("another person's messages: %+v, %v", p, err)
	}
	third := pages[1].Items[0].ID
	if n, err := s.MarkRead(t.Context(), other, third); err != nil || n != 0 {
		t.Errorf("another person marked %d: %v", n, err)
	}
	for _, want := range []int{3, 0} { // the second press finds nothing new
		if n, err := s.MarkRead(t.Context(), me, third); err != nil || n != want {
			t.Errorf("marked %d, want %d: %v", n, want, err)
		}
	}
	if n, err := s.Unread(t.Context(), me); err != nil || n != 2 {
		t.Errorf("%d unread after reading three of five: %v", n, err)
	}
	if _, err := s.Messages(t.Context(), authz.Actor{}, uuid.Nil, 10); !errs.Is(err, errs.Unauthenticated) {
		t.Errorf("the public reads messages: %v", err)
	}
}
