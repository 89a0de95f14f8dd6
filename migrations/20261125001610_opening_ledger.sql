-- Opening entries: budget and execution of the years before the portal kept the
-- ledger. Owner: internal/ledger.
--
-- An opening is what one import changes in one pool: when it comes in, when one of
-- its records is withdrawn, when it is undone. Its sums are read from
-- earlier_total, never given, and posted as entries. Nothing is altered: what
-- goes out is an opening below nought, and the pool is as it was. A closed year
-- whose budget nobody has brought in is filled up to what was committed, and
-- marked as such.

-- +goose Up
alter table ledger_pool
  add column filled_fen bigint not null default 0, -- the part of the budget that stands in for one not yet brought in
  add constraint ledger_pool_filled_within_budget check (filled_fen between 0 and budget_fen);

create table ledger_opening (
  id uuid primary key,
  import_id uuid not null,
  pool_id uuid not null references ledger_pool,
  budget_fen bigint not null default 0 check (abs(budget_fen) <= 100000000000),
  committed_fen bigint not null default 0,
  paid_fen bigint not null default 0,
  returned_fen bigint not null default 0,
  recovered_fen bigint not null default 0,
  document_no text not null default '' check (char_length(document_no) <= 60), -- of the budget
  reason text not null check (char_length(reason) between 2 and 300),
  at timestamptz not null,
  account_id uuid not null,
  person_id uuid not null,
  actor_name text not null,
  constraint ledger_opening_something check ((budget_fen <> 0) <> (row(committed_fen, paid_fen, returned_fen, recovered_fen) <> row(0, 0, 0, 0)))
);
create index ledger_opening_import on ledger_opening (import_id, pool_id);
create index ledger_opening_pool on ledger_opening (pool_id);
revoke update, delete, truncate on ledger_opening from portal_app;

-- +goose StatementBegin
-- Entries of kind opening move the sums of of_kind; fill is the budget that
-- stands in for one.
do $$
declare
  c record;
begin
  for c in select conname from pg_constraint where conrelid = 'ledger_entry'::regclass and contype = 'c'
    and (pg_get_constraintdef(oid) like '%''send''::text, ''pay''::text, ''pay_reversal''::text, ''return''::text%'
      or pg_get_constraintdef(oid) ~ 'kind = of_kind' or pg_get_constraintdef(oid) ~ 'commitment_id IS NULL')
  loop
    execute format('alter table ledger_entry drop constraint %I', c.conname);
  end loop;
end $$;
-- +goose StatementEnd
alter table ledger_entry
  add column opening_id uuid references ledger_opening,
  add constraint ledger_entry_kind check (kind in
    ('budget', 'adjust', 'commit', 'release', 'send', 'pay', 'pay_reversal', 'return', 'recover', 'reversal', 'opening')),
  add constraint ledger_entry_of_kind check (kind in ('reversal', 'opening') or kind = of_kind),
  add constraint ledger_entry_commitment check ((kind = 'opening' or of_kind in ('budget', 'adjust')) = (commitment_id is null)),
  add constraint ledger_entry_opening check ((kind = 'opening') = (opening_id is not null)),
  add constraint ledger_entry_opening_kind check (kind <> 'opening' or of_kind in ('budget', 'fill', 'commit', 'pay', 'return', 'recover')),
  add constraint ledger_entry_fill check (of_kind <> 'fill' or kind = 'opening');
-- An opening counts once.
create unique index ledger_entry_opening_once on ledger_entry (opening_id, of_kind) where kind = 'opening' and of_kind <> 'fill';

-- +goose StatementBegin
-- What has to stand in for the budget of a pool: what the openings committed, in
-- a closed year for which neither an import nor finance has given a budget.
create function ledger_fill(pool uuid, at timestamptz) returns bigint language sql stable as $$
  select case when p.year >= ledger_year(at) or exists (select from ledger_entry e where e.pool_id = p.id and e.kind in ('budget', 'adjust'))
      or o.budget > 0 then 0 else o.committed end
  from ledger_pool p, lateral (select coalesce(sum(budget_fen), 0)::bigint as budget, coalesce(sum(committed_fen), 0)::bigint as committed
    from ledger_opening where pool_id = p.id) o where p.id = pool
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function ledger_opening_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  p ledger_pool;
  own bigint;
begin
  select * into p from ledger_pool where id = new.pool_id for update;
  if new.budget_fen <> 0 then
    select coalesce(sum(budget_fen), 0) into own from ledger_opening where pool_id = p.id and import_id = new.import_id;
    if new.budget_fen < 0 and new.budget_fen <> -own
      or new.budget_fen > 0 and exists (select from ledger_opening where pool_id = p.id having sum(budget_fen) > 0) then
      perform ledger_refuse('ledger_opening_budget', 'a budget is brought in once, and taken out as a whole');
    end if;
    if p.year >= ledger_year(new.at) or exists (select from ledger_entry e where e.pool_id = p.id and e.kind in ('budget', 'adjust')) then
      perform ledger_refuse('ledger_opening_live_year', 'finance keeps the budget of this year');
    end if;
    return new;
  end if;
  select coalesce(t.committed_fen, 0) - o.committed, coalesce(t.paid_fen, 0) - o.paid, coalesce(t.returned_fen, 0) - o.returned, coalesce(t.recovered_fen, 0) - o.recovered
    into new.committed_fen, new.paid_fen, new.returned_fen, new.recovered_fen
  from (select coalesce(sum(committed_fen), 0) as committed, coalesce(sum(paid_fen), 0) as paid, coalesce(sum(returned_fen), 0) as returned,
      coalesce(sum(recovered_fen), 0) as recovered from ledger_opening where pool_id = p.id and import_id = new.import_id) o
    left join earlier_total t on t.import_id = new.import_id and t.year = p.year and t.programme = p.purpose;
  if new.committed_fen > 0 and (p.year > ledger_year(new.at)
    or exists (select from ledger_commitment c where c.created_at < make_timestamptz(p.year, 1, 1, 0, 0, 0, 'Asia/Shanghai'))) then
    perform ledger_refuse('ledger_opening_live_year', 'the portal committed money before this year');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before insert on ledger_opening for each row execute function ledger_opening_guard();

-- +goose StatementBegin
-- Posts an opening in an order in which every sum keeps its bounds at each step:
-- what goes out from the end up, what comes in from the budget down.
create function ledger_opening_post() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  fill bigint;
begin
  select ledger_fill(p.id, new.at) - p.filled_fen into fill from ledger_pool p where p.id = new.pool_id for update;
  insert into ledger_entry (pool_id, kind, of_kind, amount_fen, opening_id, account_id, person_id, actor_name, at, reason, document_no)
  select new.pool_id, 'opening', e.of_kind, e.amount, new.id, new.account_id, new.person_id, new.actor_name, new.at,
    case when e.of_kind = 'fill' then '预算待补录，按已核定的资助合计' else new.reason end, new.document_no
  from (values ('fill', fill, -9), ('budget', new.budget_fen, 1), ('commit', new.committed_fen, 2), ('pay', new.paid_fen, 3),
    ('return', new.returned_fen, 4), ('recover', new.recovered_fen, 5)) as e (of_kind, amount, turn)
  where e.amount <> 0 order by sign(e.amount) * e.turn;
  return null;
end $$;
-- +goose StatementEnd
create trigger post after insert on ledger_opening for each row execute function ledger_opening_post();

-- +goose StatementBegin
create or replace function ledger_post() returns trigger
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
  if new.kind <> 'opening' and new.of_kind in ('budget', 'adjust') and pool.year < ledger_year(new.at)
    or new.kind = 'commit' and pool.year <> ledger_year(new.at) then
    perform ledger_refuse('ledger_entry_year', 'the year of the pool is closed');
  end if;
  if new.kind = 'opening' then
    perform ledger_judge_opening(new, pool);
  elsif new.of_kind in ('budget', 'adjust')
    and (pool.filled_fen > 0 or exists (select from ledger_opening o where o.pool_id = pool.id having sum(o.budget_fen) > 0)) then
    perform ledger_refuse('ledger_entry_opened_year', 'the budget of this year came by an import');
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
    budget_fen = budget_fen + case when new.of_kind in ('budget', 'adjust', 'fill') then new.amount_fen else 0 end,
    filled_fen = filled_fen + case when new.of_kind = 'fill' then new.amount_fen else 0 end,
    committed_fen = committed_fen + case when new.of_kind in ('commit', 'release') then new.amount_fen else 0 end,
    sent_fen = sent_fen + case when new.kind = 'opening' then 0 when new.of_kind in ('send', 'pay_reversal') then new.amount_fen
      when new.of_kind = 'pay' then -new.amount_fen else 0 end,
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

-- +goose StatementBegin
-- An opening entry is one of its opening's sums; a fill makes up exactly what is
-- missing.
create function ledger_judge_opening(e ledger_entry, pool ledger_pool) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  o ledger_opening;
  amount bigint;
begin
  select * into o from ledger_opening where id = e.opening_id;
  amount := case e.of_kind when 'budget' then o.budget_fen when 'commit' then o.committed_fen when 'pay' then o.paid_fen
    when 'return' then o.returned_fen when 'recover' then o.recovered_fen end;
  if o.pool_id is distinct from pool.id
    or e.of_kind = 'fill' and e.amount_fen <> ledger_fill(pool.id, e.at) - pool.filled_fen
    or e.of_kind <> 'fill' and e.amount_fen <> amount then
    perform ledger_refuse('ledger_entry_opening_amount', 'no opening of this pool and amount');
  end if;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- At commit the ledger holds of every import exactly what came in with it.
create function ledger_opening_follows() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from ledger_opening_differences(new.import_id)) then
    perform ledger_refuse('ledger_opening_total', 'the ledger does not hold what the import brought in');
  end if;
  return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function ledger_opening_gone() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from ledger_opening_differences(old.import_id)) then
    perform ledger_refuse('ledger_opening_total', 'the ledger still holds what the import brought in');
  end if;
  return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
-- What an import brought in beside what is open of it in the ledger, every import
-- for null; programme other has no pool.
create function ledger_opening_differences(import uuid default null) returns table (subject text, id uuid, sum text, stored bigint, computed bigint)
language sql stable as $$
  with kept as (
    select o.import_id, p.year, p.purpose, v.sum, sum(v.amount)::bigint as amount from ledger_opening o join ledger_pool p on p.id = o.pool_id, lateral (values
      ('committed', o.committed_fen), ('paid', o.paid_fen), ('returned', o.returned_fen), ('recovered', o.recovered_fen)) as v (sum, amount)
    where import is null or o.import_id = import group by 1, 2, 3, 4
  ), brought as (
    select t.import_id, t.year, t.programme as purpose, v.sum, v.amount from earlier_total t, lateral (values
      ('committed', t.committed_fen), ('paid', t.paid_fen), ('returned', t.returned_fen), ('recovered', t.recovered_fen)) as v (sum, amount)
    where t.programme <> 'other' and (import is null or t.import_id = import)
  )
  select 'opening', import_id, concat_ws(' ', year, purpose, sum), coalesce(k.amount, 0), coalesce(b.amount, 0)
  from kept k full join brought b using (import_id, year, purpose, sum) where coalesce(k.amount, 0) <> coalesce(b.amount, 0)
$$;
-- +goose StatementEnd
create constraint trigger ledger_opening after insert or update on earlier_total
  deferrable initially deferred for each row execute function ledger_opening_follows();
create constraint trigger ledger_opening_gone after delete on earlier_total
  deferrable initially deferred for each row execute function ledger_opening_gone();
create constraint trigger follows after insert on ledger_opening
  deferrable initially deferred for each row execute function ledger_opening_follows();
create trigger append_only before update or delete or truncate on ledger_opening for each statement execute function ledger_is_append_only();

-- +goose StatementBegin
create or replace function ledger_differences() returns table (subject text, id uuid, sum text, stored bigint, computed bigint)
language sql stable as $$
  with posted as (
    select pool_id, commitment_id, opening_id, v.sum, v.amount
    from ledger_entry e, lateral (values
      ('budget', case when e.of_kind in ('budget', 'adjust', 'fill') then e.amount_fen else 0 end),
      ('filled', case when e.of_kind = 'fill' then e.amount_fen else 0 end),
      ('opened', case when e.kind = 'opening' and e.of_kind = 'budget' then e.amount_fen else 0 end),
      ('committed', case when e.of_kind in ('commit', 'release') then e.amount_fen else 0 end),
      ('sent', case when e.kind = 'opening' then 0 when e.of_kind in ('send', 'pay_reversal') then e.amount_fen when e.of_kind = 'pay' then -e.amount_fen else 0 end),
      ('paid', case when e.of_kind = 'pay' then e.amount_fen else 0 end),
      ('returned', case when e.of_kind = 'return' then e.amount_fen else 0 end),
      ('recovered', case when e.of_kind = 'recover' then e.amount_fen else 0 end)) as v (sum, amount)
  ), kept as (
    select 'pool' as subject, p.id, v.sum, v.amount from ledger_pool p, lateral (values ('budget', budget_fen), ('filled', filled_fen), ('committed', committed_fen),
      ('sent', sent_fen), ('paid', paid_fen), ('returned', returned_fen), ('recovered', recovered_fen)) as v (sum, amount)
    union all
    select 'commitment', c.id, v.sum, v.amount from ledger_commitment c, lateral (values ('committed', amount_fen),
      ('sent', sent_fen), ('paid', paid_fen), ('returned', returned_fen), ('recovered', recovered_fen)) as v (sum, amount)
    union all
    select 'opening', o.id, v.sum, v.amount from ledger_opening o, lateral (values ('opened', budget_fen),
      ('committed', committed_fen), ('paid', paid_fen), ('returned', returned_fen), ('recovered', recovered_fen)) as v (sum, amount)
    union all
    select 'fill', p.id, 'filled', filled_fen from ledger_pool p where exists (select from ledger_opening o where o.pool_id = p.id)
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
    select 'opening', opening_id, p.sum, sum(amount)::bigint from posted p where opening_id is not null group by 2, 3
    union all
    select 'fill', p.id, 'filled', ledger_fill(p.id, portal_now()) from ledger_pool p where exists (select from ledger_opening o where o.pool_id = p.id)
    union all
    select 'payments', commitment_id, case state when 'sent' then 'sent' when 'succeeded' then 'paid' else 'pending' end, sum(amount_fen)::bigint
    from ledger_payment where state in ('proposed', 'checked', 'sent', 'succeeded') group by 2, 3
  )
  select k.subject, k.id, k.sum, k.amount, coalesce(c.amount, 0)
  from kept k left join computed c using (subject, id, sum) where k.amount <> coalesce(c.amount, 0)
  union all
  select * from ledger_opening_differences()
$$;
-- +goose StatementEnd

-- +goose Down
drop trigger ledger_opening on earlier_total;
drop trigger ledger_opening_gone on earlier_total;
-- +goose StatementBegin
create or replace function ledger_post() returns trigger
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
-- +goose StatementBegin
create or replace function ledger_differences() returns table (subject text, id uuid, sum text, stored bigint, computed bigint)
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
drop function ledger_judge_opening(ledger_entry, ledger_pool);
-- What was opened leaves the sums with its entries.
alter table ledger_entry disable trigger append_only;
delete from ledger_entry where kind = 'opening';
alter table ledger_entry enable trigger append_only;
update ledger_pool p set budget_fen = e.budget, filled_fen = 0, committed_fen = e.committed, paid_fen = e.paid, returned_fen = e.returned, recovered_fen = e.recovered
from (select p.id, coalesce(sum(amount_fen) filter (where of_kind in ('budget', 'adjust')), 0) as budget,
    coalesce(sum(amount_fen) filter (where of_kind in ('commit', 'release')), 0) as committed, coalesce(sum(amount_fen) filter (where of_kind = 'pay'), 0) as paid,
    coalesce(sum(amount_fen) filter (where of_kind = 'return'), 0) as returned, coalesce(sum(amount_fen) filter (where of_kind = 'recover'), 0) as recovered
  from ledger_pool p left join ledger_entry e on e.pool_id = p.id group by p.id) e
where p.id = e.id;
alter table ledger_entry drop column opening_id, drop constraint ledger_entry_kind, drop constraint ledger_entry_of_kind,
  drop constraint ledger_entry_commitment, drop constraint ledger_entry_fill, drop constraint ledger_entry_opening_kind,
  add check (kind in ('budget', 'adjust', 'commit', 'release', 'send', 'pay', 'pay_reversal', 'return', 'recover', 'reversal')),
  add check (kind = 'reversal' or kind = of_kind),
  add check ((of_kind in ('budget', 'adjust')) = (commitment_id is null));
drop table ledger_opening;
drop function ledger_opening_post();
drop function ledger_opening_guard();
drop function ledger_opening_follows();
drop function ledger_opening_gone();
drop function ledger_opening_differences(uuid);
drop function ledger_fill(uuid, timestamptz);
alter table ledger_pool drop column filled_fen;
