-- Every invoice and receipt of every programme and year, and its allocation to
-- uses. Owner: internal/receipt.
-- Policy 三(三)3: money is spent on 硬件建设, 服务支出 and 能力提升; one paper
-- accounts for its amount once, whoever hands it in.

-- +goose Up
-- +goose StatementBegin
-- What makes two entries the same paper: kind, code, number. The code of a tax
-- invoice says its kind, so that it stays the same paper when somebody chooses
-- another kind. Pads of ordinary receipts are bought in shops and all begin at 1:
-- there the issuer belongs to the key. Leading zeros are often left out.
-- Schema-qualified, because a restored dump recomputes the column under an empty
-- search path.
create function receipt_key(kind text, code text, number text, seller text) returns text
language sql immutable strict parallel safe as $$
  select case
      when kind in ('vat_special', 'vat_ordinary', 'machine_printed', 'quota') then 'tax'
      when kind = 'other_receipt' then kind || '/' || public.search_key(seller)
      else kind end
    || '/' || code || '/' || ltrim(number, '0')
$$;
-- +goose StatementEnd

create table receipt (
  id uuid primary key,
  kind text not null check (kind in
    ('vat_special', 'vat_ordinary', 'vat_digital', 'machine_printed', 'quota', 'fiscal', 'other_receipt')),
  code text not null,
  number text not null,
  issued_on date not null,
  seller text not null check (char_length(seller) between 2 and 100),
  amount_fen bigint not null check (amount_fen between 1 and 100000000000),
  -- The sum of live allocations, kept by a trigger: every allocation takes the lock
  -- of this row, at every level of isolation.
  allocated_fen bigint not null default 0,
  created_at timestamptz not null,
  created_by uuid not null,
  version int not null default 1,
  key text not null generated always as (receipt_key(kind, code, number, seller)) stored,
  constraint receipt_key unique (key),
  constraint receipt_within check (allocated_fen between 0 and amount_fen),
  constraint receipt_code check (case
    when kind in ('vat_special', 'vat_ordinary') then code ~ '^([0-9]{10}|[0-9]{12})$'
    when kind in ('machine_printed', 'quota') then code ~ '^[0-9]{12}$'
    when kind = 'fiscal' then code ~ '^[0-9]{4,12}$'
    else code = '' end),
  constraint receipt_number check (number ~ '[^0]' and case
    when kind = 'vat_digital' then number ~ '^[0-9]{20}$'
    when kind = 'fiscal' then number ~ '^[0-9]{6,12}$'
    when kind = 'other_receipt' then number ~ '^[0-9A-Z-]{1,20}$'
    else number ~ '^[0-9]{8}$' end)
);

-- One row per use. It is written once and released once: when a correction
-- replaces the list of its case, or when the case ends without a grant. The
-- version of the case guards the list.
create table receipt_allocation (
  id uuid primary key,
  receipt_id uuid not null references receipt,
  case_id uuid not null references case_file,
  ordinal int not null check (ordinal between 1 and 100),
  category text not null check (category in ('hardware', 'service', 'capacity')),
  item text not null check (char_length(item) between 2 and 100),
  amount_fen bigint not null check (amount_fen > 0),
  created_at timestamptz not null,
  created_by uuid not null,
  released_at timestamptz,
  released_by uuid,
  live boolean not null generated always as (released_at is null) stored,
  check ((released_at is null) = (released_by is null))
);
create unique index receipt_allocation_place on receipt_allocation (case_id, ordinal) where live;
create index receipt_allocation_of on receipt_allocation (receipt_id) where live;

-- +goose StatementBegin
-- Σ live allocations ≤ amount is receipt_within, the check of the row that this
-- function writes. Two claims on one paper wait for each other here.
create function receipt_allocated() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    update receipt set allocated_fen = allocated_fen + new.amount_fen where id = new.receipt_id;
    return null;
  end if;
  if old.released_at is not null then
    raise exception 'allocation % was released already', old.id using errcode = 'check_violation';
  end if;
  if new.released_at is not null then
    update receipt set allocated_fen = allocated_fen - old.amount_fen where id = old.receipt_id;
  end if;
  return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- What the paper says may be set right while nothing rests on it, never later.
create function receipt_facts_stand() returns trigger language plpgsql as $$
begin
  raise exception 'receipt % is allocated and does not change', old.id using errcode = 'check_violation';
end $$;
-- +goose StatementEnd

create trigger receipt_allocated after insert on receipt_allocation
  for each row execute function receipt_allocated();
create trigger receipt_released after update on receipt_allocation
  for each row execute function receipt_allocated();
create trigger receipt_facts_stand before update of kind, code, number, issued_on, seller, amount_fen on receipt
  for each row when (old.allocated_fen > 0) execute function receipt_facts_stand();

-- portal_app sets no sum, moves no allocation and deletes nothing.
revoke insert, update, delete, truncate on receipt, receipt_allocation from portal_app;
grant insert (id, kind, code, number, issued_on, seller, amount_fen, created_at, created_by) on receipt to portal_app;
grant update (kind, issued_on, seller, amount_fen, version) on receipt to portal_app;
grant insert (id, receipt_id, case_id, ordinal, category, item, amount_fen, created_at, created_by) on receipt_allocation to portal_app;
grant update (released_at, released_by) on receipt_allocation to portal_app;

-- +goose Down
drop table receipt_allocation, receipt;
drop function receipt_facts_stand(), receipt_allocated(), receipt_key(text, text, text, text);
