"""Set what is charged from a day to come on. What holds today or held before is never changed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.catalog import facts, queries
from qiaojiejie.catalog.errors import (
    FeeRuleDaysDoNotFit, FeeRuleTooSoon, GeneralFeeStays, NoFeeRuleOfItsOwn, UnknownFirm)
from qiaojiejie.catalog.models import FeeRule
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db, lock_key, violated
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.messages import service as messages


def set_fee(*, actor: Actor, line: str, permille: int, fixed_fen: int, valid_from: date,
            valid_until: date | None = None, firm_id: UUID | None = None, service_code: str | None = None) -> FeeRule:
    """Charge ``permille`` of the wage and ``fixed_fen`` on a line from a day on: of one firm or all, a service or all.

    It holds until ``valid_until`` (exclusive) or until the next rule of the same line, firm and service that is set
    already; the one before it ends where it begins; one that was to begin on the same day is replaced.
    Raises FeeRuleTooSoon, FeeRuleDaysDoNotFit, GeneralFeeStays, UnknownFirm, UnknownService.
    """
    if service_code is not None:
        queries.service(service_code)
    _check(valid_from, firm_id, service_code, ends=valid_until is not None)
    if valid_until is not None and valid_until <= valid_from:
        raise FeeRuleDaysDoNotFit()
    _one_at_a_time()
    before = _charged(line, firm_id, service_code, valid_from)
    rule = _place(line, firm_id, service_code, valid_from, valid_until)
    rule.permille, rule.fixed_fen = permille, fixed_fen
    _store(rule)
    ledger.append(facts.FEE_RULE_SET, subject=rule.ref, actor=actor.ref, data={
        **_about(rule.line, firm_id, service_code, valid_from, before), **rule.figures,
        "until": rule.valid_until.isoformat() if rule.valid_until else None})
    _tell(rule)
    return rule


def end_fee(*, actor: Actor, line: str, day: date, firm_id: UUID | None = None,
            service_code: str | None = None) -> None:
    """From ``day`` on this line of a firm or a service has no rule of its own; the wider one holds.

    Raises FeeRuleTooSoon, GeneralFeeStays, NoFeeRuleOfItsOwn.
    """
    _check(day, firm_id, service_code, ends=True)
    _one_at_a_time()
    before = _charged(line, firm_id, service_code, day)
    rules = queries.fee_rules_from(line, firm_id, service_code, day)
    if not rules:
        raise NoFeeRuleOfItsOwn()
    subject = rules[0].ref
    for rule in rules:
        if rule.valid_from < day:
            rule.valid_until = day
        else:
            db.session.delete(rule)
    db.session.flush()
    ledger.append(facts.FEE_RULE_ENDED, subject=subject, actor=actor.ref, data={
        **_about(line, firm_id, service_code, day, before), "after": _charged(line, firm_id, service_code, day)})


def _check(day: date, firm_id: UUID | None, service_code: str | None, *, ends: bool) -> None:
    if day <= clock.today():
        raise FeeRuleTooSoon(earliest=(clock.today() + timedelta(days=1)).isoformat())
    if ends and firm_id is None and service_code is None:
        raise GeneralFeeStays()


def _one_at_a_time() -> None:
    """Of two officers who set rules at once the second sees what the first has set."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key("catalog:fee_rule"))))


def _charged(line: str, firm_id: UUID | None, service_code: str | None, day: date) -> dict[str, Any] | None:
    """What is charged on a line on a day, as the ledger tells it."""
    found = [rule for rule in queries.fees(service_code, day, firm_id) if rule.line == line]
    return {"rule": found[0].id, **found[0].figures} if found else None


def _place(line: str, firm_id: UUID | None, service_code: str | None, day: date, until: date | None) -> FeeRule:
    """Room for a rule from ``day``: the one that was to begin then, else a new one; its neighbours make way."""
    kept = queries.fee_rules_from(line, firm_id, service_code, day)
    later = [rule.valid_from for rule in kept if rule.valid_from > day]
    ends = min([*later, *([until] if until else [])], default=None)
    for rule in kept:
        if rule.valid_from < day:
            rule.valid_until = day
            db.session.flush()
    same = next((rule for rule in kept if rule.valid_from == day), None)
    rule = same or FeeRule(line=line, firm_id=firm_id, service_code=service_code, valid_from=day)
    rule.valid_until = ends
    return rule


def _store(rule: FeeRule) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(rule)
            db.session.flush()
    except IntegrityError as error:
        if violated(error) != "fk_fee_rule_firm_id":
            raise
        raise UnknownFirm() from error


def _about(line: str, firm_id: UUID | None, service_code: str | None, day: date,
           before: dict[str, Any] | None) -> dict[str, Any]:
    return {"line": line, "firm": str(firm_id) if firm_id else None, "service": service_code,
            "from": day.isoformat(), "before": before}


def _tell(rule: FeeRule) -> None:
    """A firm's managers learn of a rule of their own before it holds."""
    if rule.firm_id is None:
        return
    for account_id in identity.accounts_in(rule.firm_id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind="fee_rule_set", data={
            "firm": str(rule.firm_id), "line_name": rule.name, "valid_from": rule.valid_from.isoformat(),
            "percent": f"{rule.permille / 10:g} %"})
