package registry_test

import (
	"testing"

	"civilaffairs/internal/once"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/registry/registrytest"

	"github.com/google/uuid"
)

// What is decided stays decided: the portal's role cannot write around the
// services.
func TestForbiddenStatements(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	b.Registrar(t, "bureau")
	founder, head := b.Founder(t)
	no := b.Submitted(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
	b.Decided(t, no, "")
	o, next := b.Organization(t), b.Person()
	b.Decided(t, b.Submitted(t, o.Head, registry.Change, uuid.Nil, headChange(next, registry.Leaves, "next-one")), "")
	other := b.Organization(t)
	revocation := b.Submitted(t, b.Subdistrict, registry.Revocation, other.ID, registrytest.Revoking())
	must(t, b.Registry.Answer(t.Context(), other.Head, revocation, b.Case(t, revocation).Version, "已经恢复每月的活动。", once.NewToken()))
	for _, sql := range []string{
		`delete from registry_case`, `delete from registry_counter`, `truncate registry_person cascade`,
		`update registry_proposal set outcome = 'refuse'`, `delete from registry_proposal`,
		`update registry_statement set text = '什么也没有说过。'`, `delete from registry_statement`,
		`update registry_handover set made = false`, `delete from registry_handover`,
		`update registry_certificate set no = 'ZS-2026-0099'`, `delete from registry_certificate`,
		`update registry_counter set last = 0`,
		`update registry_case set family = 'dissolution'`,
		`insert into registry_party (case_id, organization_id, digest, terms, asked_at, answer) select case_id, '` + o.ID.String() + `', '', '{}', now(), 'consent' from registry_case limit 1`,
		`insert into registry_certificate (id, no, organization_id, case_id, facts, issued_on, issued_at, signer_name)
			select gen_random_uuid(), 'ZS-2026-0099', organization_id, case_id, facts, issued_on, issued_at, signer_name from registry_certificate where void_on is null limit 1`,
		`update organization_succession set kind = 'absorption'`,
	} {
		if _, err := b.DB.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("went through: %s", sql)
		}
	}
	// The control: what the services do themselves is allowed.
	if _, err := b.DB.App.Pool().Exec(t.Context(), `update registry_certificate set void_on = issued_on, void_reason = '测试作废' where void_on is null`); err != nil {
		t.Error(err)
	}
}
