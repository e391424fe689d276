"""Shapes of feeds."""

from marshmallow import fields

from qiaojiejie.core.schema import Moment, Schema

ROLE = {"description": "whose bookings: those of the role acted in", "example": "household"}
PATH = "/api/v1/calendar-feeds/Yx3mS0v7Jq1nT5bD9wKcE2hR8uFpL4zAoG6iV_tXk0M.ics"


class NewFeedOut(Schema):
    """A feed's secret address, told once."""

    role = fields.String(required=True, metadata=ROLE)
    path = fields.String(required=True, metadata={"example": PATH})
    url = fields.String(required=True, metadata={
        "description": "give it to a calendar app; who has it sees the times", "example": f"https://example.org{PATH}"})
    made_at = Moment(required=True)


class FeedOut(Schema):
    """Whether there is a feed, since when, when it was last fetched; never its address."""

    role = fields.String(required=True, metadata=ROLE)
    exists = fields.Boolean(required=True, metadata={"example": True})
    made_at = Moment(required=True, allow_none=True)
    fetched_at = Moment(required=True, allow_none=True)
