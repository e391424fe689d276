"""What is going on in the city on its day, told through the rooms themselves, as people would have done it.

It is little of each kind, most of it in the demo's family: each part leaves out what the city has nobody for.
"""

from collections.abc import Sequence

from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.present import engaged, needs, visits
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FirmSeat, Post

__all__ = ["tell"]


def tell(dice: Dice, seats: Sequence[FirmSeat], posts: Sequence[Post], homes: Sequence[Family],
         hands: Sequence[Hand]) -> None:
    """Visits of the demo's family, its needs and some other families', whom it meets, whom it would have replaced."""
    with ids.drawn(lambda: dice.id_at(clock.now())):
        staff = [hand for hand in hands if hand.firm is seats[0]]
        visits.tell(seats[0], homes[0], staff)
        needs.tell(seats, homes, hands)
        engaged.meet(posts[0], homes[0], staff)
        engaged.doubt(homes[0])
        db.session.flush()
