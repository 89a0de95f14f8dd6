-- The ledger of the special fund (社区社会组织扶持专项资金): pools, budget items,
-- commitments with gates and holds, payments, and the append-only entries from
-- which every sum is kept. Owner: internal/ledger.
--
-- The serving role cannot write a sum. It inserts an entry, or moves a payment or
-- a budget item, and triggers of the owner do the rest in the same transaction:
-- they lock the commitment, then the pool, judge, and add. Every rule compares
-- recorded instants.

-- +goose Up

-- The money of one purpose in one calendar year. Sums are kept by ledger_post.
create table ledger_pool (
  id uuid primary key,
  year int not null check (year between 2017 and 2100),
  purpose text not null check (purpose in ('startup', 'activity', 'venture', 'talent', 'evaluation', 'training')),
  created_at timestamptz not null,
  budget_fen bigint not null default 0,
  committed_fen bigint not null default 0,
  sent_fen bigint not null default 0,      -- sent to the bank, outcome not yet known
  paid_fen bigint not null default 0,      -- arrived
  returned_fen bigint not null default 0,  -- unspent money that organizations gave back
  recovered_fen bigint not null default 0, -- money taken back by decision
  unique (year, purpose),
  constraint ledger_pool_not_negative check
    (least(budget_fen, committed_fen, sent_fen, paid_fen, returned_fen, recovered_fen) >= 0),
  constraint ledger_pool_committed_within_budget check (committed_fen <= budget_fen),
  constraint ledger_pool_paid_within_committed check (sent_fen + paid_fen <= committed_fen),
  constraint ledger_pool_returned_within_paid check (returned_fen + recovered_fen <= paid_fen)
);
revoke insert, update, delete, truncate on ledger_pool from portal_app;
grant insert (id, year, purpose, created_at) on ledger_pool to portal_app;

-- A budget or a change of one, made by one person of finance and checked by
-- another. It counts from the check on.
create table ledger_budget_item (
  id uuid primary key,
  kind text not null check (kind in ('budget', 'increase', 'decrease', 'transfer')),
  pool_id uuid not null references ledger_pool,
  to_pool_id uuid references ledger_pool,
  amount_fen bigint not null check (amount_fen between 1 and 100000000000),
  document_no text not null check (char_length(document_no) between 2 and 60),
  reason text not null check (char_length(reason) between 2 and 200),
  state text not null default 'proposed' check (state in ('proposed', 'checked', 'refused')),
  made_at timestamptz not null,
  made_by uuid not null,
  made_person uuid not null check (made_person <> '00000000-0000-0000-0000-000000000000'),
  maker_name text not null,
  checked_at timestamptz,
  checked_by uuid,
  checked_person uuid check (checked_person <> '00000000-0000-0000-0000-000000000000'),
  checker_name text,
  refusal text not null default '' check (char_length(refusal) <= 300),
  version int not null default 1,
  check ((kind = 'transfer') = (to_pool_id is not null)),
  check (to_pool_id <> pool_id),
  check ((state = 'proposed') = (checked_at is null)),
  check (num_nulls(checked_at, checked_by, checked_person, checker_name) in (0, 4)),
  check (checked_at >= made_at),
  check ((state = 'refused') = (refusal <> '')),
  constraint ledger_budget_item_two_persons check (checked_person <> made_person)
);
-- The budget of the year is entered once; what comes after is a change of it.
create unique index ledger_budget_item_budget on ledger_budget_item (pool_id) where kind = 'budget' and state <> 'refused';
create index ledger_budget_item_open on ledger_budget_item (made_at, id) where state = 'proposed';
create index ledger_budget_item_pool on ledger_budget_item (pool_id, made_at desc);
create index ledger_budget_item_to_pool on ledger_budget_item (to_pool_id, made_at desc) where to_pool_id is not null;
revoke update, delete, truncate on ledger_budget_item from portal_app;
grant update (state, checked_at, checked_by, checked_person, checker_name, refusal, version) on ledger_budget_item to portal_app;

-- What is set aside for one award. Sums are kept by triggers.
create table ledger_commitment (
  id uuid primary key,
  pool_id uuid not null references ledger_pool,
  case_id uuid not null references case_file,
  case_no text not null,
  organization_id uuid not null references organization,
  title text not null check (title <> ''),
  created_at timestamptz not null,
  amount_fen bigint not null default 0,    -- committed and not released
  pending_fen bigint not null default 0,   -- in payments proposed or checked
  sent_fen bigint not null default 0,
  paid_fen bigint not null default 0,
  returned_fen bigint not null default 0,
  recovered_fen bigint not null default 0,
  constraint ledger_commitment_not_negative check
    (least(amount_fen, pending_fen, sent_fen, paid_fen, returned_fen, recovered_fen) >= 0),
  constraint ledger_commitment_paid_within_amount check (pending_fen + sent_fen + paid_fen <= amount_fen),
  constraint ledger_commitment_returned_within_paid check (returned_fen + recovered_fen <= paid_fen)
);
-- A case has one live commitment.
create unique index ledger_commitment_live on ledger_commitment (case_id) where amount_fen > 0;
create index ledger_commitment_case on ledger_commitment (case_id, created_at desc);
create index ledger_commitment_no on ledger_commitment (case_no);
create index ledger_commitment_pool on ledger_commitment (pool_id, id);
create index ledger_commitment_organization on ledger_commitment (organization_id, id);
create index ledger_commitment_unpaid on ledger_commitment (created_at, id) where amount_fen > pending_fen + sent_fen + paid_fen;
revoke insert, update, delete, truncate on ledger_commitment from portal_app;
grant insert (id, pool_id, case_id, case_no, organization_id, title, created_at) on ledger_commitment to portal_app;

-- What has to happen before money flows. A gate is made closed, is opened once
-- by who owns it, and stays open.
create table ledger_gate (
  commitment_id uuid not null references ledger_commitment,
  gate text not null check (gate in ('notice', 'agreement', 'midterm', 'final')),
  opened_at timestamptz,
  opened_by uuid,
  opened_person uuid,
  opener_name text,
  primary key (commitment_id, gate),
  check (num_nulls(opened_at, opened_by, opened_person, opener_name) in (0, 4))
);
revoke insert, update, delete, truncate on ledger_gate from portal_app;
grant insert (commitment_id, gate), update (opened_at, opened_by, opened_person, opener_name) on ledger_gate to portal_app;

-- The persons who decided the case. They neither make, check nor send its
-- payments, whatever account they use.
create table ledger_decider (
  commitment_id uuid not null references ledger_commitment,
  person_id uuid not null check (person_id <> '00000000-0000-0000-0000-000000000000'),
  primary key (commitment_id, person_id)
);
revoke update, delete, truncate on ledger_decider from portal_app;

-- Money held back (冻结): of one case, or of everything an organization is to get.
create table ledger_hold (
  id uuid primary key,
  case_id uuid references case_file,
  organization_id uuid references organization,
  source text not null check (char_length(source) between 2 and 60),
  reason text not null check (char_length(reason) between 5 and 300),
  placed_at timestamptz not null,
  placed_by uuid not null,
  placed_person uuid not null,
  placer_name text not null,
  lifted_at timestamptz,
  lifted_by uuid,
  lifted_person uuid,
  lifter_name text,
  lift_reason text not null default '' check (char_length(lift_reason) <= 300),
  version int not null default 1,
  check (num_nonnulls(case_id, organization_id) = 1),
  check (num_nulls(lifted_at, lifted_by, lifted_person, lifter_name) in (0, 4)),
  check (lifted_at >= placed_at),
  check ((lifted_at is null) = (lift_reason = ''))
);
create index ledger_hold_case on ledger_hold (case_id) where case_id is not null;
create index ledger_hold_organization on ledger_hold (organization_id) where organization_id is not null;
create index ledger_hold_recent on ledger_hold (placed_at desc, id desc);
revoke update, delete, truncate on ledger_hold from portal_app;
grant update (lifted_at, lifted_by, lifted_person, lifter_name, lift_reason, version) on ledger_hold to portal_app;

-- One order to pay: to exactly the account that was verified.
create table ledger_payment (
  id uuid primary key,
  no text not null unique check (no ~ '^BK-[0-9]{4}-[0-9]{4,}$'),
  commitment_id uuid not null references ledger_commitment,
  payee_id uuid not null references payee_account,
  amount_fen bigint not null check (amount_fen between 1 and 100000000000),
  state text not null default 'proposed' check
    (state in ('proposed', 'checked', 'sent', 'succeeded', 'failed', 'returned', 'cancelled')),
  made_at timestamptz not null,
  made_by uuid not null,
  made_person uuid not null check (made_person <> '00000000-0000-0000-0000-000000000000'),
  maker_name text not null,
  checked_at timestamptz,
  checked_by uuid,
  checked_person uuid check (checked_person <> '00000000-0000-0000-0000-000000000000'),
  checker_name text,
  sent_at timestamptz,
  sent_by uuid,
  sent_person uuid check (sent_person <> '00000000-0000-0000-0000-000000000000'),
  sender_name text,
  ended_at timestamptz, -- when the outcome, or the cancellation, was recorded
  ended_by uuid,
  ended_person uuid,
  ender_name text,
  voucher_no text not null default '' check (char_length(voucher_no) <= 40),
  voucher_on date,
  reason text not null default '' check (char_length(reason) <= 300), -- of failure, return or cancellation
  version int not null default 1,
  check (num_nulls(checked_at, checked_by, checked_person, checker_name) in (0, 4)),
  check (num_nulls(sent_at, sent_by, sent_person, sender_name) in (0, 4)),
  check (num_nulls(ended_at, ended_by, ended_person, ender_name) in (0, 4)),
  check (checked_at >= made_at and sent_at >= checked_at and ended_at >= coalesce(sent_at, checked_at, made_at)),
  check (state not in ('checked', 'sent', 'succeeded', 'failed', 'returned') or checked_at is not null),
  check (state <> 'proposed' or checked_at is null),
  check ((state in ('sent', 'succeeded', 'failed', 'returned')) = (sent_at is not null)),
  check ((state in ('succeeded', 'failed', 'returned', 'cancelled')) = (ended_at is not null)),
  check ((state = 'succeeded') = (voucher_no <> '') and (state = 'succeeded') = (voucher_on is not null)),
  check ((state in ('failed', 'returned', 'cancelled')) = (reason <> '')),
  constraint ledger_payment_two_persons check (checked_person <> made_person)
);
-- Two officers at once on one award make one payment.
create unique index ledger_payment_one_open on ledger_payment (commitment_id) where state in ('proposed', 'checked', 'sent');
create index ledger_payment_commitment on ledger_payment (commitment_id, made_at);
create index ledger_payment_waiting on ledger_payment (state, made_at, id) where state in ('proposed', 'checked', 'sent');
create index ledger_payment_ended on ledger_payment (ended_at desc, id desc) where ended_at is not null;
revoke update, delete, truncate on ledger_payment from portal_app;
grant update (state, checked_at, checked_by, checked_person, checker_name, sent_at, sent_by, sent_person, sender_name,
  ended_at, ended_by, ended_person, ender_name, voucher_no, voucher_on, reason, version) on ledger_payment to portal_app;

-- The ledger itself. Amounts are signed; a mistake is taken back by a reversal.
create table ledger_entry (
  id bigint generated always as identity primary key,
  pool_id uuid not null references ledger_pool,
  commitment_id uuid references ledger_commitment,
  kind text not null check (kind in
    ('budget', 'adjust', 'commit', 'release', 'send', 'pay', 'pay_reversal', 'return', 'recover', 'reversal')),
  of_kind text not null, -- whose sums it moves: its own kind's, or those of the entry it takes back
  amount_fen bigint not null,
  item_id uuid references ledger_budget_item,
  payment_id uuid references ledger_payment,
  reverses bigint unique references ledger_entry,
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null,
  at timestamptz not null,
  reason text not null check (char_length(reason) between 2 and 300),
  document_no text not null default '' check (char_length(document_no) <= 60),
  check (case when kind in ('budget', 'commit', 'send', 'pay', 'return', 'recover') then amount_fen > 0
    when kind in ('release', 'pay_reversal') then amount_fen < 0 else amount_fen <> 0 end),
  check ((kind = 'reversal') = (reverses is not null)),
  check (kind = 'reversal' or kind = of_kind),
  check ((of_kind in ('budget', 'adjust')) = (commitment_id is null)),
  check ((kind in ('budget', 'adjust')) = (item_id is not null)),
  check ((kind in ('send', 'pay', 'pay_reversal')) = (payment_id is not null))
);
create index ledger_entry_pool on ledger_entry (pool_id, id desc);
create index ledger_entry_commitment on ledger_entry (commitment_id, id) where commitment_id is not null;
-- What is checked or sent counts once.
create unique index ledger_entry_item on ledger_entry (item_id, pool_id) where item_id is not null;
create unique index ledger_entry_payment on ledger_entry (payment_id, kind) where payment_id is not null;
create unique index ledger_entry_commit on ledger_entry (commitment_id) where kind = 'commit';
revoke update, delete, truncate on ledger_entry from portal_app;

-- +goose StatementBegin
create function ledger_refuse(rule text, what text) returns void language plpgsql as $$
begin
  raise exception '%', what using errcode = 'check_violation', constraint = rule;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function ledger_year(at timestamptz) returns int language sql immutable as
  $$ select extract(year from at at time zone 'Asia/Shanghai')::int $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The serving role may not update pools and commitments, so it cannot lock them
-- either: these do it. Order: commitment, then pool.
create function ledger_lock_pool(pool uuid) returns void
language sql security definer set search_path = public, pg_temp as
  $$ select from ledger_pool where id = pool for update $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function ledger_lock_commitment(commitment uuid) returns void
language sql security definer set search_path = public, pg_temp as
  $$ select from ledger_commitment where id = commitment for update $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Judges an entry against what it comes from, and adds it to the sums.
create function ledger_post() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  pool ledger_pool;
  home uuid;
  old_entry ledger_entry;
begin
  if new.commitment_id is not null then
    select pool_id into home from ledger_commitment where id = new.commitment_id for update;
    if home is distinct from new.pool_id then
      perform ledger_refuse('ledger_entry_pool_of_commitment', 'entry in a pool that is not its commitment''s');
    end if;
  end if;
  select * into pool from ledger_pool where id = new.pool_id for update;
  if new.kind = 'reversal' then
    select * into old_entry from ledger_entry where id = new.reverses;
    if old_entry.kind not in ('budget', 'adjust', 'return', 'recover') or new.of_kind <> old_entry.kind
      or new.amount_fen <> -old_entry.amount_fen or new.pool_id <> old_entry.pool_id
      or new.commitment_id is distinct from old_entry.commitment_id then
      perform ledger_refuse('ledger_entry_reversal', 'a reversal takes back one budget or return entry in full');
    end if;
    if new.person_id = old_entry.person_id then
      perform ledger_refuse('ledger_entry_two_persons', 'reversed by who made it');
    end if;
  end if;
  if new.of_kind in ('budget', 'adjust') and pool.year < ledger_year(new.at)
    or new.kind = 'commit' and pool.year <> ledger_year(new.at) then
    perform ledger_refuse('ledger_entry_year', 'the year of the pool is closed');
  end if;
  if new.item_id is not null and not exists (
    select from ledger_budget_item i where i.id = new.item_id and i.state = 'checked'
      and (new.kind = 'budget') = (i.kind = 'budget')
      and (new.pool_id = i.pool_id and new.amount_fen = case when i.kind in ('budget', 'increase') then i.amount_fen else -i.amount_fen end
        or new.pool_id = i.to_pool_id and new.amount_fen = i.amount_fen)) then
    perform ledger_refuse('ledger_entry_item', 'no checked budget item of this pool and amount');
  end if;
  if new.payment_id is not null and not exists (
    select from ledger_payment p where p.id = new.payment_id and p.commitment_id = new.commitment_id and p.amount_fen = abs(new.amount_fen)
      and case new.kind when 'send' then p.state = 'sent' when 'pay' then p.state = 'succeeded'
        else p.state in ('failed', 'returned') end) then
    perform ledger_refuse('ledger_entry_payment', 'no payment of this commitment, amount and state');
  end if;
  update ledger_pool set
    budget_fen = budget_fen + case when new.of_kind in ('budget', 'adjust') then new.amount_fen else 0 end,
    committed_fen = committed_fen + case when new.of_kind in ('commit', 'release') then new.amount_fen else 0 end,
    sent_fen = sent_fen + case new.of_kind when 'send' then new.amount_fen when 'pay_reversal' then new.amount_fen when 'pay' then -new.amount_fen else 0 end,
    paid_fen = paid_fen + case new.of_kind when 'pay' then new.amount_fen else 0 end,
    returned_fen = returned_fen + case new.of_kind when 'return' then new.amount_fen else 0 end,
    recovered_fen = recovered_fen + case new.of_kind when 'recover' then new.amount_fen else 0 end
  where id = new.pool_id;
  update ledger_commitment set
    amount_fen = amount_fen + case when new.of_kind in ('commit', 'release') then new.amount_fen else 0 end,
    sent_fen = sent_fen + case new.of_kind when 'send' then new.amount_fen when 'pay_reversal' then new.amount_fen when 'pay' then -new.amount_fen else 0 end,
    paid_fen = paid_fen + case new.of_kind when 'pay' then new.amount_fen else 0 end,
    returned_fen = returned_fen + case new.of_kind when 'return' then new.amount_fen else 0 end,
    recovered_fen = recovered_fen + case new.of_kind when 'recover' then new.amount_fen else 0 end
  where id = new.commitment_id;
  return new;
end $$;
-- +goose StatementEnd
create trigger post before insert on ledger_entry for each row execute function ledger_post();

-- +goose StatementBegin
-- A budget item moves once, from proposed, and its entries are made with it.
create function ledger_budget_item_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here int;
  there int;
begin
  if tg_op = 'INSERT' then
    if new.state <> 'proposed' then
      perform ledger_refuse('ledger_budget_item_transition', 'a budget item begins as proposed');
    end if;
    select year into here from ledger_pool where id = new.pool_id;
    select year into there from ledger_pool where id = new.to_pool_id;
    if here <> there then
      perform ledger_refuse('ledger_budget_item_year', 'a transfer stays within its year');
    end if;
    if here < ledger_year(new.made_at) then
      perform ledger_refuse('ledger_entry_year', 'the year of the pool is closed');
    end if;
    return new;
  end if;
  if old.state <> 'proposed' or new.state = 'proposed'
    or (new.id, new.kind, new.pool_id, new.amount_fen, new.document_no, new.reason, new.made_at, new.made_by, new.made_person, new.maker_name)
      is distinct from (old.id, old.kind, old.pool_id, old.amount_fen, old.document_no, old.reason, old.made_at, old.made_by, old.made_person, old.maker_name)
    or new.to_pool_id is distinct from old.to_pool_id then
    perform ledger_refuse('ledger_budget_item_transition', 'a budget item is checked or refused once and never edited');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before insert or update on ledger_budget_item for each row execute function ledger_budget_item_guard();

-- +goose StatementBegin
create function ledger_budget_item_post() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.state = 'checked' then
    insert into ledger_entry (pool_id, kind, of_kind, amount_fen, item_id, account_id, person_id, actor_name, at, reason, document_no)
    select p.id, k, k, case when p.id = new.to_pool_id or new.kind in ('budget', 'increase') then new.amount_fen else -new.amount_fen end,
      new.id, new.checked_by, new.checked_person, new.checker_name, new.checked_at, new.reason, new.document_no
    from ledger_pool p, (select case new.kind when 'budget' then 'budget' else 'adjust' end as k) as kind
    where p.id in (new.pool_id, new.to_pool_id) order by p.id;
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger post after update on ledger_budget_item for each row execute function ledger_budget_item_post();

-- +goose StatementBegin
-- Opened once; a gate that let money through is never closed again.
create function ledger_gate_guard() returns trigger language plpgsql as $$
begin
  if old.opened_at is not null or new.commitment_id <> old.commitment_id or new.gate <> old.gate then
    perform ledger_refuse('ledger_gate_once', 'a gate is opened once');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before update on ledger_gate for each row execute function ledger_gate_guard();

-- +goose StatementBegin
-- A hold waits for payments of what it holds that are under way, and payments
-- wait for it. It is lifted once and stays in the history.
create function ledger_hold_guard() returns trigger
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
create trigger guard before insert or update on ledger_hold for each row execute function ledger_hold_guard();

-- +goose StatementBegin
-- Whether money may move towards this account at this instant.
create function ledger_payable(c ledger_commitment, payee uuid, at timestamptz) returns void
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
create function ledger_payment_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c ledger_commitment;
begin
  select * into c from ledger_commitment where id = new.commitment_id for update;
  if tg_op = 'INSERT' then
    if new.state <> 'proposed' then
      perform ledger_refuse('ledger_payment_transition', 'a payment begins as proposed');
    end if;
  elsif (old.state, new.state) not in (('proposed', 'checked'), ('proposed', 'cancelled'), ('checked', 'sent'), ('checked', 'cancelled'),
      ('sent', 'succeeded'), ('sent', 'failed'), ('sent', 'returned'))
    or (new.id, new.no, new.commitment_id, new.payee_id, new.amount_fen, new.made_at, new.made_by, new.made_person, new.maker_name)
      is distinct from (old.id, old.no, old.commitment_id, old.payee_id, old.amount_fen, old.made_at, old.made_by, old.made_person, old.maker_name)
    or old.checked_at is not null and (new.checked_at, new.checked_by, new.checked_person, new.checker_name)
      is distinct from (old.checked_at, old.checked_by, old.checked_person, old.checker_name)
    or old.sent_at is not null and (new.sent_at, new.sent_by, new.sent_person, new.sender_name)
      is distinct from (old.sent_at, old.sent_by, old.sent_person, old.sender_name)
    or new.state = 'cancelled' and old.checked_at is null and new.checked_at is not null then
    perform ledger_refuse('ledger_payment_transition', 'no such step of a payment');
  end if;
  -- Who decided the award touches none of its money, except to stop it.
  if new.state <> 'cancelled' and exists (select from ledger_decider d where d.commitment_id = c.id
      and d.person_id in (new.made_person, new.checked_person, new.sent_person, new.ended_person)) then
    perform ledger_refuse('ledger_payment_decider', 'paid by who decided');
  end if;
  case new.state
    when 'proposed' then perform ledger_payable(c, new.payee_id, new.made_at);
    when 'checked' then perform ledger_payable(c, new.payee_id, new.checked_at);
    when 'sent' then perform ledger_payable(c, new.payee_id, new.sent_at);
    else null;
  end case;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before insert or update on ledger_payment for each row execute function ledger_payment_guard();

-- +goose StatementBegin
create function ledger_payment_post() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  pool uuid;
  entry text := case new.state when 'sent' then 'send' when 'succeeded' then 'pay' when 'failed' then 'pay_reversal' when 'returned' then 'pay_reversal' end;
begin
  if new.state in ('proposed', 'cancelled', 'sent') then
    update ledger_commitment set pending_fen = pending_fen + case new.state when 'proposed' then new.amount_fen else -new.amount_fen end
    where id = new.commitment_id;
  end if;
  if entry is not null then
    select pool_id into pool from ledger_commitment where id = new.commitment_id;
    insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, payment_id, account_id, person_id, actor_name, at, reason, document_no)
    values (pool, new.commitment_id, entry, entry, case entry when 'pay_reversal' then -new.amount_fen else new.amount_fen end, new.id,
      coalesce(new.ended_by, new.sent_by), coalesce(new.ended_person, new.sent_person), coalesce(new.ender_name, new.sender_name),
      coalesce(new.ended_at, new.sent_at),
      case when new.reason <> '' then new.reason when entry = 'send' then '已发送付款 ' || new.no else '已到账' end,
      case when new.voucher_no <> '' then new.voucher_no else new.no end);
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger post after insert or update on ledger_payment for each row execute function ledger_payment_post();

-- +goose StatementBegin
-- Belt and braces: not even the owner changes history by mistake.
create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % on %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
-- +goose StatementEnd
create trigger append_only before update or delete or truncate on ledger_entry for each statement execute function ledger_is_append_only();
create trigger append_only before update or delete or truncate on ledger_decider for each statement execute function ledger_is_append_only();
create trigger no_delete before delete or truncate on ledger_payment for each statement execute function ledger_is_append_only();
create trigger no_delete before delete or truncate on ledger_hold for each statement execute function ledger_is_append_only();
create trigger no_delete before delete or truncate on ledger_gate for each statement execute function ledger_is_append_only();
create trigger no_delete before delete or truncate on ledger_budget_item for each statement execute function ledger_is_append_only();

-- +goose StatementBegin
-- Recomputes every sum from the entries and names those that differ: none, ever.
create function ledger_differences() returns table (subject text, id uuid, sum text, stored bigint, computed bigint)
language sql stable as $$
  with posted as (
    select pool_id, commitment_id, v.sum, v.amount
    from ledger_entry e, lateral (values
      ('budget', case when e.of_kind in ('budget', 'adjust') then e.amount_fen else 0 end),
      ('committed', case when e.of_kind in ('commit', 'release') then e.amount_fen else 0 end),
      ('sent', case when e.of_kind in ('send', 'pay_reversal') then e.amount_fen when e.of_kind = 'pay' then -e.amount_fen else 0 end),
      ('paid', case when e.of_kind = 'pay' then e.amount_fen else 0 end),
      ('returned', case when e.of_kind = 'return' then e.amount_fen else 0 end),
      ('recovered', case when e.of_kind = 'recover' then e.amount_fen else 0 end)) as v (sum, amount)
  ), kept as (
    select 'pool' as subject, p.id, v.sum, v.amount from ledger_pool p, lateral (values ('budget', budget_fen), ('committed', committed_fen),
      ('sent', sent_fen), ('paid', paid_fen), ('returned', returned_fen), ('recovered', recovered_fen)) as v (sum, amount)
    union all
    select 'commitment', c.id, v.sum, v.amount from ledger_commitment c, lateral (values ('committed', amount_fen),
      ('sent', sent_fen), ('paid', paid_fen), ('returned', returned_fen), ('recovered', recovered_fen)) as v (sum, amount)
    union all
    select 'payments', c.id, 'pending', pending_fen from ledger_commitment c
    union all
    select 'payments', c.id, 'sent', sent_fen from ledger_commitment c
    union all
    select 'payments', c.id, 'paid', paid_fen from ledger_commitment c
  ), computed as (
    select 'pool' as subject, pool_id as id, p.sum, sum(amount)::bigint as amount from posted p group by 2, 3
    union all
    select 'commitment', commitment_id, p.sum, sum(amount)::bigint from posted p where commitment_id is not null group by 2, 3
    union all
    select 'payments', commitment_id, case state when 'sent' then 'sent' when 'succeeded' then 'paid' else 'pending' end, sum(amount_fen)::bigint
    from ledger_payment where state in ('proposed', 'checked', 'sent', 'succeeded') group by 2, 3
  )
  select k.subject, k.id, k.sum, k.amount, coalesce(c.amount, 0)
  from kept k left join computed c using (subject, id, sum) where k.amount <> coalesce(c.amount, 0)
$$;
-- +goose StatementEnd

-- +goose Down
drop function ledger_differences();
drop function ledger_payable(ledger_commitment, uuid, timestamptz);
drop table ledger_entry, ledger_payment, ledger_hold, ledger_decider, ledger_gate, ledger_commitment, ledger_budget_item, ledger_pool;
drop function ledger_is_append_only();
drop function ledger_payment_post();
drop function ledger_payment_guard();
drop function ledger_hold_guard();
drop function ledger_gate_guard();
drop function ledger_budget_item_post();
drop function ledger_budget_item_guard();
drop function ledger_post();
drop function ledger_lock_commitment(uuid);
drop function ledger_lock_pool(uuid);
drop function ledger_year(timestamptz);
drop function ledger_refuse(text, text);
