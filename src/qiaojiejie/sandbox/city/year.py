"""A year of visits and the weeks ahead, with everything that came of them; and their money."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.sandbox.city import goodwill, listings, load
from qiaojiejie.sandbox.city.books import Books
from qiaojiejie.sandbox.city.chargebacks import Chargebacks
from qiaojiejie.sandbox.city.coupons import Coupons
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.disputes import Endings
from qiaojiejie.sandbox.city.engagements import Engagements, Stint, reserve
from qiaojiejie.sandbox.city.families import Family
from qiaojiejie.sandbox.city.invoices import Invoices
from qiaojiejie.sandbox.city.money import Purse
from qiaojiejie.sandbox.city.opinions import Opinions
from qiaojiejie.sandbox.city.outcomes import Outcomes, Told
from qiaojiejie.sandbox.city.paydays import runs
from qiaojiejie.sandbox.city.payouts import Paydays, paid_out
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.tariffs import Tariffs
from qiaojiejie.sandbox.city.town import FirmSeat, Officials
from qiaojiejie.sandbox.city.visits import Planner, Visit
from qiaojiejie.sandbox.city.weekly import Weekly
from qiaojiejie.sandbox.city.wishes import Wishes


class Year:
    """Lives the year from its first visit to the city's day."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials, seats: Sequence[FirmSeat],
                 hands: Sequence[Hand], homes: Sequence[Family]) -> None:
        self._dice, self._diary, self._officials = dice, diary, officials
        self._seats, self._hands, self._homes = seats, hands, homes
        #: chance of its own, so that money changes nothing else in the city
        self._apart = Dice(f"money:{len(hands)}:{dice.today}", dice.today)
        self._books = Books()
        self._purse = Purse(dice, diary, self._books)
        self._tariffs = Tariffs.set(self._apart, diary, officials, seats[1])
        self._coupons = Coupons(self._apart, diary, officials, seats[0])
        self._outcomes = Outcomes(dice, diary, self._tariffs, self._coupons)

    def live(self, visits: int, ahead: int, bar: Any) -> Purse:
        """About so many visits, and so many ahead; whose money it is. What its refunds answer is not written yet."""
        dice, diary, outcomes = self._dice, self._diary, self._outcomes
        endings, opinions = Endings(dice, diary, self._officials, outcomes), Opinions(dice, diary)
        stints = reserve(self._hands, dice.today)
        planner = Planner(dice, self._hands, self._homes, {service.code: service for service in catalog.services()})
        past = planner.with_demo(self._homes[0], self._hands[0], 4) + planner.year(visits)
        bar.update(visits)
        for visit in sorted(past, key=_asked):
            told = outcomes.tell(visit)
            endings.end(told)
            opinions.ask(told)
            self._purse.settle(told.row, told.change)
            bar.update(1)
        coming = list(planner.ahead(ahead, self._hands[0]))
        promised = [outcomes.promise(visit) for visit in coming]
        for told in promised:
            self._purse.settle(told.row)
        weekly = Weekly(self._apart, diary)
        weekly.tell(promised, self._homes[0])
        listings.write(dice, diary, self._officials, self._hands, {visit.hand.id for visit in coming})
        wishes = Wishes(Dice(f"wishes:{len(self._hands)}:{dice.today}", dice.today), diary, self._tariffs)
        wishes.tell(outcomes.told, self._homes, self._hands)
        money = self._pay(outcomes.told, stints)
        for part in (outcomes, weekly, wishes, *money, endings, opinions):
            part.flush()
        return self._purse

    def _pay(self, tales: Sequence[Told], stints: Sequence[Stint]) -> list[Any]:
        """Everything beyond each visit's own charge and release; its parts are written in this order."""
        dice, diary, months = self._apart, self._diary, runs(self._apart.today)
        engagements = Engagements(dice, diary, self._tariffs, self._purse, self._homes[0])
        engagements.tell(stints)
        recalls = goodwill.show(dice, diary, self._purse, tales, months, paid_out(self._seats))
        chargebacks = Chargebacks(dice, diary, self._purse, self._books)
        recalls += chargebacks.tell(tales)
        paydays = Paydays(dice, diary, self._officials, self._books, self._seats, recalls)
        paydays.pay(months)
        for month in months:
            self._books.sweep(month.decided_at, dice.id_at(month.decided_at))
        invoices = Invoices(dice, diary)
        invoices.ask(tales, self._homes[0])
        self._coupons.end(_by_id(tales))
        return [engagements, self._purse, self._books, chargebacks, paydays, self._coupons, invoices]


def _by_id(tales: Sequence[Told]) -> dict[UUID, load.Row]:
    return {told.row["id"]: told.row for told in tales}


def _asked(visit: Visit) -> tuple[Any, Any]:
    return visit.asked_at, visit.id
