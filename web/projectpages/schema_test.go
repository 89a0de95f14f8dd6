package projectpages_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// schemas are the published ones of 360Giving. They are not ours to copy, so
// they may lie beside the repository; a clone alone does not have them.
const schemas = "../../../shared/360giving"

// The whole package is valid under the 360Giving standard. Without its schemas,
// in a clone of its own, the fields that it requires are looked at instead.
func TestOpenDataFollowThe360GivingStandard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	spread(t, s)
	before(t, s)
	var doc map[string]any
	text := s.Get("", "/open-data/projects.json").Body
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	grants, _ := doc["grants"].([]any)
	if len(grants) != 12 {
		t.Fatalf("%d grants", len(grants))
	}
	grant, err := schemaOf("360-giving-schema.json")
	if err != nil {
		t.Logf("judged by the fields that the standard requires; its schemas are not at %s", schemas)
		for _, g := range grants {
			required(t, g.(map[string]any))
		}
		return
	}
	whole, err := schemaOf("360-giving-package-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	whole.other = grant
	for _, fault := range whole.check(whole.root, doc, "") {
		t.Error(fault)
	}
	var one any
	no := strings.TrimPrefix(grants[0].(map[string]any)["id"].(string), "360G-CN440310-")
	if err := json.Unmarshal([]byte(s.Get("", "/open-data/projects/"+no+".json").Body), &one); err != nil || !reflect.DeepEqual(one, grants[0]) {
		t.Errorf("one project alone differs from the same in the package: %v", err)
	}
	// The control: what breaks the standard is named.
	for name, broken := range map[string]func(g map[string]any){
		"no id":              func(g map[string]any) { delete(g, "id") },
		"amount as text":     func(g map[string]any) { g["amountAwarded"] = "5000.00" },
		"date of no form":    func(g map[string]any) { g["awardDate"] = "2026年3月1日" },
		"currency unknown":   func(g map[string]any) { g["currency"] = "元" },
		"nameless recipient": func(g map[string]any) { g["recipientOrganization"] = []any{map[string]any{"id": "x"}} },
		"country unknown":    func(g map[string]any) { g["beneficiaryLocation"] = []any{map[string]any{"countryCode": "XX"}} },
		"not from a list":    func(g map[string]any) { g["fromOpenCall"] = "是" },
	} {
		var copied map[string]any
		if err := json.Unmarshal([]byte(text), &copied); err != nil {
			t.Fatal(err)
		}
		broken(copied["grants"].([]any)[0].(map[string]any))
		if len(whole.check(whole.root, copied, "")) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}

func required(t *testing.T, g map[string]any) {
	t.Helper()
	for _, name := range []string{"id", "title", "description", "currency", "awardDate"} {
		if s, _ := g[name].(string); s == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if n, ok := g["amountAwarded"].(float64); !ok || n <= 0 || g["currency"] != "CNY" {
		t.Errorf("awarded %v %v", g["amountAwarded"], g["currency"])
	}
	for _, name := range []string{"recipientOrganization", "fundingOrganization"} {
		list, _ := g[name].([]any)
		if len(list) != 1 || list[0].(map[string]any)["id"] == "" || list[0].(map[string]any)["name"] == "" {
			t.Errorf("%s: %v", name, g[name])
		}
	}
}

// schema judges values by the part of JSON Schema that the standard uses.
type schema struct {
	root  map[string]any
	other *schema // what a $ref to another document means
}

func schemaOf(name string) (*schema, error) {
	body, err := os.ReadFile(filepath.Join(schemas, name))
	if err != nil {
		return nil, err
	}
	s := &schema{}
	return s, json.Unmarshal(body, &s.root)
}

func (s *schema) check(rule map[string]any, v any, at string) (faults []string) {
	bad := func(format string, args ...any) { faults = append(faults, at+": "+fmt.Sprintf(format, args...)) }
	if ref, ok := rule["$ref"].(string); ok {
		if path, here := strings.CutPrefix(ref, "#/"); here {
			target := any(s.root)
			for part := range strings.SplitSeq(path, "/") {
				target = target.(map[string]any)[part]
			}
			return s.check(target.(map[string]any), v, at)
		}
		return s.other.check(s.other.root, v, at)
	}
	if !typed(rule["type"], v) {
		bad("%v is no %v", v, rule["type"])
	}
	if list, ok := rule["enum"].([]any); ok && !slices.Contains(list, v) {
		bad("%v is not in the list", v)
	}
	if p, ok := rule["pattern"].(string); ok {
		if text, is := v.(string); is && !regexp.MustCompile(p).MatchString(text) {
			bad("%q does not match %s", text, p)
		}
	}
	if rule["format"] == "date-time" {
		if _, err := time.Parse(time.RFC3339, fmt.Sprint(v)); err != nil {
			bad("%v is no date-time", v)
		}
	}
	if rule["format"] == "uri" && !strings.Contains(fmt.Sprint(v), "://") {
		bad("%v is no URI", v)
	}
	if options, ok := rule["oneOf"].([]any); ok {
		passed := 0
		for _, o := range options {
			if len(s.check(o.(map[string]any), v, at)) == 0 {
				passed++
			}
		}
		if passed != 1 {
			bad("%d of %d alternatives hold", passed, len(options))
		}
	}
	return append(faults, s.inside(rule, v, at)...)
}

// inside judges the members of an object and the items of an array.
func (s *schema) inside(rule map[string]any, v any, at string) (faults []string) {
	switch v := v.(type) {
	case map[string]any:
		needed, _ := rule["required"].([]any)
		for _, name := range needed {
			if _, ok := v[name.(string)]; !ok {
				faults = append(faults, at+": lacks "+name.(string))
			}
		}
		properties, _ := rule["properties"].(map[string]any)
		for name, member := range v {
			if p, ok := properties[name].(map[string]any); ok {
				faults = append(faults, s.check(p, member, at+"/"+name)...)
			}
		}
	case []any:
		if least, ok := rule["minItems"].(float64); ok && len(v) < int(least) {
			faults = append(faults, at+": too few items")
		}
		for i, item := range v {
			if r, ok := rule["items"].(map[string]any); ok {
				faults = append(faults, s.check(r, item, fmt.Sprintf("%s/%d", at, i))...)
			}
		}
	}
	return faults
}

func typed(want, v any) bool {
	names, many := want.([]any)
	if !many {
		names = []any{want}
	}
	var is string
	switch v.(type) {
	case nil:
		is = "null"
	case string:
		is = "string"
	case float64:
		is = "number"
	case bool:
		is = "boolean"
	case []any:
		is = "array"
	default:
		is = "object"
	}
	return want == nil || slices.Contains(names, any(is))
}
