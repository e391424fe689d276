"""What an upheld appeal voids never happened: not to the worker, not to her firm, not to others the family booked."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import service as credit
from qiaojiejie.credit.models import CreditEvent
from qiaojiejie.documents import facts as documents
from qiaojiejie.firms import facts as firm_facts
from qiaojiejie.firms.models import Firm
from qiaojiejie.reviews import facts as reviews
from qiaojiejie.standings import queries, service as standings
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.workers import facts as worker_facts
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.standings.scene import NOON, assert_all_replays, complete, parties, review, tell, verify

pytestmark = pytest.mark.usefixtures("world")
Run = Callable[[], int]
NEUTRAL = ("k_worker", "k_firm", "hh_n", "hh_dev_milli")
#: the world in which nothing was told, worked out once: on the day, and twenty days later
NEVER: list[dict[str, Any]] = []


class Town:
    """Two workers of one firm and one of another, a family that books all three, and another family."""

    def __init__(self) -> None:
        self.firm, self.elsewhere = factories.firm(), factories.firm()
        self.her = factories.worker(of=self.firm, account_id=factories.account().id)
        self.mate, self.other = factories.worker(of=self.firm), factories.worker(of=self.elsewhere)
        self.family, self.second = factories.household().id, factories.household().id
        self.order, self.late, self.complaint, self.paper = (str(uuid4()) for _ in range(4))

    @property
    def people(self) -> list[Worker]:
        """The three workers."""
        return [self.her, self.mate, self.other]

    @property
    def firms(self) -> list[Firm]:
        """The two firms."""
        return [self.firm, self.elsewhere]

    def visit(self, worker: Worker, family: UUID, mark: int, **more: Any) -> None:
        """One order, marked."""
        review(worker, family, complete(worker, family, clock.now(), **more), mark, clock.now())

    def before(self) -> None:
        """What happened before."""
        for worker in self.people:
            verify(worker, clock.now())
            self.visit(worker, self.family, 4)
        self.visit(self.her, self.second, 5)
        about = parties(self.her, self.family)
        tell(booking.COMPLETED, f"booking:{self.order}", clock.now(), by="household", start="", late_minutes=0, **about)
        review(self.her, self.family, self.order, 1, clock.now())
        tell(casework.OPENED, f"booking:{self.order}", clock.now(), complaint=self.complaint, **about)

    def after(self) -> None:
        """What happened afterwards: others' neutral facts depend on what was there before."""
        self.visit(self.mate, self.family, 5)
        self.visit(self.other, self.family, 3)
        self.visit(self.her, self.family, 5, late=40)


def _booking(fact: str, **data: Any) -> Callable[[Town], int]:
    return lambda town: tell(fact, f"booking:{town.order}", clock.now(), **data, **parties(town.her, town.family))


def _complaint(fact: str, **data: Any) -> Callable[[Town], int]:
    return lambda town: _booking(fact, complaint=town.complaint, **data)(town)


def _paper(kind: str, **data: Any) -> Callable[[Town], int]:
    said = {"level": None, "insurance_class": None, "conclusion": None, "valid_until": "2026-12-24", **data}
    return lambda town: tell(documents.VERIFIED, f"worker:{town.her.id}", clock.now(), document=town.paper, kind=kind,
                             firm=str(town.firm.id), **said)


def _recorded(type_: str, **data: Any) -> Callable[[Town], int]:
    def told(town: Town) -> int:
        entry_id = credit.record(type=type_, by="system", worker_id=town.her.id, firm_id=town.firm.id, **data)
        assert entry_id is not None
        return entry_id

    return told


def _of_firm(type_: str, **data: Any) -> Callable[[Town], int]:
    return lambda town: credit.record(type=type_, by="system", firm_id=town.firm.id, **data) or 0


def _completed(town: Town) -> int:
    return tell(booking.COMPLETED, f"booking:{town.late}", clock.now(), by="household", start="", late_minutes=60,
                **parties(town.her, town.family))


def _moved(fact: str, elsewhere: bool) -> Callable[[Town], int]:
    return lambda town: tell(fact, f"worker:{town.her.id}", clock.now(),
                             firm=str((town.elsewhere if elsewhere else town.firm).id))


EVENTS: dict[str, Callable[[Town], int]] = {
    "order_completed": _completed,
    "rating": _booking(reviews.PUBLISHED, review="r", side="household", overall=4, aspects={
        "skill": 4, "attitude": 4, "punctuality": 4, "honesty": 4, "communication": 4}),
    "no_show": _booking(booking.WORKER_ABSENT),
    "cancel_worker": _booking(booking.CANCELLED, by="worker", notice_minutes=30),
    "cancel_household": _booking(booking.CANCELLED, by="household", notice_minutes=30),
    "cancel_firm": _booking(booking.DECLINED, by="firm"),
    "complaint_opened": _complaint(casework.OPENED),
    "complaint_answered": _complaint(casework.ANSWERED, working_days=9),
    "complaint_substantiated": _complaint(casework.SUBSTANTIATED, severity=3),
    "complaint_dismissed": _complaint(casework.DISMISSED),
    "mediation": _complaint(casework.MEDIATED, outcome="refused"),
    "identity": _paper("identity"), "health": _paper("health"), "background": _paper("background", conclusion="clear"),
    "insurance": _paper("insurance"), "certificate": _paper("certificate", level=2),
    "joined": _moved(worker_facts.JOINED, True), "left": _moved(worker_facts.LEFT, False),
    "sanction": _recorded("sanction", level=2, until=20900), "block": _recorded("blacklist_on"),
    "unblock": _recorded("blacklist_off"), "honour": _recorded("honour_on"),
    "firm_block": _of_firm("blacklist_on"), "firm_sanction": _of_firm("sanction", level=1, until=20900),
    "firm_sent": _of_firm("blocked_worker_sent"),
    "firm_licence": lambda town: tell(firm_facts.ACCEPTED, f"firm:{town.firm.id}", clock.now(),
                                      valid_until="2026-11-01")}


#: the rule makes nothing of these here: she has the paper already, or it was opened before, or nothing is to be undone
OF_NO_EFFECT = ("cancel_household", "identity", "health", "complaint_opened", "unblock", "honour")


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is noon in Suqian."""
    with clock.frozen(NOON):
        yield


@pytest.fixture()
def town() -> Town:
    """The town, before anything happened."""
    return Town()


def live(town: Town, run_jobs: Run, sweep: Callable[[str], None],
         told: Callable[[Town], int] | None = None) -> list[dict[str, Any]]:
    """Everything that stands in a world in which something was told, or never was: on the day, and twenty days after it
    was voided; undone."""
    with db.session.begin_nested() as world:
        town.before()
        run_jobs()
        entry_id = told(town) if told else None
        run_jobs()
        town.after()
        run_jobs()
        standings.rescore_due_firms()
        stood = snapshot(town, entry_id)
        if entry_id is not None:
            promised, event = without(town, entry_id), event_of(entry_id)
            credit.record(type="appeal_upheld", by="system", worker_id=event.worker_id, firm_id=event.firm_id,
                          ref=entry_id)
            run_jobs()
            standings.rescore_due_firms()
            assert promised == shown(town)
        with clock.frozen(NOON + timedelta(days=20)):
            for _ in range(2):
                sweep("turn_the_day")
                run_jobs()
            found = snapshot(town, entry_id)
            if told:
                assert_all_replays()
        world.rollback()
    db.session.expire_all()
    return [stood, found]


def shown(town: Town) -> list[dict[str, Any]]:
    """What is shown of everybody."""
    found = [*(queries.row(each.id) for each in town.people), *(queries.firm_row(each.id) for each in town.firms)]
    return [{name: each[name] for name in ("score", "grade")} for each in found if each]


def event_of(entry_id: int) -> CreditEvent:
    """The event a ledger entry made."""
    return db.session.scalars(sa.select(CreditEvent).where(CreditEvent.entry_id == entry_id)).one()


def without(town: Town, entry_id: int) -> list[dict[str, Any]]:
    """What a petitioner is told that it would be, of everybody."""
    return [*(queries.without(worker_id=each.id, entry_ids=[entry_id]) for each in town.people),
            *(queries.without(firm_id=each.id, entry_ids=[entry_id]) for each in town.firms)]


def snapshot(town: Town, but: int | None) -> dict[str, Any]:
    """All standings and neutral facts by who is who, but for one entry and what voids it."""
    who: dict[UUID | None, str] = {None: "nobody", **{each.id: f"worker {n}" for n, each in enumerate(town.people)},
                                   **{each.id: f"firm {n}" for n, each in enumerate(town.firms)}}
    events = db.session.scalars(sa.select(CreditEvent).where(
        CreditEvent.type.in_(("order_completed", "rating")), CreditEvent.entry_id != (but or 0)))
    return {
        "workers": {who[row.worker_id]: (row.score, row.grade, who[row.firm_id], row.own, row.held_until,
                                         timeless(row.explanation)) for row in db.session.scalars(sa.select(Standing))},
        "firms": {who[row.firm_id]: (row.score, row.grade, timeless(row.explanation))
                  for row in db.session.scalars(sa.select(FirmStanding))},
        "facts": [(who[row.worker_id], row.type, *(row.data.get(name) for name in NEUTRAL))
                  for row in sorted(events, key=lambda row: row.entry_id)]}


def timeless(explanation: dict[str, Any]) -> dict[str, Any]:
    """An explanation without days, and without numbers of entries."""
    return {name: value for name, value in explanation.items() if name not in ("as_of", "due", "events")}


@pytest.mark.parametrize("kind", EVENTS)
def test_what_an_appeal_voids_is_as_if_it_never_was(
        town: Town, run_jobs: Run, sweep: Callable[[str], None], kind: str) -> None:
    if not NEVER:
        NEVER.extend(live(town, run_jobs, sweep))
    stood, voided = live(town, run_jobs, sweep, EVENTS[kind])
    assert voided == NEVER[1]
    assert (stood == NEVER[0]) == (kind in OF_NO_EFFECT)
