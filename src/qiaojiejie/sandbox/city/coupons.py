"""Coupons of the year: the federation's campaigns, a firm's own, one granted to the demo's family; who used them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.secrets import blind
from qiaojiejie.coupons import facts
from qiaojiejie.coupons.models import Coupon, CouponGrant, CouponUse
from qiaojiejie.coupons.rules import is_for, line, make_code, taken_off
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.payments.rules import platform_line
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.town import FirmSeat, Officials

DEMO_FAMILY = "13800000001"
#: of the families that could use a coupon, so many think of it
THOUGHT_OF = 0.12
#: states of a booking of which nothing was kept: it used no coupon after all
UNUSED = ("expired", "declined", "worker_absent")


@dataclass(slots=True)
class Campaign:
    """A coupon's row, the moments between which it can be used, and who used it."""

    row: load.Row
    terms: Coupon
    since: datetime
    until: datetime
    uses: dict[UUID, load.Row] = field(default_factory=dict)


class Coupons:
    """Issues coupons and takes them off prices; ``flush`` writes them, when every booking has come to its end."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials, seat: FirmSeat) -> None:
        self._dice, self._diary, self._officials, self._seat = dice, diary, officials, seat
        self._campaigns = [
            self._issue("“三八”家政惠民券 满 120 减 20", -262, -220, amount_fen=2_000, least_fen=12_000),
            self._issue("金秋家政惠民季 八五折 最高减 30", -75, 30, permille=150, most_fen=3_000, least_fen=8_000,
                        most_per_household=2),
            self._issue("老客户回馈 满 150 减 15", -150, 60, firm=seat, amount_fen=1_500, least_fen=15_000)]
        self._granted = self._issue("家庭体验券 减 50 元", -20, 90, amount_fen=5_000, least_fen=6_000, audience="granted",
                                    categories=["cleaning", "maternity"])
        self._grants = [self._grant(self._granted, DEMO_FAMILY)]

    def take(self, booking: UUID, household: UUID, firm: UUID, service: Any, at: datetime,
             lines: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """The line a coupon makes in a price, when this family thinks of one it may use; that counts as its use."""
        total = sum(each["amount"] for each in lines)
        for campaign in self._campaigns:
            if not campaign.since <= at < campaign.until or household in campaign.uses:
                continue
            off = self._off(campaign, firm, service, total, platform_line(lines))
            if off and self._dice.chance(THOUGHT_OF):
                campaign.uses[household] = {
                    "id": self._dice.id_at(at), "coupon_id": campaign.row["id"], "household_id": household,
                    "booking_id": booking, "amount_fen": off, "state": "used", "used_at": at, "returned_at": None}
                self._note(facts.USED, campaign.uses[household], at)
                return line(campaign.row["id"], campaign.row["payer"], off)
        return None

    def end(self, bookings: dict[UUID, load.Row]) -> None:
        """Bookings of which nothing was kept give their coupon back."""
        for campaign in self._campaigns:
            for use in campaign.uses.values():
                row = bookings[use["booking_id"]]
                if row["state"] in UNUSED or row["state"] == "cancelled" and row["paid_fen"] == row["refund_fen"]:
                    use |= {"state": "returned", "returned_at": row["closed_at"]}
                    self._note(facts.RETURNED, use, row["closed_at"])
            stand = [use["amount_fen"] for use in campaign.uses.values() if use["state"] == "used"]
            campaign.row |= {"used": len(stand), "given_fen": sum(stand)}

    def flush(self) -> None:
        """COPY coupons, grants, uses."""
        load.put(Coupon, [campaign.row for campaign in [*self._campaigns, self._granted]])
        load.put(CouponGrant, self._grants)
        load.put(CouponUse, [use for campaign in self._campaigns for use in campaign.uses.values()])

    def _off(self, campaign: Campaign, firm: UUID, service: Any, total: int, fee: int) -> int:
        row = campaign.row
        if row["firm_id"] not in (None, firm) or total < row["least_fen"]:
            return 0
        if not is_for(campaign.terms, service.code, service.category):
            return 0
        return taken_off(campaign.terms, total_fen=total, fee_fen=fee)

    def _issue(self, name: str, first: int, last: int, *, firm: FirmSeat | None = None, **terms: Any) -> Campaign:
        """A coupon from one day to another, issued some days before."""
        at = self._dice.moment(first - 5, 10 * 60)
        days = [self._dice.today + timedelta(days=each) for each in (first, last)]
        by = firm.manager if firm else self._officials.admin
        row: load.Row = {
            "id": self._dice.id_at(at), "code": make_code(self._dice.choice), "name": name, "state": "live",
            "payer": "firm" if firm else "platform", "firm_id": firm.id if firm else None,
            "kind": "permille" if "permille" in terms else "amount", "amount_fen": None, "permille": None,
            "most_fen": None, "services": [], "categories": [], "audience": "everyone", "most_per_household": 1,
            **terms, "valid_from": days[0], "valid_until": days[1], "most_uses": None, "used": 0, "given_fen": 0,
            "issued_by": by, "issued_at": at, "ended_at": None}
        plain = ("payer", "kind", "amount_fen", "permille", "most_fen", "least_fen", "services", "categories",
                 "audience", "most_uses", "most_per_household")
        self._diary.note(at, facts.ISSUED, f"coupon:{row['id']}", f"account:{by}", {
            **{name: row[name] for name in plain}, "firm": str(firm.id) if firm else None,
            "from": days[0].isoformat(), "until": days[1].isoformat()})
        return Campaign(row, Coupon(**row), clock.midnight(days[0]), clock.midnight(days[1] + timedelta(days=1)))

    def _grant(self, campaign: Campaign, phone: str) -> load.Row:
        at, by = self._dice.moment(-18, 11 * 60), self._officials.admin
        grant_id = self._dice.id_at(at)
        self._diary.note(at, facts.GRANTED, f"coupon:{campaign.row['id']}", f"account:{by}", {"grant": str(grant_id)})
        return {"id": grant_id, "coupon_id": campaign.row["id"], "phone_index": blind("phone", phone),
                "granted_by": by, "granted_at": at}

    def _note(self, fact: str, use: load.Row, at: datetime) -> None:
        self._diary.note(at, fact, f"coupon:{use['coupon_id']}", SYSTEM, {
            "booking": str(use["booking_id"]), "household": str(use["household_id"]), "amount": use["amount_fen"]})
