"""Days of work over HTTP: written down, spoken of by each side, agreed in silence, released to the fen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from tests.attendance.conftest import Engage
from tests.attendance.engagement import DAY, Engagement

Sweep = Callable[[str], None]
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
#: three days of 500 yuan, 15 % and 2 % of it, 2 yuan: no third of it is a whole number of fen
TOTAL, FEE = 175_700, 3_000
PRICES = (58_567, 58_566, 58_567)
#: whoever is not named here may not, or not from that state: (state, answer, party) → where it goes
SAID = {
    ("recorded", "agree", "household"): "agreed", ("contested", "agree", "household"): "agreed",
    ("recorded", "contest", "household"): "contested",
    **{(state, "amend", party): "recorded" for state in ("recorded", "contested") for party in ("worker", "firm")},
    **{(state, "withdraw", party): "struck" for state in ("recorded", "contested") for party in ("worker", "firm")},
    ("contested", "uphold", "mediator"): "agreed", ("contested", "strike", "mediator"): "struck"}
ANSWERS = ("agree", "contest", "amend", "withdraw", "uphold", "strike")


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, (answer.json or {}).get("code", "")


def states(it: Engagement) -> list[str]:
    """The states of the days written down, in order."""
    db.session.flush()
    return list(db.session.execute(sa.text("SELECT state FROM workday WHERE booking_id = :id ORDER BY day"),
                                   {"id": it.id}).scalars())


def contested(it: Engagement, number: int, minutes: int = 600) -> str:
    """A day the family contests; its id."""
    workday = it.write_down(number, minutes).json["id"]
    answer = it.answer(workday, "contest", at=it.evening(number) + HOUR, reason="not_there")
    assert answer.json["state"] == "contested" and answer.json["reason"] == "not_there"
    return str(workday)


def completed(it: Engagement) -> dict[str, int]:
    """The family says that it was done, and everything that is due happens: what stands on which account."""
    assert it.booking.state == "served"
    assert it.post(f"/bookings/{it.id}/confirmations", it.family).status_code == 200
    it.run_jobs()
    it.hear()
    return it.balances()


def kept(amount: int, total: int = TOTAL, fee: int = FEE) -> dict[str, int]:
    """How the books stand when ``amount`` fen of it were released and the rest went back."""
    platform = (2 * amount * fee + total) // (2 * total)
    expected = {"stripe_clearing": amount, "firm_payable": platform - amount, "platform_fee": -platform}
    return {account: fen for account, fen in expected.items() if fen}


@pytest.mark.parametrize("state", ["recorded", "contested", "agreed", "struck"])
def test_of_a_day_each_side_may_say_what_is_hers_to_say_and_nothing_else(engage: Engage, world: sa.Connection,
                                                                         state: str) -> None:
    it = engage(days=3).under_way()
    workday, at = (contested(it, 1) if state == "contested" else it.write_down(1).json["id"]), it.evening(1) + 2 * HOUR
    for ended, by, how in (("agreed", it.family, "agree"), ("struck", it.nurse, "withdraw")):
        assert state != ended or it.answer(workday, how, by, at).json["state"] == ended
    sides = {"household": it.family, "worker": it.nurse, "firm": it.firm, "mediator": it.mediator}
    for answer in ANSWERS:
        for party, who in sides.items():
            with world.begin_nested() as undo:
                found = it.answer(workday, answer, who, at, minutes=300, reason="other")
                target = SAID.get((state, answer, party))
                if target is not None:
                    assert (found.status_code, found.json["state"]) == (200, target), (answer, party)
                else:
                    its = party in {side for _, what, side in SAID if what == answer}
                    assert refused(found) == ((409, "StepNotPossible") if its else (403, "NotYourStep"))
                undo.rollback()
                db.session.expire_all()
    assert states(it) == [state]


def test_each_agreed_day_is_released_to_the_fen_and_all_days_are_the_total(engage: Engage) -> None:
    it = engage(days=3).under_way()
    assert [each["amount"] for each in it.booking.schedule] == list(PRICES)
    for number, upto in ((1, 58_567), (2, 117_133), (3, TOTAL)):
        it.work(number)
        assert it.released() == upto
    assert it.balances() == kept(TOTAL)
    assert completed(it) == kept(TOTAL) and it.booking.state == "completed" and it.given_back() == []


def test_what_a_family_has_not_agreed_to_is_not_released(engage: Engage) -> None:
    it = engage(days=3).under_way()
    it.write_down(1)
    contested(it, 2)
    assert it.released() == 0 and it.balances() == {"stripe_clearing": TOTAL, "escrow": -TOTAL}


def test_silence_agrees_after_48_hours_exactly_and_then_a_day_is_contested_no_more(engage: Engage, sweep: Sweep,
                                                                                   world: sa.Connection) -> None:
    it = engage(days=3).under_way()
    workday, agrees = it.write_down(1).json["id"], it.evening(1) + 48 * HOUR
    with clock.frozen(agrees - SECOND):
        sweep("agree_in_silence")
        assert states(it) == ["recorded"]
        with world.begin_nested() as undo:
            assert it.answer(workday, "contest", at=agrees - SECOND, reason="other").status_code == 200
            undo.rollback()
            db.session.expire_all()
    assert refused(it.answer(workday, "contest", at=agrees, reason="other")) == (409, "TooLate")
    with clock.frozen(agrees):
        sweep("agree_in_silence")
        sweep("agree_in_silence")
    assert states(it) == ["agreed"] and it.released() == PRICES[0]
    shown = it.client.get(f"/api/v1/bookings/{it.id}/workdays", headers=it.family).json["items"]
    assert shown[0]["workday"]["settled_by"] == "system" and [each["workday"] for each in shown[1:]] == [None, None]
    it.run_jobs()
    assert it.notices().count("workday_recorded") == 1 and "workday_agreed" not in it.notices()


def test_silence_does_not_agree_while_a_complaint_is_open_nor_to_what_is_contested(engage: Engage,
                                                                                   sweep: Sweep) -> None:
    it = engage(days=3).under_way()
    it.write_down(1)
    contested(it, 2)
    with clock.frozen(it.evening(2) + HOUR):
        opened = it.post(f"/bookings/{it.id}/complaints", it.family, {"kind": "damage", "words": "打碎了花瓶"})
        assert opened.status_code == 201, opened.json
        it.run_jobs()
    with clock.frozen(it.evening(3) + 48 * HOUR):
        sweep("agree_in_silence")
        assert states(it) == ["recorded", "contested"]
        decided = it.post(f"/complaints/{opened.json['id']}/decisions", it.mediator, {
            "outcome": "dismissed", "finding": "无证据"})
        assert decided.status_code in (200, 201), decided.json
        it.run_jobs()
        sweep("agree_in_silence")
    assert states(it) == ["agreed", "contested"] and it.released() == PRICES[0]


def test_a_day_is_written_down_from_its_midnight_in_suqian_until_72_hours_after_it_over_the_end_of_a_month(
        engage: Engage) -> None:
    today = clock.today()
    month_after_next = (today.replace(day=1) + 70 * DAY).replace(day=1)
    it = engage(days=3, starts=(month_after_next - DAY - today).days).under_way()
    assert [it.day(number).day for number in (2, 3)] == [1, 2] and it.day(1).month != it.day(2).month
    first = clock.midnight(it.day(2))
    assert refused(it.write_down(2, at=first - SECOND)) == (409, "TooEarly")
    assert it.write_down(2, at=first).status_code == 201
    closes = clock.midnight(it.day(2)) + 72 * HOUR  # 72 hours after the last moment of day 1
    assert refused(it.write_down(1, at=closes)) == (409, "TooLate")
    assert it.write_down(1, at=closes - SECOND).status_code == 201
    assert refused(it.write_down(3, at=it.start)) == (409, "TooEarly")


@pytest.mark.parametrize("minutes, half, fen", [(60, True, 29_284), (480, True, 29_284), (481, False, 58_567),
                                                (1440, False, 58_567)])
def test_half_a_day_is_up_to_eight_hours_exactly_and_its_other_half_goes_back(engage: Engage, minutes: int, half: bool,
                                                                              fen: int) -> None:
    it = engage(days=3).under_way()
    written = it.write_down(1, minutes).json
    assert (written["half"], written["amount"]["amount"]) == (half, fen)
    it.answer(written["id"], "agree", at=it.evening(1))
    assert it.released() == fen
    it.work(2)
    it.work(3)
    it.run_jobs()
    it.hear()
    back = PRICES[0] - fen
    assert it.given_back() == ([("booking.days_unworked", "succeeded", back)] if back else [])
    assert completed(it) == kept(TOTAL - back)


@pytest.mark.parametrize("minutes, expected", [(59, 422), (1441, 422), (0, 422), (None, 422)])
def test_nobody_works_less_than_an_hour_or_more_than_a_day(engage: Engage, minutes: Any, expected: int) -> None:
    it = engage(days=3).under_way()
    assert it.write_down(1, minutes).status_code == expected and states(it) == []


def test_an_amended_day_is_contested_no_more_and_its_48_hours_begin_anew(engage: Engage, sweep: Sweep) -> None:
    it = engage(days=3).under_way()
    workday = contested(it, 1)
    later = it.evening(1) + 40 * HOUR
    assert refused(it.answer(workday, "amend", it.nurse, later)) == (409, "MinutesNeeded")
    amended = it.answer(workday, "amend", it.firm, later, minutes=480).json
    assert (amended["state"], amended["half"], amended["amount"]["amount"], amended["reason"]) == (
        "recorded", True, 29_284, None)
    with clock.frozen(later + 48 * HOUR - SECOND):
        sweep("agree_in_silence")
        assert states(it) == ["recorded"]
    with clock.frozen(later + 48 * HOUR):
        sweep("agree_in_silence")
    assert states(it) == ["agreed"] and it.released() == 29_284


def test_a_day_contested_needs_a_reason(engage: Engage) -> None:
    it = engage(days=3).under_way()
    workday = it.write_down(1).json["id"]
    assert refused(it.answer(workday, "contest", at=it.evening(1))) == (409, "ReasonNeeded")
    assert it.answer(workday, "contest", at=it.evening(1), reason="bored").status_code == 422
    assert states(it) == ["recorded"]


@pytest.mark.parametrize("decision, state, fen", [("uphold", "agreed", TOTAL), ("strike", "struck", 117_134)])
def test_a_mediator_decides_what_nobody_settles_and_the_engagement_ends_with_it(
        engage: Engage, sweep: Sweep, decision: str, state: str, fen: int) -> None:
    it = engage(days=3).under_way()
    it.work(1)
    workday = contested(it, 2)
    it.work(3)
    with clock.frozen(it.evening(3) + 10 * DAY):
        sweep("agree_in_silence")
        sweep("finish_engagements")
    assert it.booking.state == "under_way" and states(it) == ["agreed", "contested", "agreed"]
    found = it.answer(workday, decision, it.mediator, it.evening(3) + 10 * DAY)
    assert (found.json["state"], found.json["settled_by"]) == (state, "mediator")
    it.run_jobs()
    kind = "workday_agreed" if decision == "uphold" else "workday_struck"
    assert it.notices().count(kind) == it.notices(it.worker.account_id).count(kind) == 1
    assert completed(it) == kept(fen)


def test_a_day_is_written_down_once_and_only_of_those_agreed_on(engage: Engage) -> None:
    it = engage(days=3)
    it.book()
    assert refused(it.write_down(1)) == (409, "NotUnderWay")
    it.pay_all()
    assert refused(it.write_down(1)) == (409, "NotUnderWay")
    it.arrive()
    assert it.write_down(1).status_code == 201
    assert refused(it.write_down(1, who=it.firm)) == (409, "DayRecordedAlready")
    assert refused(it.write_down(4)) == (409, "DayNotPlanned")
    assert refused(it.write_down(0)) == (409, "DayNotPlanned")
    it.answer(it.write_down(2, who=it.firm).json["id"], "withdraw", it.nurse, it.evening(2))
    assert refused(it.write_down(2)) == (409, "DayRecordedAlready") and states(it) == ["recorded", "struck"]


def test_days_nobody_writes_down_go_back_once_72_hours_have_passed_exactly(engage: Engage, sweep: Sweep) -> None:
    it = engage(days=3).under_way()
    it.work(2)
    closes = clock.midnight(it.day(4)) + 72 * HOUR
    with clock.frozen(closes - SECOND):
        sweep("finish_engagements")
        assert it.booking.state == "under_way"
    with clock.frozen(closes):
        sweep("finish_engagements")
        it.run_jobs()
        assert it.booking.state == "served" and it.booking.refund_fen == TOTAL - PRICES[1]
        assert "booking_days_unworked" in it.notices()
        it.hear()
    with clock.frozen(closes + 48 * HOUR - SECOND):
        sweep("complete_served")
        assert it.booking.state == "served"
    with clock.frozen(closes + 48 * HOUR):
        sweep("complete_served")
        it.run_jobs()
    assert it.booking.state == "completed" and it.balances() == kept(PRICES[1])


def test_an_engagement_nobody_worked_gives_everything_back_the_balance_first(engage: Engage, sweep: Sweep) -> None:
    it = engage(days=3).under_way()
    with clock.frozen(it.evening(3) + 4 * DAY):
        sweep("finish_engagements")
        it.run_jobs()
        it.hear()
    assert [(state, fen) for _, state, fen in it.given_back()] == [("succeeded", 122_990), ("succeeded", 52_710)]
    assert completed(it) == {}


def test_the_same_key_twice_writes_a_day_down_once_and_answers_once(engage: Engage) -> None:
    it = engage(days=3).under_way()
    nurse, family = {**it.nurse, "Idempotency-Key": "day-1"}, {**it.family, "Idempotency-Key": "yes-1"}
    first, again = it.write_down(1, who=nurse), it.write_down(1, who=nurse)
    assert (first.status_code, again.status_code) == (201, 201) and first.json == again.json
    assert it.write_down(1, 300, who=nurse).status_code == 422
    for _ in range(2):
        answer = it.answer(first.json["id"], "agree", family, it.evening(1))
        assert (answer.status_code, answer.json["state"]) == (200, "agreed")
    assert states(it) == ["agreed"] and it.released() == PRICES[0]
    assert refused(it.answer(first.json["id"], "agree", at=it.evening(1))) == (409, "StepNotPossible")
