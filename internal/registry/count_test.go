package registry_test

import (
	"context"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/registry/registrytest"

	"github.com/google/uuid"
)

// No page runs more than 12 statements; two of them are the session's and the
// messages'.
func TestStatementsOfAPage(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	o, other, third := b.Organization(t), b.Organization(t), b.Organization(t)
	filing := b.Draft(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
	scope := registrytest.Changing(registry.ScopeMatter).With("business_scope", "邻里互助、助老服务")
	count := func(name string, read func(ctx context.Context) error) {
		ctx, n := postgres.CountStatements(t.Context())
		if err := read(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n.Count() > 10 {
			t.Errorf("%s takes %d statements: %q", name, n.Count(), n.Statements())
		}
	}
	for _, c := range []struct {
		name  string
		actor authz.Actor
		no    string
	}{
		{"filing", founder, filing},
		{"merger", o.Head, b.Draft(t, o.Head, registry.Merger, uuid.Nil, registrytest.Absorbing(other, third))},
		{"end", o.Head, b.Draft(t, o.Head, registry.Deregistration, uuid.Nil, registrytest.Ending())},
		{"change", other.Head, b.Draft(t, other.Head, registry.Change, uuid.Nil, scope)},
		{"revocation", b.Subdistrict, b.Draft(t, b.Subdistrict, registry.Revocation, third.ID, registrytest.Revoking())},
	} {
		count(c.name+" form", func(ctx context.Context) error { _, err := b.Applications.Form(ctx, c.actor, c.no); return err })
		count(c.name+" review", func(ctx context.Context) error { _, err := b.Applications.Review(ctx, c.actor, c.no); return err })
	}
	must(t, b.Submit(t, founder, filing))
	count("view", func(ctx context.Context) error { _, err := b.Registry.View(ctx, founder, filing); return err })
}
