package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/docx"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Printed are the facts on a certificate.
type Printed struct {
	Name          string                `json:"name"`
	Type          organization.OrgType  `json:"type"`
	Basis         organization.Basis    `json:"basis"`
	Category      organization.Category `json:"category"`
	Number        string                `json:"number"`
	NumberLabel   string                `json:"number_label"`
	HeadName      string                `json:"head_name"`
	Place         string                `json:"place"`             // 坪山街道六联社区
	Address       string                `json:"address,omitempty"` // "" to the public of a filed one: it may be somebody's home
	BusinessScope string                `json:"business_scope"`
	Capital       *money.Fen            `json:"registered_capital_fen,omitempty"`
	Registrar     string                `json:"registrar"`
	EstablishedOn civil.Date            `json:"established_on"`
}

// Title is what the certificate is called.
func (p Printed) Title() string {
	switch {
	case p.Basis == organization.Filed:
		return "社区社会组织备案证书"
	case p.Type == organization.Association:
		return "社会团体法人登记证书"
	case p.Type == organization.SocialService:
		return "民办非企业单位登记证书"
	}
	return "基金会法人登记证书"
}

// Certificate is one certificate of an organization. The present one is not void.
type Certificate struct {
	ID             uuid.UUID  `db:"id"`
	No             string     `db:"no"` // ZS-2026-0001
	OrganizationID uuid.UUID  `db:"organization_id"`
	CaseNo         string     `db:"case_no"`
	Facts          Printed    `db:"facts"`
	IssuedOn       civil.Date `db:"issued_on"`
	SignerName     string     `db:"signer_name"`
	VoidOn         civil.Date `db:"void_on"` // zero while it is valid
	VoidReason     string     `db:"void_reason"`
	ReplacedBy     string     `db:"replaced_by"` // number of the one that replaced it, "" for none
	From           string     `db:"merged_from"` // the record that it was given to when that was merged away, "" otherwise
}

// Valid reports whether the certificate holds.
func (c Certificate) Valid() bool { return c.VoidOn.IsZero() }

// certify issues a certificate; the one before is void and says by which it was
// replaced.
func (e decision) certify(ctx context.Context, o organization.Organization, replaces string) (Certificate, error) {
	n, err := drawn(ctx, e.tx, "certificate", e.today.Year)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{ID: uuid.Must(uuid.NewV7()), No: fmt.Sprintf("ZS-%d-%04d", e.today.Year, n), OrganizationID: o.ID, CaseNo: e.c.No,
		IssuedOn: e.today, SignerName: e.actor.Name, Facts: Printed{
			Name: o.Name, Type: o.Type, Basis: o.Basis, Category: o.Category, Number: o.Number(), NumberLabel: o.NumberLabel(), HeadName: o.HeadName,
			Place: e.regions.FullName(o.CommunityCode), Address: o.Address, BusinessScope: o.BusinessScope, Capital: o.RegisteredCapital,
			Registrar: o.Registrar, EstablishedOn: o.EstablishedOn,
		}}
	facts, err := json.Marshal(c.Facts)
	if err != nil {
		return c, err
	}
	previous, err := e.voided(ctx, o.ID, replaces)
	if err != nil {
		return c, err
	}
	_, err = e.tx.Exec(ctx, `
		insert into registry_certificate (id, no, organization_id, case_id, facts, issued_on, issued_at, signer_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, c.ID, c.No, o.ID, e.c.ID, facts, c.IssuedOn, e.now, c.SignerName)
	if err != nil || previous == uuid.Nil {
		return c, err
	}
	return c, postgres.ExecOne(ctx, e.tx, `update registry_certificate set replaced_by = $2 where id = $1`, previous, c.ID)
}

// voidCertificate makes the present certificate void, if there is one.
func (e decision) voidCertificate(ctx context.Context, org uuid.UUID, reason string) error {
	_, err := e.voided(ctx, org, reason)
	return err
}

func (e decision) voided(ctx context.Context, org uuid.UUID, reason string) (uuid.UUID, error) {
	type row struct {
		ID  uuid.UUID `db:"id"`
		Own bool      `db:"own"`
	}
	rows, err := postgres.All[row](ctx, e.tx, `update registry_certificate set void_on = $2, void_reason = $3
		where organization_id = any(organization_ids($1)) and void_on is null returning id, organization_id = $1 as own`, org, e.today, reason)
	if err != nil || len(rows) == 0 {
		return uuid.Nil, err
	}
	if at := slices.IndexFunc(rows, func(r row) bool { return r.Own }); at > 0 { // those of merged records are void with it
		return rows[at].ID, nil
	}
	return rows[0].ID, nil
}

const certificateSQL = `
	select t.id, t.no, t.organization_id, c.no as case_no, t.facts, t.issued_on, t.signer_name, t.void_on, t.void_reason,
		coalesce(r.no, '') as replaced_by,
		coalesce((select o.name from organization o where o.id = t.organization_id and o.merged_into is not null), '') as merged_from
	from registry_certificate t join case_file c on c.id = t.case_id left join registry_certificate r on r.id = t.replaced_by`

var certificateNo = regexp.MustCompile(`^ZS-[0-9]{4}-[0-9]{4,9}$`)

// CertificateByNo finds a certificate by the number on it: everybody may check
// whether it holds. The address of a filed organization is left out.
func (s *Service) CertificateByNo(ctx context.Context, no string) (c Certificate, err error) {
	no = strings.ToUpper(strings.TrimSpace(no))
	if !certificateNo.MatchString(no) {
		return c, errNoCertificate()
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err = postgres.One[Certificate](ctx, q, certificateSQL+` where t.no = $1`, no)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		err = errNoCertificate()
	}
	if c.Facts.Basis == organization.Filed {
		c.Facts.Address = ""
	}
	return c, err
}

func errNoCertificate() error {
	return errs.New(errs.NotFound, "没有这个编号的证书。看着证书核对编号，如 ZS-2026-0001。平台启用以前发的证书不在这里查。")
}

// CertificateFile returns one certificate of an organization as it was printed, to
// who may see the organization's record, as a document to save. errs.NotFound.
func (s *Service) CertificateFile(ctx context.Context, actor authz.Actor, org uuid.UUID, no string) (c Certificate, document []byte, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if _, err := s.Organizations.Visible(ctx, q, actor, org); err != nil {
			return err
		}
		list, err := Certificates(ctx, q, org)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(x Certificate) bool { return x.No == no })
		if at < 0 {
			return errs.New(errs.NotFound, "这个组织没有这张证书。到组织档案的“证书”里看有哪些。")
		}
		c = list[at]
		document, err = c.document()
		return err
	})
	return c, document, err
}

// document is the certificate as a file. The same one is always the same bytes.
func (c Certificate) document() ([]byte, error) {
	d := docx.Document{Title: c.Facts.Title(), Author: c.Facts.Registrar, Made: c.IssuedOn.Start(), Source: "证书编号 " + c.No + "　" + c.Facts.Registrar + "　" + c.IssuedOn.Chinese() + "颁发"}
	if !c.Valid() {
		d.Blocks = append(d.Blocks, docx.Block{Kind: docx.Line, Text: "本证书已于" + c.VoidOn.Chinese() + "作废：" + c.VoidReason})
	}
	rows := [][]string{{"登记事项", "内容"}, {"名称", c.Facts.Name}}
	for _, f := range c.Facts.Lines() {
		rows = append(rows, []string{f.Label, f.Text})
	}
	d.Blocks = append(d.Blocks, docx.Block{Kind: docx.Table, Rows: rows},
		docx.Block{Kind: docx.Line, Text: "本页由平台按颁发时的登记内容生成，供存档使用。证书现在是否有效，以平台“证书核验”查到的为准。"})
	var b bytes.Buffer
	err := d.Write(&b)
	return b.Bytes(), err
}

// PrintedLine is one line of a certificate.
type PrintedLine struct{ Label, Text string }

// Lines are what stands on the certificate under the name, in its order.
func (p Printed) Lines() []PrintedLine {
	list := []PrintedLine{{p.NumberLabel, p.Number}, {"类型", p.Type.Name()}, {"业务类别", p.Category.Name()}, {"负责人", p.HeadName}, {"所在", p.Place}}
	if p.Address != "" {
		list = append(list, PrintedLine{"住所", p.Address})
	}
	list = append(list, PrintedLine{"业务范围", p.BusinessScope})
	if p.Capital != nil {
		list = append(list, PrintedLine{"开办资金", p.Capital.String() + " 元"})
	}
	return append(list, PrintedLine{"成立日期", p.EstablishedOn.Chinese()})
}

// Certificates returns the certificates of an organization, the latest first, as
// they were printed. The caller has checked who may see the organization's record.
func Certificates(ctx context.Context, q postgres.Querier, org uuid.UUID) ([]Certificate, error) {
	return postgres.All[Certificate](ctx, q, certificateSQL+` where t.organization_id = any(organization_ids($1)) order by t.issued_at desc, t.no desc`, org)
}
