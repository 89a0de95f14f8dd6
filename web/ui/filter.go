package ui

// Facet is one way to narrow a list. Options are links: one press, one page, a
// bookmarkable address.
type Facet struct {
	Title   string
	Options []FacetOption
}

// FacetOption narrows to Count results; none are left out unless current.
type FacetOption struct {
	Label, Href string
	Count       int
	Current     bool
}

// shown leaves out the options that lead nowhere.
func (f Facet) shown() []FacetOption {
	var out []FacetOption
	for _, o := range f.Options {
		if o.Count > 0 || o.Current {
			out = append(out, o)
		}
	}
	return out
}

// Chip is one condition in force; Href is the list without it.
type Chip struct{ Label, Href string }

// Pages leads to the pages before and after; "" where there is none. Where says
// which rows are shown, such as 第 1 至 10 条.
type Pages struct{ Previous, Next, Where string }

// Tab is one view of a list.
type Tab struct {
	Label, Href string
	Count       string
	Current     bool
}
