"""Demo mode's movable clock: one row, read by every request and job in demo mode and by nothing else.

So that a visitor can live through a whole booking in a minute: book tomorrow, move the clock to tomorrow.
"""

import math
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Response, request
from marshmallow import fields
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import clock
from qiaojiejie.core.access import fresh, public
from qiaojiejie.core.db import Model, db
from qiaojiejie.core.errors import Conflict
from qiaojiejie.core.hot import Headers
from qiaojiejie.core.http import Blueprint, House, refuses
from qiaojiejie.core.schema import Moment, Schema

blp = Blueprint("demo", description="演示模式 · Demo mode only; these addresses answer 404 in production.")


class DemoClock(Model):
    """How many seconds the demo's clock is ahead of the real one; at most one row."""

    __tablename__ = "demo_clock"
    __table_args__ = (sa.CheckConstraint("single", name="one_row"),)

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=sa.true())
    ahead_seconds: Mapped[int]


class ClockRunsForward(Conflict):
    """演示时钟只能往前拨。
    The demo clock can only be moved forward."""


class ClockIn(Schema):
    """Where to move the clock."""

    now = Moment(required=True)


class ClockOut(Schema):
    """What the clock shows."""

    now = Moment(required=True)
    ahead_seconds = fields.Integer(required=True, metadata={"example": 86400})


@blp.route("/demo/clock", methods=["GET"])
@public
@fresh
@blp.response(200, ClockOut)
def show() -> dict[str, object]:
    """演示时钟 · Read the demo clock"""
    ahead = db.session.scalar(sa.select(DemoClock.ahead_seconds)) or 0
    return {"now": clock.now(), "ahead_seconds": ahead}


@blp.route("/demo/clock", methods=["PUT"])
@public
@refuses(ClockRunsForward)
@blp.arguments(ClockIn)
@blp.response(200, ClockOut)
def move(body: dict[str, datetime]) -> dict[str, object]:
    """把演示时钟往前拨 · Move the demo clock forward"""
    if body["now"] < clock.now():
        raise ClockRunsForward()
    ahead = math.ceil((body["now"] - datetime.now(UTC)).total_seconds())
    db.session.merge(DemoClock(single=True, ahead_seconds=ahead))
    return {"now": body["now"], "ahead_seconds": ahead}


OFFSET = sa.text("SELECT ahead_seconds FROM demo_clock")


def follow_clock(app: House) -> None:
    """In demo mode every request and job reads how far the movable clock is ahead (table ``demo_clock``)."""

    def told() -> Headers:  # a page knows what time it is here
        return [("X-Demo-Now", clock.now().isoformat(timespec="seconds"))]

    def opening() -> Headers:
        set_clock()
        return told()

    @app.before_request
    def follow_demo_clock() -> None:
        if request.path.startswith(("/api/", "/log/")):
            set_clock()

    @app.after_request
    def tell_demo_clock(response: Response) -> Response:
        response.headers.extend(told())
        return response

    app.reads.opening = opening


def set_clock() -> None:
    """Shift this context's clock by the stored offset."""
    seconds = db.session.execute(OFFSET).scalar_one_or_none() or 0
    clock.shift(timedelta(seconds=seconds))
