"""A family that says once what it needs: three firms quote, it compares, orders, pays and is served."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.family import Family, books_balance  # noqa: F401
from tests.needs.scene import API, Bidder, Seeker, refused, stamp
from tests.stripe_sandbox import StripeSandbox

pytestmark = pytest.mark.usefixtures("books_balance")


class Payer(Family):
    """The family of a need, with the booking it ordered."""

    def __init__(self, seeker: Seeker, stripe: StripeSandbox, booking: Booking) -> None:
        self.client, self.stripe, self.run_jobs = seeker.client, stripe, seeker.run_jobs
        self.headers, self.booking = seeker.headers, booking


def test_a_need_with_three_quotes_is_compared_ordered_paid_and_done(
        client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int]) -> None:
    family = Seeker(client, run_jobs)
    firms = [Bidder(client, score=score) for score in (690, 810, 760)]
    day = clock.local(family.start).date()
    need = family.need(start=None, from_day=day.isoformat(), to_day=(day + timedelta(days=4)).isoformat(),
                       budget_fen=20_000, note="家里有一只猫，请按门铃", member_id=str(family.member.id))

    # each firm sees it among its own work, offers one of its staff on a day that suits her, one thinks again
    starts = [family.start + timedelta(days=n) for n in (0, 1, 1)]
    made = []
    for firm, price, start in zip(firms, (3900, 4800, 4300), starts, strict=True):
        assert [row["id"] for row in firm.wanted()] == [need]
        quoted = firm.quote(need, price=price, start=stamp(start), message="自带工具")
        assert quoted.status_code == 201, quoted.json
        made.append(quoted.json["id"])
    firms[1].withdraw(made[1])
    made[1] = firms[1].quote(need, price=4500, start=stamp(starts[1])).json["id"]
    assert family.told(family.household.account_id) == ["need_quoted"] * 4

    # the family compares: the cheapest, the best, what they differ by
    seen = family.compare(need)
    assert [row["quote"]["id"] for row in seen["items"]] == [made[0], made[2], made[1]]
    assert all(row["within_budget"] for row in seen["items"]) and {"total", "start", "score"} <= set(seen["differs"])
    assert family.compare(need, sort="score")["items"][0]["quote"]["id"] == made[1]

    # the first choice was booked by somebody else meanwhile; nothing has happened, the second is ordered
    factories.booking("held", by=firms[1].worker, start=starts[1])
    db.session.commit()
    assert refused(family.order(need, made[1])) == (409, "SlotTaken")
    db.session.rollback()
    ordered = family.order(need, made[2])
    assert ordered.status_code == 201, ordered.json
    total = seen["items"][1]["quote"]["total"]["amount"]
    assert ordered.json["total"]["amount"] == total and ordered.json["state"] == "held"
    assert [firm.states()[0] for firm in firms] == ["passed_over", "passed_over", "chosen"]
    assert [firm.wanted() for firm in firms] == [[], [], []]

    # paid within ten minutes it stands at once: the firm has named its worker and its time already
    booking = db.session.get_one(Booking, ordered.json["id"])
    payer = Payer(family, stripe_sandbox, booking)
    payer.paid()
    assert family.told(firms[2].account.id) == ["need_quote_chosen", "booking_confirmed"]
    assert family.told(firms[0].account.id) == ["need_quote_passed_over"]

    done = visit(family, booking, firms[2])
    assert (done["state"], done["paid"]["amount"], done["refund"]["amount"]) == ("completed", total, 0)
    assert family.show(need)["booking_id"] == str(booking.id)


def visit(family: Seeker, booking: Booking, firm: Bidder) -> Any:
    """She comes, reads the note, works, goes; the family says that it was done."""
    shown = family.client.get(f"{API}/bookings/{booking.id}", headers=family.headers).json
    worker = factories.headers(db.session.get_one(Account, firm.worker.account_id))
    with clock.frozen(booking.start):
        contact = family.client.get(f"{API}/bookings/{booking.id}/contact", headers=worker).json
        assert contact["note"] == "家里有一只猫，请按门铃"
        came = family.client.post(f"{API}/bookings/{booking.id}/check-ins", headers=worker, json={
            "door_code": shown["door_code"]})
        assert came.status_code == 200, came.json
    with clock.frozen(booking.end):
        assert family.client.post(f"{API}/bookings/{booking.id}/check-outs", headers=worker).status_code == 200
        done = family.client.post(f"{API}/bookings/{booking.id}/confirmations", headers=family.headers)
        family.run_jobs()
    return done.json
