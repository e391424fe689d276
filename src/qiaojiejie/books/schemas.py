"""Shapes of the books."""

from marshmallow import fields

from qiaojiejie.core.schema import Moment, Schema


class LedgerTroubleOut(Schema):
    """One thing that is wrong in the books."""

    check = fields.String(required=True, metadata={"example": "charge"})
    subject = fields.String(required=True, metadata={"example": "payment:0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    detail = fields.String(required=True, metadata={"example": "succeeded without an equal charge"})
    since = Moment(required=True, allow_none=True)


class LedgerHealthOut(Schema):
    """Whether the books are right; at most 100 troubles are listed."""

    healthy = fields.Boolean(required=True, metadata={"example": True})
    troubles = fields.List(fields.Nested(LedgerTroubleOut), required=True, metadata={"example": []})
