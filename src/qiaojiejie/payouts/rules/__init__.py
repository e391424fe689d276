"""Arithmetic of paying firms: what is paid of what is owed, which days that covers, what of it was her wage. Fen."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qiaojiejie.payments.rules import platform_share

#: kinds of movements that are no line of a statement: what a payout does with the balance itself
OWN_KINDS = ("offset", "set_aside", "set_back")
#: a movement's kind → how a statement calls it; any other is an adjustment
KIND_NAMES = {
    "released": ("服务结算", "service"), "recalled": ("退款扣回", "refund taken back"),
    "payout_failed": ("付款失败退回", "a payout that failed"), "payout_reversed": ("银行退汇", "sent back by the bank"),
    "transfer_reversed": ("转账撤回", "transfer reversed"),
}
ADJUSTMENT = ("调整", "adjustment")


def last_day(month: str) -> date:
    """The last day of a month written ``2026-10``."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def month_before(first: date) -> date:
    """The first day of the month before one that begins on ``first``."""
    return date(first.year - (first.month == 1), 12 if first.month == 1 else first.month - 1, 1)


@dataclass(frozen=True)
class Split:
    """What becomes of a statement's sum: cancelled against the firm's debt, paid, carried to the next."""

    offset: int
    amount: int
    carried: int


def split(*, owed: int, payable: int, receivable: int, minimum: int, somewhere: bool) -> Split:
    """Of ``owed`` fen a statement comes to, at most the ``payable`` that the books still owe the firm.

    The firm's debt (``receivable``) goes first; the rest is paid when it reaches ``minimum`` and there is
    ``somewhere`` verified to pay it to.
    """
    there = max(0, min(owed, payable))
    offset = min(there, max(0, receivable))
    rest = there - offset
    amount = rest if somewhere and rest >= minimum else 0
    return Split(offset, amount, owed - offset - amount)


def wage_line(lines: Iterable[dict[str, Any]]) -> int:
    """The wage among a booking's price lines, in fen."""
    return sum(line["amount"] for line in lines if line["line"] == "wage")


def earned(lines: Sequence[dict[str, Any]], total: int, kept: int) -> int:
    """Her part of ``kept`` fen of a booking of ``total`` fen: the wage in proportion, rounded half up once.

    By the rule that shares out the platform's fee, so all of it kept gives exactly the wage.
    """
    return platform_share(kept, fee=wage_line(lines), total=total)


@dataclass(frozen=True)
class Line:
    """One movement on a statement, in fen: gross − fee + promotion + owed + other = net.

    ``owed``: the part of a refund that became the firm's debt, not taken from its balance.
    """

    kind: str
    on: date
    booking: str
    service: str
    served_on: date | None
    gross: int
    fee: int
    promotion: int
    owed: int
    net: int

    @property
    def other(self) -> int:
        """What is none of these: payouts that came back, adjustments."""
        return self.net - (self.gross - self.fee + self.promotion + self.owed)

    @property
    def kind_names(self) -> tuple[str, str]:
        """How a statement calls it, in Chinese and English."""
        return KIND_NAMES.get(self.kind, ADJUSTMENT)


@dataclass(frozen=True)
class Paper:
    """A whole statement, as workbook and PDF print it."""

    firm: str
    uscc: str
    number: int
    since: date
    through: date
    state: str
    paid_on: date | None
    account: str
    reference: str
    opening: int
    movements: int
    offset: int
    amount: int
    carried: int
    lines: Sequence[Line]

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"statement-{self.through:%Y-%m-%d}-{self.number}"

    @property
    def sums(self) -> list[tuple[str, str, int]]:
        """Its sum, row by row: Chinese, English, fen. The first two less the next two give the last."""
        return [("期初余额", "opening balance", self.opening), ("本期发生", "movements", self.movements),
                ("抵扣欠款", "offset against the firm's debt", -self.offset),
                ("本期付款", "paid out", -self.amount), ("结转下期", "carried to the next", self.carried)]

    @property
    def totals(self) -> tuple[int, int, int, int, int, int]:
        """Gross, fee, promotion, owed, other, net of all its lines."""
        return (sum(line.gross for line in self.lines), sum(line.fee for line in self.lines),
                sum(line.promotion for line in self.lines), sum(line.owed for line in self.lines),
                sum(line.other for line in self.lines), sum(line.net for line in self.lines))

    @property
    def about(self) -> list[tuple[str, str]]:
        """What its head says."""
        return [("企业 firm", self.firm), ("统一社会信用代码 USCC", self.uscc),
                ("期间 period", f"{self.since} – {self.through}"), ("状态 state", self.state),
                ("到账日期 paid on", str(self.paid_on or "—")), ("收款账户 account", self.account or "—"),
                ("银行流水号 / 转账编号 reference", self.reference or "—")]


#: heads of a statement's lines
COLUMNS = (("日期", "date"), ("类型", "kind"), ("订单", "booking"), ("服务", "service"), ("服务日期", "day of service"),
           ("收费", "gross"), ("平台费", "platform fee"), ("平台补贴", "promotion"), ("转为欠款", "became debt"),
           ("其他", "other"), ("净额", "net"))


def cells(line: Line) -> tuple[list[str], list[int]]:
    """A line as a statement prints it: its texts, its fen."""
    texts = [str(line.on), line.kind_names[0], line.booking, line.service, str(line.served_on or "")]
    return texts, [line.gross, -line.fee, line.promotion, line.owed, line.other, line.net]
