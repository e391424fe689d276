"""The contract of the engagement that is under way in the demo's family, signed by every side on the city's day.

Told through the room itself, but for the codes: nobody is there to receive them.
"""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from qiaojiejie.booking.models import Booking
from qiaojiejie.contracts import queries, service as contracts
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.identity import queries as accounts
from qiaojiejie.sandbox.city import papers
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.engagements import SERVICE
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat

#: when and where the demo's family was born: in a county the workers' papers name only in very large cities
BORN, COUNTY = date(1990, 6, 15), "310101"


def sign(dice: Dice, seat: FirmSeat, family: Family, hands: Sequence[Hand]) -> None:
    """The family says who it is; the contract is drafted by the firm and signed."""
    with ids.drawn(lambda: dice.id_at(clock.now())):
        booking = db.session.scalars(sa.select(Booking).where(
            Booking.household_id == family.id, Booking.service_code == SERVICE, Booking.state == "under_way")).one()
        sides = {"household": Actor(family.account, ids.new(), Role.HOUSEHOLD, None),
                 "firm": Actor(seat.manager, ids.new(), Role.FIRM_MANAGER, seat.id),
                 "worker": Actor(next(hand.account for hand in hands if hand.id == booking.worker_id), ids.new(),
                                 Role.WORKER, None)}
        name = accounts.account(family.account).name
        contracts.give_identity(actor=sides["household"], name=name.reveal() if name else "王小明",
                                id_number=papers.id_number(COUNTY, BORN, female=True), home=None, consent=True)
        drafted = contracts.draft(actor=sides["firm"], booking_id=booking.id)
        for side in drafted.sides:
            found, _ = queries.of_party(sides[side], drafted.id, lock=True)
            contracts.endorse(actor=sides[side], found=found, party=side)
        db.session.flush()
