package organization

import (
	"context"
	"encoding/json"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// setMerged points a record to the one that it went into, uuid.Nil to none.
func setMerged(ctx context.Context, tx postgres.Tx, now time.Time, id, into uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `update organization set merged_into = $2, updated_at = $3, version = version + 1 where id = $1`, id, orNull(into), now)
}

func savePairState(ctx context.Context, tx postgres.Tx, m Merge, state PairState) error {
	one, other := inOrder(m.Kept, m.Absorbed)
	return postgres.ExecOne(ctx, tx, `update organization_pair set state = $3, version = version + 1 where one = $1 and other = $2`, one, other, state)
}

// rowOf returns a record as it is stored, sealed numbers sealed.
func rowOf(ctx context.Context, q postgres.Querier, id uuid.UUID) (row json.RawMessage, err error) {
	err = q.QueryRow(ctx, `select to_jsonb(o) from organization o where id = $1`, id).Scan(&row)
	return row, err
}

// carried are the absorbed record's numbers sealed anew for the kept one: a seal
// is bound to its row.
func (s *Service) carried(ctx context.Context, q postgres.Querier, keep, absorb uuid.UUID) (v sealed, err error) {
	type row struct {
		Head    []byte `db:"head_mobile"`
		Contact []byte `db:"contact_mobile"`
	}
	r, err := postgres.One[row](ctx, q, `select head_mobile, contact_mobile from organization where id = $1`, absorb)
	if err != nil {
		return v, err
	}
	if r.Head != nil {
		clear, err := s.keys.Open(headMobileContext, absorb, r.Head)
		if err != nil {
			return v, err
		}
		if v, err = s.sealHead(keep, clear); err != nil {
			return v, err
		}
	}
	if r.Contact != nil {
		clear, err := s.keys.Open(contactMobileContext, absorb, r.Contact)
		if err != nil {
			return v, err
		}
		contact, err := s.sealContact(keep, clear)
		v.contactMobile, v.contactMobileIndex = contact.contactMobile, contact.contactMobileIndex
		return v, err
	}
	return v, nil
}

// takeParts writes the absorbed record's side of the chosen parts into the kept
// one, in one statement.
func takeParts(ctx context.Context, tx postgres.Tx, now time.Time, m Merge, s sealed) error {
	return postgres.ExecOne(ctx, tx, `
		update organization k set
			name = case when 'name' = any(t.taken) then a.name else k.name end,
			org_type = case when 'org_type' = any(t.taken) then a.org_type else k.org_type end,
			status_basis = case when 'number' = any(t.taken) then a.status_basis else k.status_basis end,
			uscc = case when 'number' = any(t.taken) then a.uscc else k.uscc end,
			uscc_override_reason = case when 'number' = any(t.taken) then a.uscc_override_reason else k.uscc_override_reason end,
			filing_no = case when 'number' = any(t.taken) then a.filing_no else k.filing_no end,
			registered_capital_fen = case when 'number' = any(t.taken) then a.registered_capital_fen else k.registered_capital_fen end,
			category = case when 'category' = any(t.taken) then a.category else k.category end,
			established_on = e.established_on,
			status_since = case when k.status_since = k.established_on then e.established_on else greatest(k.status_since, e.established_on) end,
			registrar = case when 'registrar' = any(t.taken) then a.registrar else k.registrar end,
			origin = case when 'origin' = any(t.taken) then a.origin else k.origin end,
			head_person_id = case when 'head' = any(t.taken) then a.head_person_id else k.head_person_id end,
			head_name = case when 'head' = any(t.taken) then a.head_name else k.head_name end,
			head_mobile = case when 'head' = any(t.taken) then $4 else k.head_mobile end,
			head_mobile_index = case when 'head' = any(t.taken) then $5 else k.head_mobile_index end,
			head_mobile_mask = case when 'head' = any(t.taken) then a.head_mobile_mask else k.head_mobile_mask end,
			community_code = case when 'place' = any(t.taken) then a.community_code else k.community_code end,
			subdistrict_code = case when 'place' = any(t.taken) then a.subdistrict_code else k.subdistrict_code end,
			address = case when 'place' = any(t.taken) then a.address else k.address end,
			postcode = case when 'place' = any(t.taken) then a.postcode else k.postcode end,
			premises_type = case when 'place' = any(t.taken) then a.premises_type else k.premises_type end,
			base_id = case when 'place' = any(t.taken) then a.base_id else k.base_id end,
			supervising_unit = case when 'supervising_unit' = any(t.taken) then a.supervising_unit else k.supervising_unit end,
			business_scope = case when 'business_scope' = any(t.taken) then a.business_scope else k.business_scope end,
			contact_name = case when 'contact' = any(t.taken) then a.contact_name else k.contact_name end,
			contact_phone = case when 'contact' = any(t.taken) then a.contact_phone else k.contact_phone end,
			contact_mobile = case when 'contact' = any(t.taken) then $6 else k.contact_mobile end,
			contact_mobile_index = case when 'contact' = any(t.taken) then $7 else k.contact_mobile_index end,
			contact_mobile_mask = case when 'contact' = any(t.taken) then a.contact_mobile_mask else k.contact_mobile_mask end,
			contact_email = case when 'contact' = any(t.taken) then a.contact_email else k.contact_email end,
			introduction = case when 'introduction' = any(t.taken) then a.introduction else k.introduction end,
			service_targets = case when 'introduction' = any(t.taken) then a.service_targets else k.service_targets end,
			activity_reach = case when 'introduction' = any(t.taken) then a.activity_reach else k.activity_reach end,
			activity_scope = case when 'introduction' = any(t.taken) then a.activity_scope else k.activity_scope end,
			members = case when 'figures' = any(t.taken) then a.members else k.members end,
			staff = case when 'figures' = any(t.taken) then a.staff else k.staff end,
			full_time = case when 'figures' = any(t.taken) then a.full_time else k.full_time end,
			volunteers = case when 'figures' = any(t.taken) then a.volunteers else k.volunteers end,
			social_workers = case when 'figures' = any(t.taken) then a.social_workers else k.social_workers end,
			party_org = case when 'figures' = any(t.taken) then a.party_org else k.party_org end,
			party_members = case when 'figures' = any(t.taken) then a.party_members else k.party_members end,
			updated_at = $8, version = k.version + 1
		from organization a, (select $3::text[] as taken) t, lateral (
			select case when 'established_on' = any(t.taken) then a.established_on
				else (select established_on from organization where id = $1) end as established_on) e
		where k.id = $1 and a.id = $2`,
		m.Kept, m.Absorbed, texts(m.Taken), s.headMobile, s.headMobileIndex, s.contactMobile, s.contactMobileIndex, now)
}

// restoreRow writes a record back as rowOf read it; what a merge does not touch
// is left alone.
func restoreRow(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, before json.RawMessage) error {
	return postgres.ExecOne(ctx, tx, `
		update organization o set (name, org_type, status_basis, uscc, uscc_override_reason, filing_no, registered_capital_fen, category, established_on,
			status_since, registrar, origin, head_person_id, head_name, head_mobile, head_mobile_index, head_mobile_mask, community_code, subdistrict_code,
			address, postcode, premises_type, base_id, supervising_unit, business_scope, contact_name, contact_phone, contact_mobile, contact_mobile_index,
			contact_mobile_mask, contact_email, introduction, service_targets, activity_reach, activity_scope, members, staff, full_time, volunteers, social_workers, party_org, party_members,
			updated_at, version) = (
			select b.name, b.org_type, b.status_basis, b.uscc, b.uscc_override_reason, b.filing_no, b.registered_capital_fen, b.category, b.established_on,
			b.status_since, b.registrar, b.origin, b.head_person_id, b.head_name, b.head_mobile, b.head_mobile_index, b.head_mobile_mask, b.community_code, b.subdistrict_code,
			b.address, b.postcode, b.premises_type, b.base_id, b.supervising_unit, b.business_scope, b.contact_name, b.contact_phone, b.contact_mobile, b.contact_mobile_index,
			b.contact_mobile_mask, b.contact_email, b.introduction, b.service_targets, b.activity_reach, b.activity_scope, b.members, b.staff, b.full_time, b.volunteers, b.social_workers, b.party_org, b.party_members,
			$3::timestamptz, o.version + 1
			from jsonb_populate_record(null::organization, $2) b)
		where o.id = $1`, id, before, now)
}
