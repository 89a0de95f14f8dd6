-- The annual report as an organization writes and signs it here, and what becomes
-- of it: opinion, correction, conclusion. The conclusions themselves stay in
-- annual_report, of internal/organization; what was concluded here and what stands
-- there never differ.
-- Owner: internal/governance.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, p.key, p.type, p.value::jsonb, '三（三）2', 'default', false
  from policy_edition e, (values
    ('annual_report.opinion_wd', 'integer', '10'), -- 业务主管单位提出意见
    ('annual_report.correct_wd', 'integer', '10')  -- 退回更正
  ) as p (key, type, value);
alter table policy_parameter enable trigger policy_parameter_guard;

-- Who signs and what the unit says is kept by name as of that day.
create table annual_report_filing (
  id uuid primary key,
  org_id uuid not null references organization (id),
  report_year int not null check (report_year between 1990 and 2999),
  state text not null default 'draft' check (state in ('draft', 'submitted', 'correcting', 'concluded')),
  round int not null default 0 check (round >= 0), -- signatures so far
  -- Of the signature last given.
  opening_fen bigint check (opening_fen >= 0),
  income_fen bigint check (income_fen >= 0),
  expense_fen bigint check (expense_fen >= 0),
  closing_fen bigint check (closing_fen >= 0),
  first_submitted_on date,
  submitted_at timestamptz,
  submitted_by uuid,
  submitted_person uuid check (submitted_person <> '00000000-0000-0000-0000-000000000000'),
  submitted_name text not null default '',
  unit text not null default '', -- the supervising unit at the first signature
  stance text check (stance in ('support', 'oppose')),
  opinion text not null default '' check (char_length(opinion) <= 500),
  opined_on date,
  opined_by uuid,
  opined_name text not null default '',
  asked text not null default '' check (char_length(asked) <= 1000), -- what a correction must put right
  asked_parts text[] not null default '{}',
  asked_on date,
  corrections int not null default 0 constraint annual_report_filing_corrections check (corrections between 0 and 1),
  conclusion text check (conclusion in ('pass', 'basic', 'fail')),
  reason text not null default '' check (char_length(reason) <= 500),
  concluded_on date,
  concluded_by uuid,
  concluded_person uuid check (concluded_person <> '00000000-0000-0000-0000-000000000000'),
  concluded_unit text not null default '',
  updated_at timestamptz not null,
  version int not null default 1,
  constraint annual_report_filing_once unique (org_id, report_year),
  check ((state = 'draft') = (round = 0)),
  check (num_nulls(submitted_at, submitted_by, submitted_person, first_submitted_on, opening_fen, income_fen, expense_fen, closing_fen)
    = case when round = 0 then 8 else 0 end),
  constraint annual_report_filing_balance check (closing_fen = opening_fen + income_fen - expense_fen),
  constraint annual_report_filing_year check (extract(year from first_submitted_on) > report_year),
  check (num_nulls(stance, opined_on, opined_by) in (0, 3)),
  check (stance is null or unit <> ''),
  check (stance is distinct from 'oppose' or opinion <> ''),
  check (state <> 'correcting' or (asked <> '' and asked_on is not null and corrections = 1)),
  check (num_nulls(conclusion, concluded_on, concluded_by, concluded_person) = case when state = 'concluded' then 0 else 4 end),
  check (conclusion is null or conclusion = 'pass' or char_length(reason) >= 5),
  constraint annual_report_filing_two_persons check (concluded_person <> submitted_person)
);
create index annual_report_filing_of_year on annual_report_filing (report_year desc, org_id);
create index annual_report_filing_open on annual_report_filing (first_submitted_on, id) where state in ('submitted', 'correcting');

-- What was typed, part by part, as it was typed: a draft always saves.
create table annual_report_part (
  filing_id uuid not null references annual_report_filing,
  part text not null check (part ~ '^[a-z]{2,20}$'),
  typed jsonb not null,
  version int not null default 1,
  saved_at timestamptz not null,
  saved_by uuid not null,
  saved_name text not null,
  primary key (filing_id, part)
);

-- What was signed, each time, with the papers by their digest.
create table annual_report_signed (
  filing_id uuid not null references annual_report_filing,
  round int not null check (round >= 1),
  document jsonb not null,
  statement text not null,
  signed_at timestamptz not null,
  signed_by uuid not null,
  signed_name text not null,
  primary key (filing_id, round)
);

-- What happened to it, in order.
create table annual_report_event (
  filing_id uuid not null references annual_report_filing,
  seq int not null check (seq >= 1),
  at timestamptz not null,
  action text not null check (action in ('submit', 'resubmit', 'opine', 'return', 'conclude', 'reopen')),
  by_id uuid not null,
  by_name text not null,
  by_role text not null,
  note text not null default '' check (char_length(note) <= 1000),
  conclusion text check (conclusion in ('pass', 'basic', 'fail')),
  primary key (filing_id, seq),
  check ((action = 'conclude') = (conclusion is not null)),
  check (action not in ('reopen', 'return') or char_length(note) >= 5)
);

revoke delete, truncate on annual_report_filing, annual_report_part from portal_app;
revoke update, delete, truncate on annual_report_signed, annual_report_event from portal_app;
revoke update on annual_report_filing from portal_app;
grant update (state, round, opening_fen, income_fen, expense_fen, closing_fen, first_submitted_on, submitted_at, submitted_by, submitted_person,
  submitted_name, unit, stance, opinion, opined_on, opined_by, opined_name, asked, asked_parts, asked_on, corrections, conclusion, reason,
  concluded_on, concluded_by, concluded_person, concluded_unit, updated_at, version) on annual_report_filing to portal_app;

-- +goose StatementBegin
create function annual_report_filing_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'draft' then
      raise exception 'a report begins as a draft' using errcode = '23514', constraint = 'annual_report_filing_steps';
    end if;
    return new;
  end if;
  if new.version <> old.version + 1 then
    raise exception 'every change is a version' using errcode = '23514', constraint = 'annual_report_filing_version';
  end if;
  if new.state <> old.state and (old.state, new.state) not in
    (('draft', 'submitted'), ('submitted', 'correcting'), ('submitted', 'concluded'), ('correcting', 'submitted'), ('correcting', 'concluded'), ('concluded', 'submitted')) then
    raise exception 'no step from % to %', old.state, new.state using errcode = '23514', constraint = 'annual_report_filing_steps';
  end if;
  -- What was signed changes by another signature only.
  if new.round = old.round and row(new.opening_fen, new.income_fen, new.expense_fen, new.closing_fen, new.submitted_at, new.submitted_person)
      is distinct from row(old.opening_fen, old.income_fen, old.expense_fen, old.closing_fen, old.submitted_at, old.submitted_person)
    or new.round not in (old.round, old.round + 1) or new.round > old.round and new.state <> 'submitted' then
    raise exception 'figures are those that were signed' using errcode = '23514', constraint = 'annual_report_filing_signed';
  end if;
  if old.first_submitted_on is not null and (new.first_submitted_on, new.unit) is distinct from (old.first_submitted_on, old.unit) then
    raise exception 'the day of the first signature stands' using errcode = '23514', constraint = 'annual_report_filing_first';
  end if;
  if old.stance is not null and (new.stance, new.opinion, new.opined_on) is distinct from (old.stance, old.opinion, old.opined_on) then
    raise exception 'an opinion is given once' using errcode = '23514', constraint = 'annual_report_filing_opinion';
  end if;
  -- One correction for each time that it is looked at.
  if new.corrections < old.corrections and old.state <> 'concluded' then
    raise exception 'a correction is asked for once' using errcode = '23514', constraint = 'annual_report_filing_corrections';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger annual_report_filing_guard before insert or update on annual_report_filing
  for each row execute function annual_report_filing_guard();

-- +goose StatementBegin
-- A report that came through the portal is concluded there: nothing else may
-- stand on record about its year.
create function annual_report_in_portal() returns trigger language plpgsql as $$
begin
  if exists (select from annual_report_filing f where f.org_id = new.org_id and f.report_year = new.report_year
      and (f.state in ('submitted', 'correcting') or f.state = 'concluded'
        and (f.conclusion, f.first_submitted_on) is distinct from (new.conclusion, new.submitted_on))) then
    raise exception 'this report was handed in through the portal' using errcode = '23514', constraint = 'annual_report_in_portal';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger annual_report_in_portal before insert or update on annual_report
  for each row execute function annual_report_in_portal();

-- +goose StatementBegin
-- What was concluded stands on record when the transaction ends.
create function annual_report_on_record() returns trigger language plpgsql as $$
begin
  if not exists (select from annual_report r join annual_report_filing f on f.org_id = r.org_id and f.report_year = r.report_year
      where f.id = new.id and (f.state <> 'concluded' or r.conclusion = f.conclusion)) then
    raise exception 'the conclusion is not on record' using errcode = '23514', constraint = 'annual_report_on_record';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create constraint trigger annual_report_on_record after update on annual_report_filing deferrable initially deferred
  for each row when (new.state = 'concluded') execute function annual_report_on_record();

-- +goose Down
drop trigger annual_report_in_portal on annual_report;
drop function annual_report_in_portal();
drop table annual_report_event, annual_report_signed, annual_report_part, annual_report_filing;
drop function annual_report_filing_guard(), annual_report_on_record();
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key in ('annual_report.opinion_wd', 'annual_report.correct_wd');
alter table policy_parameter enable trigger policy_parameter_guard;
