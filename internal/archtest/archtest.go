// Package archtest fails the build when a package imports upwards or sideways,
// or when the border to HTTP, pages or SQL is crossed. It has tests only besides
// this file; no tables; imported by nothing.
package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// module is the prefix of our import paths.
const module = "civilaffairs/"

// graph is every package of the module with its direct imports, tests apart.
type graph map[string][]string

// Levels of DESIGN §3.1. A package imports lower levels only, never a sibling.
// The first two have an order inside: an amount of money reports an error.
const (
	words       = iota // L0: errors and dates
	vocabulary         // L0
	forms              // L0: reads all the others from a form
	mechanisms         // L1
	serving            // L1: on the transaction
	happenings         // L2
	shared             // L3
	registries         // L4
	proceedings        // between: the application in writing and the activity, on the registries, below what stands on them
	features           // L5
	crossing           // L6
	leaf               // web leaves, see leaves: beside the levels, not on them
	harness            // test infrastructure: above L2, imported by tests only
	stage              // web/pagetest: on the harness and the leaves of web, imported by tests only
	fixture            // made by the services of features: imported by tests only
	further            // stands on another fixture: imported by tests only
	visit              // web/session, web/checks, web/export, web/applying: between features and pages
	pages              // web/<feature>pages
	root               // internal/app
	command            // cmd/*
)

var levels = map[string]int{
	"migrations": words, "internal/errs": words, "internal/civil": words,
	"internal/money": vocabulary, "internal/workday": vocabulary, "internal/authz": vocabulary, "internal/identifier": vocabulary,
	"internal/form": forms, "internal/privacy": forms,

	"internal/postgres": mechanisms, "internal/workflow": mechanisms, "internal/secret": mechanisms, "internal/sheet": mechanisms, "internal/docx": mechanisms,
	"internal/httpserver": serving,

	"internal/audit": happenings, "internal/jobs": happenings, "internal/search": happenings, "internal/once": happenings, "internal/district": happenings,

	"internal/account": shared, "internal/calendar": shared, "internal/department": shared, "internal/person": shared, "internal/policy": shared, "internal/attachment": shared, "internal/casework": shared, "internal/imported": shared,

	"internal/organization": registries, "internal/standing": registries, "internal/ledger": registries, "internal/notice": registries,
	"internal/receipt": registries, "internal/roster": registries, "internal/review": registries, "internal/notification": registries,

	"internal/application": proceedings, "internal/event": proceedings,

	"internal/funding": features, "internal/rating": features, "internal/supervision": features, "internal/incubator": features,
	"internal/governance": features, "internal/training": features, "internal/publicity": features, "internal/registry": features, "internal/liaison": features,
	"internal/sampling": features,

	"internal/importing": crossing, "internal/report": crossing, "internal/dryrun": crossing, "internal/demo": crossing,

	"internal/funding/fundingtest": fixture, "internal/importing/importtest": further, "internal/report/reporttest": fixture, "internal/registry/registrytest": further,

	"internal/dbtest": harness, "internal/browsertest": harness, "internal/archtest": harness, "web/pagetest": stage,

	"web/session": visit, "web/checks": visit, "web/export": visit, "web/applying": visit,

	"internal/app": root,
}

// leaves are the parts of web that every page uses. They know no feature, only
// the words of the vocabulary, and each other in this order.
var leaves = []string{"web/paths", "web/static", "web/ui", "web/layout", "web/upload", "web/formpage", "web/download"}

// families are directories whose head package is below the others in it.
//
//	funding ← funding/<programme> ← funding/catalog
var top = map[string]string{"internal/funding": "internal/funding/catalog"}

// find returns where a package belongs: its entry and its level, or false for a
// package that nobody has placed.
func find(pkg string) (entry string, level int, ok bool) {
	switch {
	case strings.HasPrefix(pkg, "cmd/"):
		return pkg, command, true
	case slices.Contains(leaves, leafOf(pkg)):
		return leafOf(pkg), leaf, true
	case strings.HasPrefix(pkg, "web/") && strings.HasSuffix(strings.Split(pkg, "/")[1], "pages"):
		return strings.Join(strings.Split(pkg, "/")[:2], "/"), pages, true
	}
	for entry = pkg; entry != ""; entry, _, _ = cutLast(entry) {
		if level, ok = levels[entry]; ok {
			return entry, level, true
		}
	}
	return "", 0, false
}

func leafOf(pkg string) string {
	parts := strings.Split(pkg, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func cutLast(path string) (before, after string, found bool) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// problems returns every broken rule in g, sorted, as “package imports package: why”.
func problems(g graph) []string {
	var found []string
	for pkg, imports := range g {
		entry, level, ok := find(pkg)
		if !ok {
			found = append(found, pkg+": has no level, give it one in internal/archtest")
			continue
		}
		for _, imported := range imports {
			var why string
			if strings.HasPrefix(imported, module) {
				why = ours(pkg, entry, level, strings.TrimPrefix(imported, module))
			} else {
				why = border(pkg, level, imported)
			}
			if why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", pkg, strings.TrimPrefix(imported, module), why))
			}
		}
	}
	slices.Sort(found)
	return found
}

// tests reports whether a level is test infrastructure.
func tests(level int) bool { return harness <= level && level <= further }

// ours judges an import of one of our packages; "" is well.
func ours(pkg, entry string, level int, imported string) string {
	otherEntry, other, ok := find(imported)
	switch {
	case !ok:
		return "" // told once, at the package itself
	case tests(other) && !tests(level):
		return "test infrastructure in a program"
	case otherEntry == entry:
		return family(pkg, entry, imported)
	case level == leaf:
		return ofLeaf(entry, otherEntry, other)
	case other == leaf:
		if level < leaf {
			return "a feature does not know its pages"
		}
		return ""
	case level == stage && other == harness:
		return ""
	case other >= level && (level != harness || other > happenings):
		if other == level {
			return "a sibling of the same level"
		}
		return "a higher level"
	case (level == harness || level == stage) && other > happenings:
		return "test infrastructure stands on levels 0 to 2"
	}
	return ""
}

// family judges imports inside one directory: the head is below its parts, parts
// do not know each other, and the list of parts knows them all.
func family(pkg, head, imported string) string {
	catalog, listed := top[head]
	switch {
	case !listed || pkg == catalog || imported == head:
		return ""
	case imported == catalog:
		return "the catalog is above the programmes"
	case pkg == head:
		return "the programmes are above what they share"
	case leafOf(strings.TrimPrefix(pkg, head+"/")) == leafOf(strings.TrimPrefix(imported, head+"/")):
		return ""
	default:
		return "one programme does not know another"
	}
}

func ofLeaf(entry, otherEntry string, other int) string {
	switch {
	case other == leaf && slices.Index(leaves, otherEntry) < slices.Index(leaves, entry):
		return ""
	case other == leaf:
		return "a leaf above it"
	case other <= forms || otherEntry == "internal/httpserver" || entry == "web/formpage" && otherEntry == "internal/once": // its tokens
		return ""
	}
	return "a leaf of web knows the vocabulary only"
}

// border judges an import from outside the module.
func border(pkg string, level int, imported string) string {
	has := func(prefix string) bool { return imported == prefix || strings.HasPrefix(imported, prefix+"/") }
	feature := strings.HasPrefix(pkg, "internal/") && level <= crossing && pkg != "internal/httpserver"
	client := slices.Contains(httpClients, pkg)
	switch {
	case feature && imported == "net/http" && !client:
		return "a feature knows no HTTP"
	case feature && has("github.com/a-h/templ"):
		return "a feature knows no pages"
	case (level == leaf || level == pages) && (has("github.com/jackc/pgx") || imported == "database/sql"):
		return "pages know no SQL"
	}
	return ""
}

// httpClients speak HTTP to something else, and serve nothing.
var httpClients = []string{"internal/attachment/filestore"}
