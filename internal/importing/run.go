package importing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/sheet"

	"github.com/google/uuid"
)

// RunState is where an import stands.
type RunState string

// The states of an import.
const (
	Waiting   RunState = "waiting" // a preview is shown
	Confirmed RunState = "confirmed"
	Discarded RunState = "discarded"
	Undone    RunState = "undone"
)

// Name returns the Chinese name.
func (s RunState) Name() string {
	return map[RunState]string{Waiting: "待确认", Confirmed: "已导入", Discarded: "已放弃", Undone: "已撤销"}[s]
}

// Run is one import.
type Run struct {
	ID         uuid.UUID         `db:"id"`
	Kind       string            `db:"kind"`
	Filename   string            `db:"filename"`
	Digest     string            `db:"digest"`
	Rows       int               `db:"rows"`
	State      RunState          `db:"state"`
	Choices    map[string]Choice `db:"choices"`
	Planted    *int              `db:"planted"`
	UploadedAt time.Time         `db:"uploaded_at"`
	UploadedBy string            `db:"uploaded_by"` // name
	EndedAt    *time.Time        `db:"ended_at"`
	EndedBy    string            `db:"ended_by"` // "" by age
	UndoneAt   *time.Time        `db:"undone_at"`
	UndoneBy   string            `db:"undone_by"`
	UndoReason string            `db:"undo_reason"`
	Version    int               `db:"version"`
}

const runSQL = `select r.id, r.kind, r.filename, r.digest, r.rows, r.state, r.choices, r.planted, r.uploaded_at, u.name as uploaded_by, r.ended_at,
	coalesce(e.name, '') as ended_by, r.undone_at, coalesce(d.name, '') as undone_by, r.undo_reason, r.version
	from import_run r join account u on u.id = r.uploaded_by left join account e on e.id = r.ended_by left join account d on d.id = r.undone_by`

const cellsContext = "import_run.cells"

// Upload is a file as it was sent.
type Upload struct {
	Kind, Filename, Token string
	Size                  int64
	Content               io.ReaderAt
}

// Read reads a file in and keeps it for its preview. Nothing else is written.
func (s *Service) Read(ctx context.Context, actor authz.Actor, u Upload) (id uuid.UUID, err error) {
	if err := actor.Require(authz.ImportRun); err != nil {
		return id, err
	}
	k, err := s.Kind(u.Kind)
	if err != nil {
		return id, errs.FieldError("kind", "导入什么", "选一种")
	}
	table, digest, err := open(u)
	if err == nil {
		_, _, err = k.arrange(table.Header)
	}
	if err != nil {
		if errs.Is(err, errs.Invalid) {
			return id, errs.FieldError("file", "文件", errs.Message(err))
		}
		return id, err
	}
	plain, err := json.Marshal(table)
	if err != nil {
		return id, err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, u.Token, func() (string, error) {
			id := uuid.Must(uuid.NewV7())
			sealed, err := s.Keys.Seal(cellsContext, id, string(plain))
			if err != nil {
				return "", err
			}
			_, err = tx.Exec(ctx, `insert into import_run (id, kind, filename, digest, rows, cells, uploaded_at, uploaded_by) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
				id, k.Key, filename(u.Filename), digest, len(table.Rows), sealed, now, actor.AccountID)
			if err != nil {
				return "", err
			}
			return id.String(), note(ctx, tx, now, actor, id, "import.read", map[string]any{"kind": k.Key, "rows": len(table.Rows), "digest": digest})
		})
		if err == nil {
			id, err = uuid.Parse(made)
		}
		return err
	})
	return id, err
}

func open(u Upload) (t sheet.Table, digest string, err error) {
	switch {
	case u.Content == nil || u.Size == 0:
		return t, "", errs.New(errs.Invalid, "选填好的模板，.xlsx 或 .csv。空的文件不收")
	case u.Size > MaxBytes:
		return t, "", errs.New(errs.Invalid, TooLarge().Message)
	}
	if t, err = sheet.Read(u.Content, u.Size, u.Filename, sheet.Limits{Rows: MaxRows}); err != nil {
		return t, "", err
	}
	if len(t.Rows) == 0 {
		return t, "", errs.New(errs.Invalid, "文件里只有列名，没有内容。从第二行填起")
	}
	h := sha256.New()
	_, err = io.Copy(h, io.NewSectionReader(u.Content, 0, u.Size))
	return t, hex.EncodeToString(h.Sum(nil)), err
}

// TooLarge is the fault of a file that is larger than is read.
func TooLarge() errs.Field {
	return errs.Field{Name: "file", Label: "文件", Message: fmt.Sprintf("文件超过 %d MB。删掉图片和多余的工作表，或分成几份，分几次导入", MaxBytes>>20)}
}

func filename(s string) string {
	if s = form.Clean(s, false); s == "" {
		return "未命名"
	}
	if r := []rune(s); len(r) > 200 {
		return string(r[len(r)-200:])
	}
	return s
}

// Preview is an import as its page shows it. Lines are there while it waits; Seen
// is the digest of what they mean, which a confirmation must match.
type Preview struct {
	Run
	Of      Kind
	Lines   []*Line
	Notes   []string
	Counts  map[State]int
	Seen    string
	Again   *Run                 // the same file, imported before
	Records map[uuid.UUID]Record // of rows that differ, to be looked up
	pending book
	at      layout
}

// Open returns an import, judged as things stand now.
func (s *Service) Open(ctx context.Context, actor authz.Actor, id uuid.UUID) (p Preview, err error) {
	if err := actor.Require(authz.ImportView); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if p, err = s.preview(ctx, q, now, actor, id); err != nil {
			return err
		}
		var differ []uuid.UUID
		for _, l := range p.Lines {
			if l.State == Changed {
				differ = append(differ, l.Record)
			}
		}
		p.Records, err = p.Of.shelf.read(ctx, q, differ)
		return err
	})
	return p, err
}

// Adopts counts the rows that complete what was entered by hand.
func (p Preview) Adopts() (n int) {
	for _, l := range p.Lines {
		if l.State == Fresh && l.Adopts {
			n++
		}
	}
	return n
}

// Waiting returns an import that waits for its confirmation, without its rows:
// errs.Conflict when it no longer does.
func (s *Service) Waiting(ctx context.Context, actor authz.Actor, id uuid.UUID) (r Run, k Kind, err error) {
	if err := actor.Require(authz.ImportRun); err != nil {
		return r, k, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if r, k, err = s.run(ctx, q, id); err == nil && r.State != Waiting {
			err = errs.Newf(errs.Conflict, "这次导入%s，没有等着改的行。", r.State.Name())
		}
		return err
	})
	return r, k, err
}

// run reads an import and its kind.
func (s *Service) run(ctx context.Context, q postgres.Querier, id uuid.UUID) (r Run, k Kind, err error) {
	r, err = postgres.One[Run](ctx, q, runSQL+` where r.id = $1`, id)
	if errs.Is(err, errs.NotFound) {
		return r, k, errs.New(errs.NotFound, "没有这次导入。到批量导入的列表里找。")
	}
	if err == nil {
		k, err = s.Kind(r.Kind)
	}
	return r, k, err
}

func (s *Service) preview(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, id uuid.UUID) (p Preview, err error) {
	if p.Run, p.Of, err = s.run(ctx, q, id); err != nil {
		return p, err
	}
	before, err := postgres.All[Run](ctx, q, runSQL+` where r.digest = $1 and r.id <> $2 and r.kind = $3 and r.state = 'confirmed' order by r.uploaded_at desc limit 1`, p.Digest, id, p.Run.Kind)
	if err != nil {
		return p, err
	}
	if len(before) > 0 {
		p.Again = &before[0]
	}
	if p.State != Waiting {
		return p, nil
	}
	return p, s.judge(ctx, q, now, actor, &p)
}

// judge opens the rows and says what each means.
func (s *Service) judge(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, p *Preview) error {
	type row struct {
		Cells []byte `db:"cells"`
	}
	r, err := postgres.One[row](ctx, q, `select cells from import_run where id = $1`, p.ID)
	if err != nil {
		return err
	}
	plain, err := s.Keys.Open(cellsContext, p.ID, r.Cells)
	if err != nil {
		return err
	}
	var t sheet.Table
	if err := json.Unmarshal([]byte(plain), &t); err != nil {
		return err
	}
	var unknown []string
	if p.at, unknown, err = p.Of.arrange(t.Header); err != nil {
		return err
	}
	p.Notes = t.Notes
	if len(unknown) > 0 {
		p.Notes = append(p.Notes, "这些列不在模板里，没有读："+joined(unknown)+"。")
	}
	choices := make(map[int]Choice, len(p.Choices))
	for n, c := range p.Choices {
		var number int
		if _, err := fmt.Sscan(n, &number); err == nil {
			choices[number] = c
		}
	}
	p.Lines = p.Of.lines(t, p.at, choices)
	if p.pending, err = openBook(ctx, q, now, p.Of, p.Lines); err != nil {
		return err
	}
	if err := p.Of.settle(ctx, q, now, actor, p.pending, p.at, p.Lines); err != nil {
		return err
	}
	p.Counts = map[State]int{}
	h := sha256.New()
	for _, l := range p.Lines {
		p.Counts[l.State]++
		fmt.Fprintf(h, "%d %s %d %d\n", l.Number, l.State, len(l.Doubts), len(l.Hints))
	}
	p.Seen = hex.EncodeToString(h.Sum(nil)[:16])
	return nil
}

// List returns the newest imports, a page from after on.
func (s *Service) List(ctx context.Context, actor authz.Actor, after string) (list []Run, next string, err error) {
	if err := actor.Require(authz.ImportView); err != nil {
		return nil, "", err
	}
	const page = 20
	from, err := uuid.Parse(after)
	if err != nil {
		from = uuid.Max
	}
	// Identifiers are made in the order of time (UUID 7).
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = postgres.All[Run](ctx, q, runSQL+` where r.id < $1 order by r.id desc limit $2`, from, page+1)
		return err
	})
	if len(list) > page {
		list = list[:page]
		next = list[page-1].ID.String()
	}
	return list, next, err
}

// lock takes the import for a change by who showed version.
func lock(ctx context.Context, tx postgres.Tx, actor authz.Actor, id uuid.UUID, version int, want RunState) error {
	if err := actor.Require(authz.ImportRun); err != nil {
		return err
	}
	type row struct {
		State   RunState `db:"state"`
		Version int      `db:"version"`
	}
	r, err := postgres.One[row](ctx, tx, `select state, version from import_run where id = $1 for update`, id)
	switch {
	case errs.Is(err, errs.NotFound):
		return errs.New(errs.NotFound, "没有这次导入。到批量导入的列表里找。")
	case err != nil:
		return err
	case r.State != want:
		return errs.Newf(errs.Conflict, "这次导入%s，不能再办。", r.State.Name())
	case r.Version != version:
		return errs.New(errs.Conflict, "这次导入刚刚被别人改过。请核对现在的内容，再办一次。")
	}
	return nil
}

// Choose keeps what was decided about doubtful rows.
func (s *Service) Choose(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, choices map[string]Choice) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, _ time.Time) error {
		if err := lock(ctx, tx, actor, id, version, Waiting); err != nil {
			return err
		}
		for n, c := range choices {
			if c != TheSame && c != Another && c != Skip {
				return errs.FieldError("row-"+n, "第 "+n+" 行", "选一项")
			}
		}
		_, err := tx.Exec(ctx, `update import_run set choices = choices || $2::jsonb, version = version + 1 where id = $1`, id, choices)
		return err
	})
}

// Confirm writes the good rows in one transaction; seen is the digest of the
// preview that was shown. errs.Conflict when things have changed since.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, seen string) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := lock(ctx, tx, actor, id, version, Waiting); err != nil {
			return err
		}
		p, err := s.preview(ctx, tx, now, actor, id)
		if err != nil {
			return err
		}
		if p.Seen != seen {
			return errs.New(errs.Conflict, "登记的内容在预览以后变了，下面是现在的预览。请核对后再确认。")
		}
		var good []*Line
		for _, l := range p.Lines {
			if l.State == Fresh {
				good = append(good, l)
			}
		}
		if len(good) == 0 {
			return errs.New(errs.Conflict, "没有可以导入的行。改好有问题的行再上传，或放弃这次导入。")
		}
		records, err := p.Of.plant(ctx, tx, now, actor, id, p.pending, good)
		if err != nil {
			return err
		}
		if err := keep(ctx, tx, id, p.Lines, records); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update import_run set state = 'confirmed', cells = null, planted = $2, ended_at = $3, ended_by = $4, version = version + 1 where id = $1`,
			id, len(good), now, actor.AccountID)
		if err != nil {
			return err
		}
		return note(ctx, tx, now, actor, id, "import.confirm", map[string]any{"kind": p.Run.Kind, "rows": len(good)})
	})
}

// Discard gives a preview up; its rows are gone.
func (s *Service) Discard(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := lock(ctx, tx, actor, id, version, Waiting); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update import_run set state = 'discarded', cells = null, ended_at = $2, ended_by = $3, version = version + 1 where id = $1`, id, now, actor.AccountID)
		if err != nil {
			return err
		}
		return note(ctx, tx, now, actor, id, "import.discard", nil)
	})
}

// Undo takes a confirmed import back as a whole: errs.Conflict with the reason
// while something depends on it.
func (s *Service) Undo(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := lock(ctx, tx, actor, id, version, Confirmed); err != nil {
			return err
		}
		reason, err := reasonOf(reason)
		if err != nil {
			return err
		}
		_, k, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := k.undo(ctx, tx, now, actor, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update import_run set state = 'undone', undone_at = $2, undone_by = $3, undo_reason = $4, version = version + 1 where id = $1`,
			id, now, actor.AccountID, reason)
		if err != nil {
			return err
		}
		return note(ctx, tx, now, actor, id, "import.undo", map[string]any{"reason": reason})
	})
}

// reasonOf is a reason as it is kept.
func reasonOf(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if n := utf8.RuneCountInString(typed); n < 5 || n > 200 {
		return "", errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，5 到 200 个字，现在是 %d 个字", n))
	}
	return typed, nil
}

// keptDays is how long a preview waits: its rows hold document numbers.
const keptDays = 30

// Sweep discards previews that nobody confirmed in thirty days; their rows are
// gone.
func (s *Service) Sweep(ctx context.Context) error {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		swept, err := postgres.All[row](ctx, tx, `update import_run set state = 'discarded', cells = null, ended_at = $1, version = version + 1
			where state = 'waiting' and uploaded_at < $2 returning id`, now, now.AddDate(0, 0, -keptDays))
		if err != nil {
			return err
		}
		entries := make([]audit.Entry, len(swept))
		for i, r := range swept {
			entries[i] = audit.Entry{Subject: "import", SubjectID: r.ID.String(), Action: "import.expire", Detail: map[string]any{"days": keptDays}}
		}
		return audit.RecordAll(ctx, tx, now, authz.SystemActor, entries)
	})
}

func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "import", SubjectID: id.String(), Action: action, Detail: detail})
}

// Bring reads a file in without a form, and confirms what is good of it when it
// is told to: demo data.
func (s *Service) Bring(ctx context.Context, actor authz.Actor, kind, filename string, content []byte, confirm bool) error {
	id, err := s.Read(ctx, actor, Upload{Kind: kind, Filename: filename, Token: once.NewToken(), Size: int64(len(content)), Content: bytes.NewReader(content)})
	if err != nil || !confirm {
		return err
	}
	p, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	return s.Confirm(ctx, actor, id, p.Version, p.Seen)
}
