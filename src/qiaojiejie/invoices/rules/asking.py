"""Who may ask for an invoice of what, until when; by when it is due; what an issued one must say. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from qiaojiejie.booking.lifecycle import LIVE
from qiaojiejie.core import workdays
from qiaojiejie.core.money import display
from qiaojiejie.invoices.errors import (
    InvoiceAmountChanged, InvoiceDayDoesNotFit, InvoiceNotYet, InvoiceTooLate, KindNeedsCompany, NothingKept,
    TaxNumberNotForPersons, TaxNumberRequired)

#: invoice titles a family may keep; this platform's own choice
MOST_TITLES = 20
#: an invoice is asked for so many days after the day the booking was over, the last of them included
DAYS_TO_ASK = 180
#: and issued within so many working days after the day it was asked for
WORKING_DAYS = 7

TITLE_KINDS = {"personal": "个人", "company": "企业"}
#: kind → (how it is called, which titles it may be made out to); both are 数电发票 with a number of 20 digits
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "electronic_ordinary": ("电子发票（普通发票）", ("personal", "company")),
    "electronic_special": ("电子发票（增值税专用发票）", ("company",)),
}
#: why a firm does not issue what was asked for
REFUSALS = {"title_wrong": "抬头信息有误", "kind_not_possible": "不能开具该类发票", "invoiced_already": "已开过发票（含购卡时已开）",
            "amount_changed": "实收金额已变", "not_our_service": "不是本企业的服务"}
#: why an issued one is taken back by a red invoice
VOIDINGS = {"money_back": "发生退款", "title_wrong": "抬头信息有误", "amount_wrong": "金额有误", "issued_twice": "重复开具"}


def kept(*, paid: int, refunded: int, decided: int) -> int:
    """Fen of a booking that stay with the firm and the platform.

    ``paid``: all that came; ``refunded``: all that went or goes back (a refund that was put in place of a failed one
    counts, the failed one does not); ``decided``: what the booking says goes back, before its refunds are written.
    """
    return max(0, paid - max(refunded, decided))


def check_title(*, kind: str, uscc: str | None) -> None:
    """A company is named with its code, a person without. Raises TaxNumberRequired, TaxNumberNotForPersons."""
    if kind == "company" and uscc is None:
        raise TaxNumberRequired()
    if kind == "personal" and uscc is not None:
        raise TaxNumberNotForPersons()


def check_kind(*, kind: str, title_kind: str) -> None:
    """May this kind be made out to such a title? Raises KindNeedsCompany."""
    if title_kind not in KINDS[kind][1]:
        raise KindNeedsCompany()


def check_askable(*, state: str, over_on: date | None, kept_fen: int, today: date) -> None:
    """May an invoice of a booking be asked for today? Once it is over with something kept, until 180 days after.

    ``over_on``: the day it was over. Raises InvoiceNotYet, NothingKept, InvoiceTooLate.
    """
    if kept_fen <= 0 and state not in LIVE:
        raise NothingKept()
    if state in LIVE or over_on is None:
        raise InvoiceNotYet()
    last = over_on + timedelta(days=DAYS_TO_ASK)
    if today > last:
        raise InvoiceTooLate(days=DAYS_TO_ASK, last_day=last.isoformat())


def check_issue(*, number: str, issued_on: date, asked_on: date, today: date) -> None:
    """May this number and day stand on the request? Raises InvoiceDayDoesNotFit.

    A 数电发票's number begins with the last two digits of its year (国家税务总局公告 2024 年第 11 号).
    """
    if not asked_on <= issued_on <= today or number[:2] != f"{issued_on:%y}":
        raise InvoiceDayDoesNotFit(asked_on=asked_on.isoformat())


def check_unchanged(*, asked_fen: int, kept_fen: int) -> None:
    """Is what was asked for still what is kept? Raises InvoiceAmountChanged."""
    if asked_fen != kept_fen:
        raise InvoiceAmountChanged(kept=kept_fen, kept_display=display(kept_fen))


def due_on(asked_on: date) -> date:
    """The last day on which an invoice asked for is in time."""
    return workdays.after(asked_on, WORKING_DAYS)


def is_overdue(*, state: str, due_on: date, today: date) -> bool:
    """Is the firm late?"""
    return state == "requested" and today > due_on
