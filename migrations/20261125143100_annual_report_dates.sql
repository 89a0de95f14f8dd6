-- A report that was handed in is held to the edition that was shown when it was
-- signed first: a later edition moves none of its days. The days themselves stand
-- beside it, so that lists and counts ask dates and no rules; they follow from what
-- happened, and from the calendar once a year is announced.
-- Owner: internal/governance.

-- +goose Up
alter table policy_parameter disable trigger policy_parameter_guard;
insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
  select e.id, 'annual_report.conclude_wd', 'integer', '20', '三（三）2', 'default', false from policy_edition e; -- 登记管理机关作出结论
alter table policy_parameter enable trigger policy_parameter_guard;

alter table annual_report_filing
  add column edition_id uuid references policy_edition,
  add column reopened_on date, -- the last time
  add column unit_due_on date, -- to be handed in to the supervising unit
  add column registrar_due_on date, -- … to the registrar
  add column opinion_due_on date, -- of the supervising unit; null without one
  add column opinion_due_provisional boolean not null default false,
  add column answer_due_on date, -- of the organization; null before a correction was asked for
  add column answer_due_provisional boolean not null default false,
  add column conclude_due_on date, -- of the registrar
  add column conclude_due_provisional boolean not null default false,
  add column hand_in_provisional boolean not null default false; -- of the first two

-- What was handed in before is held to the edition shown on the day of its first
-- signature; the job writes its days.
alter table annual_report_filing disable trigger annual_report_filing_guard;
update annual_report_filing f set edition_id = (
    select e.id from policy_edition e where e.status = 'approved'
    order by e.document_id = (select d.id from policy_document d where d.kind = 'policy' and d.status = 'approved'
        order by d.effective_from <= f.first_submitted_on desc, abs(d.effective_from - f.first_submitted_on) limit 1) desc,
      e.effective_from <= f.first_submitted_on desc, abs(e.effective_from - f.first_submitted_on) limit 1),
  reopened_on = (select max((v.at at time zone 'Asia/Shanghai')::date) from annual_report_event v where v.filing_id = f.id and v.action = 'reopen')
  where f.round > 0;
alter table annual_report_filing enable trigger annual_report_filing_guard;
alter table annual_report_filing add constraint annual_report_filing_edition check ((edition_id is null) = (round = 0));
create index annual_report_filing_undated on annual_report_filing (id)
  where round > 0 and (registrar_due_on is null or state <> 'concluded' and (opinion_due_provisional or answer_due_provisional or conclude_due_provisional or hand_in_provisional));

grant update (edition_id, reopened_on, unit_due_on, registrar_due_on, opinion_due_on, opinion_due_provisional, answer_due_on, answer_due_provisional,
  conclude_due_on, conclude_due_provisional, hand_in_provisional) on annual_report_filing to portal_app;

-- +goose StatementBegin
create function annual_report_filing_dates() returns trigger language plpgsql as $$
begin
  if old.edition_id is not null and new.edition_id is distinct from old.edition_id then
    raise exception 'the edition of the first signature stands' using errcode = '23514', constraint = 'annual_report_filing_first';
  end if;
  -- What was certain when it was signed is no guess later.
  if old.registrar_due_on is not null and not old.hand_in_provisional
      and row(new.unit_due_on, new.registrar_due_on, new.hand_in_provisional) is distinct from row(old.unit_due_on, old.registrar_due_on, false)
    or old.opinion_due_on is not null and not old.opinion_due_provisional
      and row(new.opinion_due_on, new.opinion_due_provisional) is distinct from row(old.opinion_due_on, false) then
    raise exception 'the days of a report that was handed in stand' using errcode = '23514', constraint = 'annual_report_filing_days';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger annual_report_filing_dates before update on annual_report_filing for each row execute function annual_report_filing_dates();

-- Days follow from the rest, so that they change without a version: who has the page
-- open has read nothing stale.
drop trigger annual_report_filing_guard on annual_report_filing;
create trigger annual_report_filing_begun before insert on annual_report_filing for each row execute function annual_report_filing_guard();
create trigger annual_report_filing_guard before update on annual_report_filing for each row when (new.version <> old.version
    or to_jsonb(new) - '{unit_due_on, registrar_due_on, hand_in_provisional, opinion_due_on, opinion_due_provisional, answer_due_on, answer_due_provisional, conclude_due_on, conclude_due_provisional}'::text[]
      <> to_jsonb(old) - '{unit_due_on, registrar_due_on, hand_in_provisional, opinion_due_on, opinion_due_provisional, answer_due_on, answer_due_provisional, conclude_due_on, conclude_due_provisional}'::text[])
  execute function annual_report_filing_guard();

-- +goose Down
drop trigger annual_report_filing_begun on annual_report_filing;
drop trigger annual_report_filing_guard on annual_report_filing;
create trigger annual_report_filing_guard before insert or update on annual_report_filing for each row execute function annual_report_filing_guard();
drop trigger annual_report_filing_dates on annual_report_filing;
drop function annual_report_filing_dates();
alter table annual_report_filing
  drop column edition_id, drop column reopened_on, drop column unit_due_on, drop column registrar_due_on, drop column opinion_due_on, drop column opinion_due_provisional,
  drop column answer_due_on, drop column answer_due_provisional, drop column conclude_due_on, drop column conclude_due_provisional, drop column hand_in_provisional;
alter table policy_parameter disable trigger policy_parameter_guard;
delete from policy_parameter where key = 'annual_report.conclude_wd';
alter table policy_parameter enable trigger policy_parameter_guard;
