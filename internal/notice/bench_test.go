package notice_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const kind = "trial"

// bench is the service on a real database with a kind of its own, whose cases
// are planted rows and whose reactions are written down.
type bench struct {
	*notice.Service
	db      *dbtest.DB
	keys    *secret.Keys
	edition uuid.UUID
	next    int

	clerk, reviewer, leader, second authz.Actor // second is another reviewer

	mu      sync.Mutex
	happens []string           // event case-number, in order
	broken  map[string]bool    // events case-number that fail
	cases   []notice.Candidate // planted
}

var errBroken = errors.New("the kind refuses")

func newBench(t *testing.T, today string) *bench {
	t.Helper()
	b := &bench{db: dbtest.New(t), broken: map[string]bool{}}
	b.goTo(t, today, 9)
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.keys, err = secret.Load(path); err != nil {
		t.Fatal(err)
	}
	store, err := filestore.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	b.Service = b.replica(attachment.New(b.db.App, store, nil, nil, slog.New(slog.DiscardHandler)))
	actor := func(r authz.Role, name string) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: r, Name: name, IP: "192.0.2.1"}
	}
	b.clerk, b.reviewer, b.leader = actor(authz.BureauClerk, "周经办"), actor(authz.BureauReviewer, "吴复核"), actor(authz.BureauLeader, "郑局长")
	b.second = actor(authz.BureauReviewer, "王复核")
	err = b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		e, err := policy.EditionShown(t.Context(), q, civil.Of(2018, 1, 1))
		b.edition = e.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// replica is one more process on the same database.
func (b *bench) replica(files *attachment.Service) *notice.Service {
	s := notice.New(notice.Deps{DB: b.db.App, Keys: b.keys, Attachments: files})
	s.Source(kind, func(ctx context.Context, q postgres.Querier, _ time.Time) (out []notice.Candidate, err error) {
		type row struct {
			ID uuid.UUID `db:"id"`
		}
		rows, err := postgres.All[row](ctx, q, `select id from case_file where kind = $1 and state = 'noticing' and waits_role = 'bureau_clerk' order by no`, kind)
		for _, r := range rows {
			for _, c := range b.cases {
				if c.CaseID == r.ID {
					out = append(out, c)
				}
			}
		}
		return out, err
	})
	for _, e := range []struct {
		name     string
		register func(string, notice.Reaction)
		waits    string // "" leaves the planted case where it is
	}{
		{"issued", s.OnIssued, "system"}, {"settled", s.OnSettled, "finance"}, {"disputed", s.OnDisputed, "bureau_reviewer"},
		{"dismissed", s.OnDismissed, "system"}, {"upheld", s.OnUpheld, "nobody"}, {"withdrawn", s.OnWithdrawn, "bureau_clerk"},
	} {
		e.register(kind, func(ctx context.Context, tx postgres.Tx, _ time.Time, actor authz.Actor, i notice.Item) error {
			what := e.name + " " + i.CaseNo
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.broken[what] {
				return errBroken
			}
			b.happens = append(b.happens, what+" "+string(actor.Role))
			_, err := tx.Exec(ctx, `update case_file set waits_role = $2 where id = $1`, i.CaseID, e.waits)
			return err
		})
	}
	return s
}

func (b *bench) goTo(t *testing.T, day string, hour int) {
	t.Helper()
	b.db.SetNow(t, civil.MustParse(day).Start().Add(time.Duration(hour)*time.Hour))
}

// moment moves the clock to an instant in Shanghai.
func (b *bench) moment(t *testing.T, at string) {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04:05", at, civil.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	b.db.SetNow(t, when)
}

// plant stores a case that waits for its notice.
func (b *bench) plant(t *testing.T, amount money.Fen) notice.Candidate {
	t.Helper()
	b.next++
	c := notice.Candidate{CaseID: uuid.Must(uuid.NewV7()), CaseNo: fmt.Sprintf("SY-2026-%04d", b.next), OrganizationID: uuid.Must(uuid.NewV7()),
		OrganizationName: fmt.Sprintf("六联社区第%d互助会", b.next), Community: "440310001001", Programme: "试行工程", Amount: amount,
		Purpose: "购置活动器材、开展邻里互助", EditionID: b.edition}
	_, err := b.db.Owner.Exec(t.Context(), `
		insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class, waits_role,
			amount_fen, created_by, created_at, submitted_at, edition_id, entered_at)
		values ($1, $2, $3, 2026, $4, $5, $6, $7, '440310001', 'noticing', 'open', 'bureau_clerk', $8, $1, portal_now(), portal_now(), $9, portal_now())`,
		c.CaseID, kind, c.CaseNo, b.next, c.OrganizationName, c.OrganizationID, c.Community, amount, b.edition)
	if err != nil {
		t.Fatal(err)
	}
	b.cases = append(b.cases, c)
	return c
}

func text(days int) notice.Text {
	return notice.Text{Title: "关于试行工程拟资助名单的公示", Body: "经申请、审核和签批，下列社区社会组织拟予资助，现予公示。\n公示期内，任何单位和个人都可以提出异议。",
		ContactPhone: "0755-28888888", ContactAddress: "坪山区民政局 301 办公点", SupervisionPhone: "0755-28888889",
		ObjectionHow: "在本页填写，或者到联系地址书面提出。", PeriodWD: days}
}

func (b *bench) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) view(t *testing.T, id uuid.UUID) notice.View {
	t.Helper()
	v, err := b.View(t.Context(), b.leader, id)
	b.must(t, err)
	return v
}

func (b *bench) version(t *testing.T, id uuid.UUID) int { t.Helper(); return b.view(t, id).Version }

// draft begins a notice of the cases with a complete text of so many days.
func (b *bench) draft(t *testing.T, days int, cases ...notice.Candidate) uuid.UUID {
	t.Helper()
	ids := idsOf(cases)
	id, err := b.Draft(t.Context(), b.clerk, once.NewToken(), kind, ids)
	b.must(t, err)
	b.must(t, b.Save(t.Context(), b.clerk, id, 1, once.NewToken(), text(days), ids))
	return id
}

func idsOf(cases []notice.Candidate) (ids []uuid.UUID) {
	for _, c := range cases {
		ids = append(ids, c.CaseID)
	}
	return ids
}

// toSignature takes a text through drafting and review.
func (b *bench) toSignature(t *testing.T, id uuid.UUID) {
	t.Helper()
	b.must(t, b.Submit(t.Context(), b.clerk, id, b.version(t, id), once.NewToken()))
	b.must(t, b.Approve(t.Context(), b.reviewer, id, b.version(t, id), once.NewToken()))
}

// publish takes a notice all the way.
func (b *bench) publish(t *testing.T, days int, cases ...notice.Candidate) uuid.UUID {
	t.Helper()
	id := b.draft(t, days, cases...)
	b.toSignature(t, id)
	b.must(t, b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()))
	return id
}

func (b *bench) settle(t *testing.T) {
	t.Helper()
	b.must(t, b.Settle(t.Context()))
}

func (b *bench) objection(no string, ordinal int) notice.ObjectionInput {
	return notice.ObjectionInput{ID: notice.NewObjection(), Token: once.NewToken(), No: no, Ordinal: ordinal, Name: "欧阳举报", Phone: "13800138000",
		Content: "这个组织去年没有开展过活动，照片是网上下载的。"}
}

func (b *bench) object(t *testing.T, no string, ordinal int) notice.Receipt {
	t.Helper()
	r, err := b.Object(t.Context(), b.objection(no, ordinal))
	b.must(t, err)
	return r
}

// open lists the open objections.
func (b *bench) open(t *testing.T) []notice.Objection {
	t.Helper()
	q, err := b.Objections(t.Context(), b.reviewer)
	b.must(t, err)
	return q.Open
}

var found = notice.Outcome{Finding: "到社区走访，查看了活动记录。", Reason: "经查，活动记录真实，异议不成立。"}

func (b *bench) states(t *testing.T, id uuid.UUID) (out []notice.ItemState) {
	t.Helper()
	for _, i := range b.view(t, id).Items {
		out = append(out, i.State)
	}
	return out
}

// scan reads one value behind the service.
func scan[T any](t *testing.T, b *bench, sql string, args ...any) (v T) {
	t.Helper()
	if err := b.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *bench) happened() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.happens...)
}

// pdf is a document of one empty page.
var pdf = func() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}()

func (b *bench) prepare(t *testing.T, owner uuid.UUID, name string, data []byte) (*attachment.Prepared, error) {
	t.Helper()
	return b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: attachment.Owner{Kind: notice.OwnerKind, ID: owner}, Slot: "evidence", Field: "files",
		Label: "证据材料", Filename: name, Body: bytes.NewReader(data)})
}
