"""Engagements by days on the city's day: the demo's family meets a maternity nurse soon, and would have somebody else
for its grandparent."""

from collections.abc import Sequence
from itertools import product

import sqlalchemy as sa

from qiaojiejie.booking.models import Booking
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.guarantees import service as guarantees
from qiaojiejie.interviews import service as interviews
from qiaojiejie.sandbox.city.engagements import CARE, SERVICE
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.present import orders
from qiaojiejie.sandbox.city.staff import NURSES, Hand
from qiaojiejie.sandbox.city.town import Post

#: within how many days, and when, one may meet at a station
DAYS, HOURS = 7, (10, 15)


def meet(post: Post, family: Family, staff: Sequence[Hand]) -> None:
    """At the demo's station, with a nurse it has not had, if one is free."""
    able = [hand for hand in staff if SERVICE in hand.services and hand.care_days[0] <= 0 and hand.care_days[1] > DAYS]
    able.sort(key=lambda hand: hand.no in NURSES)
    for hand, start in product(able, orders.starts(1, DAYS, HOURS)):
        try:
            with db.session.begin_nested():
                interviews.book(actor=orders.household(family), worker_id=hand.id, service_code=SERVICE,
                                station_id=post.id, starts=start)
            return
        except Refusal:
            continue


def doubt(family: Family) -> None:
    """Who began to care for its grandparent does not suit it, the family says: another is to come within days."""
    begun = db.session.scalar(sa.select(Booking.id).where(
        Booking.household_id == family.id, Booking.service_code == CARE, Booking.state == "under_way"))
    if begun is not None:
        guarantees.seek(actor=orders.household(family), booking_id=begun, reason="unsuited")
