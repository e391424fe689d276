"""What a receipt says: figures that add up, in words a family reads. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from qiaojiejie.booking import facts as booking
from qiaojiejie.payments import facts as payments
from qiaojiejie.refunds import facts as refunds
from qiaojiejie.refunds.lifecycle import REFUND

METHODS = {"alipay": "支付宝", "wechat_pay": "微信支付", "card": "银行卡", "prepaid": "预付卡"}
PARTS = {"full": "全款", "deposit": "定金", "balance": "尾款", "supplement": "补差价"}
#: the fact a refund answers → why the money went back
BECAUSE = {booking.CANCELLED: "家庭取消预约", booking.DECLINED: "企业未能接单", booking.LAPSED: "企业逾期未答复",
           booking.WORKER_ABSENT: "服务人员未到",
           booking.HOUSEHOLD_ABSENT: "家中无人，退还其余部分", booking.REFUND_GRANTED: "企业退款",
           booking.ENDED_EARLY: "提前结束，退还其余天数", booking.DAYS_UNWORKED: "退还未上工的天数",
           booking.RESCHEDULED: "改期后价格降低，退还差价",
           payments.OVERTAKEN: "付款时预约已失效", refunds.ASKED_AGAIN: "退款未到账，重新退款"}
#: why a firm gave money back (booking's GRANT_REASONS)
GRANTED = {"quality": "服务质量", "shortened": "服务时间缩短", "damage": "物品损坏", "overcharged": "多收费用",
           "settled": "协商一致", "goodwill": "企业让利"}
#: how a refund stands that was decided and of which no row is written yet
DUE, DUE_NAME = "due", "待发起"


class Paid(Protocol):
    """What a receipt reads of a payment."""

    id: Any
    part: Any
    method: Any
    amount_fen: Any
    succeeded_at: Any


class GivenBack(Protocol):
    """What a receipt reads of a refund."""

    state: Any
    amount_fen: Any
    because: Any
    created_at: Any
    settled_at: Any


def why(because: str, data: Mapping[str, Any]) -> str:
    """Why money went back, in Chinese; ``data``: of the fact that owed it."""
    if because == booking.CANCELLED and data.get("by") == "worker":
        return "服务人员退单"
    said = BECAUSE.get(because, "退款")
    granted = GRANTED.get(data.get("reason", "")) if because == booking.REFUND_GRANTED else None
    return f"{said}（{granted}）" if granted else said


def receipt(*, booking_id: UUID, lines: Sequence[Mapping[str, Any]], total_fen: int, decided_fen: int,
            paid: Sequence[Paid], back: Iterable[tuple[GivenBack, Mapping[str, Any]]],
            about: Mapping[str, Any]) -> dict[str, Any]:
    """A receipt's figures in fen. ``paid``: at least one payment, in order; ``decided_fen``: what the booking says goes
    back; ``about``: who and what, as it is shown.

    ``price − discount == total``; ``paid == the payments``; ``refunded == the refunds``; ``kept == paid − refunded``.
    """
    price = [dict(line) for line in lines]
    off = -sum(line["amount"] for line in price if line["amount"] < 0)
    paid_fen = sum(each.amount_fen for each in paid)
    given = [{"amount_fen": each.amount_fen, "at": each.settled_at or each.created_at,
              "reason": why(each.because, data), "state": each.state, "state_name": REFUND.states[each.state]}
             for each, data in back]
    waiting = min(decided_fen, paid_fen) - sum(each["amount_fen"] for each in given)
    if waiting > 0:
        given.append({"amount_fen": waiting, "at": None, "reason": "已决定退款", "state": DUE, "state_name": DUE_NAME})
    refunded = sum(each["amount_fen"] for each in given)
    first: datetime = paid[0].succeeded_at
    return {
        **about, "booking_id": booking_id, "number": number(booking_id), "paid_at": first,
        "lines": [{"line": line["line"], "name": line["name"], "amount_fen": line["amount"]} for line in price],
        "price_fen": total_fen + off, "discount_fen": off, "total_fen": total_fen,
        "payments": [{"part": each.part, "part_name": PARTS[each.part], "method": each.method,
                      "method_name": METHODS[each.method], "amount_fen": each.amount_fen, "at": each.succeeded_at}
                     for each in paid],
        "paid_fen": paid_fen, "refunds": given, "refunded_fen": refunded, "kept_fen": paid_fen - refunded}


def number(booking_id: UUID) -> str:
    """A receipt's number: the booking's id in five groups, one booking one number."""
    return f"SJ-{str(booking_id).upper()}"


def told(figures: Any) -> Any:
    """The receipt as JSON values, of which its SHA-256 is taken: moments to the second in UTC, ids as text."""
    if isinstance(figures, Mapping):
        return {name: told(value) for name, value in figures.items()}
    if isinstance(figures, list):
        return [told(value) for value in figures]
    if isinstance(figures, datetime):
        return f"{figures:%Y-%m-%dT%H:%M:%SZ}"
    return str(figures) if isinstance(figures, UUID) else figures
