"""What is charged on a wage, and since when one firm has a rate of its own."""

from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog import facts
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.models import FeeRule
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.town import FirmSeat, Officials

#: since so many days before the city's day one firm, a model of its trade, pays 1 % and not 2 %
OWN_SINCE, OWN_PERMILLE = -120, 10


class Tariffs:
    """The fees of a day, asked for once each."""

    def __init__(self, firm: UUID, since: date) -> None:
        self._firm, self._since = firm, since
        self._found: dict[tuple[str, bool], list[FeeRule]] = {}

    @classmethod
    def set(cls, dice: Dice, diary: load.Diary, officials: Officials, seat: FirmSeat) -> "Tariffs":
        """Write a firm's own rate, announced a week before it began."""
        since = dice.today + timedelta(days=OWN_SINCE)
        number = 1 + (db.session.scalar(sa.select(sa.func.max(FeeRule.id))) or 0)
        load.put(FeeRule, [{"id": number, "line": "platform_fee", "firm_id": seat.id, "service_code": None,
                            "permille": OWN_PERMILLE, "fixed_fen": 0, "valid_from": since, "valid_until": None}])
        load.restart(FeeRule, "id")
        before = next(rule for rule in catalog.fees(None, since) if rule.line == "platform_fee")
        diary.note(dice.moment(OWN_SINCE - 7, 10 * 60), facts.FEE_RULE_SET, f"fee_rule:{number}",
                   f"account:{officials.admin}", {
                       "line": "platform_fee", "firm": str(seat.id), "service": None, "from": since.isoformat(),
                       "before": {"rule": before.id, **before.figures}, "permille": OWN_PERMILLE, "fixed_fen": 0,
                       "until": None})
        return cls(seat.id, since)

    def own(self, firm: UUID, at: datetime) -> bool:
        """Whether a firm has a rate of its own at a moment."""
        return firm == self._firm and clock.local(at).date() >= self._since

    def fees(self, service: str, firm: UUID, at: datetime) -> list[FeeRule]:
        """What is charged on a service of a firm (nothing else has changed within the year)."""
        own = self.own(firm, at)
        if (service, own) not in self._found:
            self._found[service, own] = catalog.fees(service, clock.local(at).date(), firm)
        return self._found[service, own]
