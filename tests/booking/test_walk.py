"""Every step of a booking that is taken through another room, tried over HTTP from every state by every party: what the
table does not have is refused and changes nothing. What they do is told in the rooms named in ``TAKEN_IN``."""

from itertools import product
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from tests import factories
from tests.booking.test_routes import STEPS, headers_of, tomorrow

ROOT = Path(__file__).parents[1]
START = clock.local(tomorrow(15, days=4)).isoformat()
SOMEBODY = str(ids.new())

#: endpoint → its body, and party → the step that it asks for, or would come to
ASKED = {
    "reschedules": ({"start": START, "expected_difference": 0}, {"household": "reschedule", "firm": "reschedule"}),
    "extensions": ({"minutes": 30, "expected_difference": 0}, {"household": "extend", "worker": "extend"}),
    "substitutions": ({"reason": "worker_ill", "worker_ids": [SOMEBODY]}, {"firm": "substitute"}),
    "beginnings": ({"starts_on": START[:10]}, {"household": "say_beginning", "firm": "say_beginning"}),
    "replacements": ({"reason": "other"}, {"household": "seek_replacement", "firm": "seek_replacement"}),
    "replacement-answers": ({"worker_id": SOMEBODY}, {"household": "replace"}),
    "endings": ({"expected_refund": 0, "reason": "not_needed"}, {"household": "end_early", "firm": "end_early"}),
}
#: a visit has no guarantee and no days that end; an engagement by days has them once it is under way
NOT_NOW = {"StepNotPossible", "GuaranteeNotFound", "NotUnderWay", "NotByTheDay"}
#: step → where it is taken, when no endpoint of the booking's own takes it
TAKEN_IN = {
    "reschedule": "changes/test_moves.py", "extend": "changes/test_extensions.py",
    "substitute": "substitutions/test_substitutions.py", "take_nobody": "substitutions/test_substitutions.py",
    "say_beginning": "attendance/test_windows.py", "seek_replacement": "guarantees/test_guarantees.py",
    "replace": "guarantees/test_guarantees.py", "end_early": "attendance/test_endings.py",
    "move_hold": "series/test_edits.py", "reseat_hold": "series/test_edits.py",
    "confirm_payment": "payments/test_routes.py", "pay_balance": "payments/test_routes.py",
    "ask": "booking/test_requests.py", "lapse": "booking/test_requests.py", "expire": "booking/test_routes.py",
}


def test_every_step_of_the_table_is_walked_somewhere() -> None:
    walked = {step for by in STEPS.values() for step in by.values()}
    assert walked | set(TAKEN_IN) == set(BOOKING.steps) and not walked & set(TAKEN_IN)
    assert [file for file in TAKEN_IN.values() if not (ROOT / file).is_file()] == []
    asked = {step for _, by in ASKED.values() for step in by.values()}
    by_nobody = {name for name, row in BOOKING.steps.items() if row.parties <= {"system", "series"}}
    assert set(TAKEN_IN) - asked == by_nobody | {"take_nobody"}


@pytest.mark.parametrize("state", BOOKING.states)
def test_what_another_room_takes_is_refused_in_every_state_that_is_not_its_own(
        client: FlaskClient, world: object, state: str) -> None:
    booking, wrong = factories.booking(state), list[str]()
    for path, party in product(ASKED, ("household", "worker", "firm")):
        body, by = ASKED[path]
        step = by.get(party)
        if step is not None and state in BOOKING.steps[step].sources:
            continue
        answer = client.post(f"/api/v1/bookings/{booking.id}/{path}", headers=headers_of(booking, party), json=body)
        if answer.json["code"] not in (NOT_NOW if step else {"NotYourStep", "RoleRequired"}):
            wrong.append(f"{party} {path}: {answer.status_code} {answer.json['code']}")
        db.session.refresh(booking)
        assert booking.state == state, f"{party} {path}"
    assert not wrong
