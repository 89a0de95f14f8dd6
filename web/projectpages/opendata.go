package projectpages

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/web/download"
	"civilaffairs/web/paths"
)

// publisher begins every identifier: the prefix that 360Giving assigns is the
// deployer's to ask for; until then it is the district's own code.
const publisher = "360G-CN440310"

// streamed is an export under way: the answer begins with the first rows, so
// that a failure before them still becomes a page.
type streamed struct {
	w       http.ResponseWriter
	started bool
}

// stream runs an export into w. What fails after the first byte breaks the
// answer off, so that nobody takes a part for the whole.
func stream(w http.ResponseWriter, export func(s *streamed) error) error {
	s := &streamed{w: w}
	err := export(s)
	if err != nil && s.started {
		panic(http.ErrAbortHandler)
	}
	return err
}

// patience is how long a reader may take for one part of an export; the whole
// may take longer than any other answer.
const patience = time.Minute

// start sends the head of the answer, once, and gives the reader time for the
// next part.
func (s *streamed) start(contentType, name string) (first bool) {
	// A writer without deadlines, as in tests, has nothing to put off.
	_ = http.NewResponseController(s.w).SetWriteDeadline(time.Now().Add(patience))
	if s.started {
		return false
	}
	s.started = true
	h := s.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", download.Disposition("attachment", name))
	httpserver.Revalidate(s.w)
	s.w.WriteHeader(http.StatusOK)
	return true
}

func (p *Pages) json(w http.ResponseWriter, r *http.Request) error {
	f, by := filterOf(r.URL.Query())
	n := 0
	return stream(w, func(s *streamed) error {
		err := p.Report.Export(r.Context(), f, by, func(h report.ExportHead, rows []report.OpenProject) error {
			if s.start("application/json; charset=utf-8", "projects-"+h.Today.String()+".json") {
				if err := p.packageHead(w, h); err != nil {
					return err
				}
			}
			for _, row := range rows {
				if n++; n > 1 {
					if _, err := io.WriteString(w, ","); err != nil {
						return err
					}
				}
				if err := write(w, p.grant(h, row)); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			_, err = io.WriteString(w, "]}\n")
		}
		return err
	})
}

// packageHead opens a 360Giving data package up to its list of grants.
func (p *Pages) packageHead(w io.Writer, h report.ExportHead) error {
	head, err := json.Marshal(dataPackage{
		Version: "1.4", Title: "坪山区社区社会组织扶持专项资金资助项目 " + h.Today.String(), Description: "公示期满、没有异议的资助项目，含拨付、退回和追回。",
		Issued: h.Today.String(), Identifier: publisher + "-projects", Publisher: party{ID: publisher, Name: funder}, DownloadURL: p.BaseURL + paths.ProjectsJSON,
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, strings.TrimSuffix(string(head), "}")+`,"grants":[`)
	return err
}

func write(w io.Writer, v any) error {
	body, err := json.Marshal(v)
	if err == nil {
		_, err = w.Write(body)
	}
	return err
}

func (p *Pages) oneJSON(w http.ResponseWriter, r *http.Request) error {
	row, head, err := p.Report.OpenProject(r.Context(), httpserver.Param(r, "no"))
	if err != nil {
		return err
	}
	body, err := json.Marshal(p.grant(head, row))
	if err != nil {
		return err
	}
	return httpserver.WritePublic(w, r, "application/json; charset=utf-8", body)
}

const funder = "深圳市坪山区民政局"

// dataPackage is the head of a 360Giving package; the grants follow as a stream.
type dataPackage struct {
	Version     string `json:"version"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Issued      string `json:"issued"`
	Identifier  string `json:"identifier"`
	Publisher   party  `json:"publisher"`
	DownloadURL string `json:"downloadURL"`
}

type party struct {
	ID   string `json:"identifier"`
	Name string `json:"name"`
}

// grant is a project in the shape of the 360Giving standard 1.4, with what the
// standard has no field for: budget year, progress, and the money that came back.
type grant struct {
	ID              string           `json:"id"`
	Title           string           `json:"title"`
	Description     string           `json:"description"`
	Currency        string           `json:"currency"`
	AppliedFor      *yuan            `json:"amountAppliedFor,omitempty"` // not known of grants before the portal
	Awarded         yuan             `json:"amountAwarded"`
	Disbursed       yuan             `json:"amountDisbursed"`
	AwardDate       string           `json:"awardDate"`
	URL             string           `json:"url"`
	Recipient       []orgRef         `json:"recipientOrganization"`
	Funder          []orgRef         `json:"fundingOrganization"`
	Location        []location       `json:"beneficiaryLocation"`
	Programme       []programme      `json:"grantProgramme"`
	Classifications []classification `json:"classifications"`
	FromOpenCall    string           `json:"fromOpenCall,omitempty"`
	Modified        string           `json:"dateModified"`
	BudgetYear      int              `json:"budgetYear"`
	Progress        string           `json:"progress"`
	Returned        yuan             `json:"amountReturned"`
	Recovered       yuan             `json:"amountRecovered"`
	Net             yuan             `json:"amountNet"`
	BeforePortal    bool             `json:"beforePortal"`
}

type orgRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type location struct {
	Name        string `json:"name"`
	CountryCode string `json:"countryCode"`
	GeoCode     string `json:"geoCode"`
	GeoCodeType string `json:"geoCodeType"`
}

type programme struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

type classification struct {
	Vocabulary string `json:"vocabulary"`
	Code       string `json:"code"`
	Title      string `json:"title"`
}

// yuan is an amount as an exact decimal number.
type yuan money.Fen

// MarshalJSON writes yuan with two decimals.
func (y yuan) MarshalJSON() ([]byte, error) { return []byte(money.Fen(y).Yuan()), nil }

func (p *Pages) grant(h report.ExportHead, r report.OpenProject) grant {
	g := grant{
		ID: publisher + "-" + r.No, Title: r.Title, Description: cmp.Or(r.Purpose, r.Title), Currency: "CNY", Awarded: yuan(r.Approved),
		Disbursed: yuan(r.Paid), AwardDate: r.GrantedOn.String(), URL: p.BaseURL + paths.Project(r.No),
		Recipient: []orgRef{{ID: publisher + "-ORG-" + r.OrganizationID.String(), Name: r.OrganizationName, URL: p.BaseURL + paths.Organization(r.OrganizationID.String())}},
		Funder:    []orgRef{{ID: publisher, Name: funder}},
		Location:  []location{{Name: h.Regions.FullName(r.Community), CountryCode: "CN", GeoCode: r.Community, GeoCodeType: "中国统计用区划代码"}},
		Programme: []programme{{Code: string(r.Programme), Title: r.Programme.Name()}}, Classifications: classes(r.Category),
		Modified: r.ChangedAt.UTC().Format(time.RFC3339), BudgetYear: r.Year, Progress: string(r.Progress), Returned: yuan(r.Returned), Recovered: yuan(r.Recovered), Net: yuan(r.Net()),
		BeforePortal: r.Opening,
	}
	if !r.Opening {
		requested := yuan(r.Requested)
		g.AppliedFor, g.FromOpenCall = &requested, "Yes"
	}
	return g
}

func classes(c organization.Category) []classification {
	return []classification{{Vocabulary: "3+3", Code: string(c), Title: c.Name()}}
}
