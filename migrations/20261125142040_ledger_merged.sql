-- A hold on an organization holds what any of its records was promised, and paid is
-- the one account that counts for all of them. Owner: internal/ledger.

-- +goose Up
-- +goose StatementBegin
create or replace function ledger_hold_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.lifted_at is not null then
      perform ledger_refuse('ledger_hold_once', 'a hold begins in force');
    end if;
    perform from ledger_commitment where case_id = new.case_id
      or organization_id = any (organization_ids(organization_root(new.organization_id))) order by id for update;
  elsif old.lifted_at is not null or new.lifted_at is null
    or (new.id, new.source, new.reason, new.placed_at, new.placed_by, new.placed_person, new.placer_name)
      is distinct from (old.id, old.source, old.reason, old.placed_at, old.placed_by, old.placed_person, old.placer_name)
    or new.case_id is distinct from old.case_id or new.organization_id is distinct from old.organization_id then
    perform ledger_refuse('ledger_hold_once', 'a hold is lifted once and never edited');
  end if;
  return new;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function ledger_payable(c ledger_commitment, payee uuid, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  a payee_account;
  root uuid := organization_root(c.organization_id);
begin
  if not exists (select from ledger_gate g where g.commitment_id = c.id)
    or exists (select from ledger_gate g where g.commitment_id = c.id and (g.opened_at is null or g.opened_at > at)) then
    perform ledger_refuse('ledger_payment_gate', 'a gate is closed');
  end if;
  if exists (select from ledger_hold h where h.lifted_at is null and (h.case_id = c.case_id or h.organization_id = any (organization_ids(root)))) then
    perform ledger_refuse('ledger_payment_hold', 'held');
  end if;
  select * into a from payee_account where id = payee for share;
  if organization_root(a.org_id) <> root then
    perform ledger_refuse('ledger_payment_payee_owner', 'the account is another organization''s');
  elsif a.replaced_at is not null or a.id <> payee_of(root) then
    perform ledger_refuse('ledger_payment_payee_replaced', 'the account was replaced');
  elsif a.verified_at is null or a.verified_at > at then
    perform ledger_refuse('ledger_payment_payee_unverified', 'the account is not verified');
  end if;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function ledger_payable(c ledger_commitment, payee uuid, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  a payee_account;
begin
  if not exists (select from ledger_gate g where g.commitment_id = c.id)
    or exists (select from ledger_gate g where g.commitment_id = c.id and (g.opened_at is null or g.opened_at > at)) then
    perform ledger_refuse('ledger_payment_gate', 'a gate is closed');
  end if;
  if exists (select from ledger_hold h where h.lifted_at is null and (h.case_id = c.case_id or h.organization_id = c.organization_id)) then
    perform ledger_refuse('ledger_payment_hold', 'held');
  end if;
  select * into a from payee_account where id = payee for share;
  if a.org_id <> c.organization_id then
    perform ledger_refuse('ledger_payment_payee_owner', 'the account is another organization''s');
  elsif a.replaced_at is not null then
    perform ledger_refuse('ledger_payment_payee_replaced', 'the account was replaced');
  elsif a.verified_at is null or a.verified_at > at then
    perform ledger_refuse('ledger_payment_payee_unverified', 'the account is not verified');
  end if;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function ledger_hold_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.lifted_at is not null then
      perform ledger_refuse('ledger_hold_once', 'a hold begins in force');
    end if;
    perform from ledger_commitment where case_id = new.case_id or organization_id = new.organization_id order by id for update;
  elsif old.lifted_at is not null or new.lifted_at is null
    or (new.id, new.source, new.reason, new.placed_at, new.placed_by, new.placed_person, new.placer_name)
      is distinct from (old.id, old.source, old.reason, old.placed_at, old.placed_by, old.placed_person, old.placer_name)
    or new.case_id is distinct from old.case_id or new.organization_id is distinct from old.organization_id then
    perform ledger_refuse('ledger_hold_once', 'a hold is lifted once and never edited');
  end if;
  return new;
end $$;
-- +goose StatementEnd
