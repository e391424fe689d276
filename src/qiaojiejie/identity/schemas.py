"""Shapes of identity."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from qiaojiejie.core.access import Role, actor
from qiaojiejie.core.schema import Masked, Moment, Schema, Text
from qiaojiejie.identity import rules

ORG = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"


class Phone(Text):
    """A mainland China mobile number, taken however it is written, held as its 11 digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"description": "a mainland China mobile number", "example": "13800000001"})
        super().__init__(most=30, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        number = rules.mobile(super()._deserialize(value, attr, data, **kwargs))
        if number is None:
            raise ValidationError("请填写中国大陆手机号码|Give a mainland China mobile number")
        return number


class CodeIn(Schema):
    """Where to send a one-time code."""

    phone = Phone(required=True)


class CodeSentOut(Schema):
    """The same for a number that has an account and for one that has none."""

    expires_in = fields.Integer(required=True, metadata={"description": "seconds the code can be used",
                                                         "example": 300})


class TokenIn(Schema):
    """A phone and the code that was sent to it."""

    phone = Phone(required=True)
    code = Text(required=True, most=6, validate=validate.Regexp(r"^[0-9]{6}\Z"),
                metadata={"description": "6 digits", "example": "000000"})


class RefreshIn(Schema):
    """A refresh token, which this spends."""

    refresh_token = Text(required=True, most=200, metadata={"example": "lQb3v0m4nXy2…"})


class AccountOut(Schema):
    """A person who can sign in."""

    id = fields.UUID(required=True)
    phone = Masked(required=True, metadata={"description": "masked", "example": "138****0001"})
    name = Masked(required=True, allow_none=True, metadata={"description": "masked", "example": "王**"})
    created_at = Moment(required=True)


class MembershipOut(Schema):
    """A role an account holds, in an organisation or in none."""

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(list(Role)), metadata={"example": "broker"})
    org_id = fields.UUID(required=True, allow_none=True, metadata={"description": "firm or station"})
    since = Moment(required=True)
    acting_as = fields.String(required=True, metadata={"description": "what to put in X-Acting-As",
                                                       "example": f"broker:{ORG}"})


class TokensOut(Schema):
    """A signed-in session: a short access token, and a refresh token that works once."""

    access_token = fields.String(required=True, metadata={"example": "eyJhbGciOiJIUzI1NiJ9…"})
    refresh_token = fields.String(required=True, metadata={"example": "lQb3v0m4nXy2…"})
    token_type = fields.String(required=True, metadata={"example": "Bearer"})
    expires_in = fields.Integer(required=True, metadata={"description": "seconds the access token lives",
                                                         "example": 900})
    account = fields.Nested(AccountOut, required=True)
    roles = fields.List(fields.Nested(MembershipOut), required=True)


class MeOut(Schema):
    """Who I am, and as what I may act."""

    account = fields.Nested(AccountOut, required=True)
    roles = fields.List(fields.Nested(MembershipOut), required=True)


class MeIn(Schema):
    """What I may change of my account."""

    name = Text(required=True, most=50, metadata={"example": "王小明"})


class SessionOut(Schema):
    """One place an account is signed in."""

    id = fields.UUID(required=True)
    device = fields.String(required=True, metadata={"example": "Mozilla/5.0 (iPhone)"})
    created_at = Moment(required=True)
    used_at = Moment(required=True, metadata={"description": "when its tokens were last renewed"})
    current = fields.Function(lambda session: session.id == actor().session_id, required=True,
                              metadata={"type": "boolean", "description": "the one asking", "example": True})


class LookOut(Schema):
    """One unmasked look at somebody's data: in which role, from which organisation, at what, and why."""

    at = Moment(required=True)
    role = fields.String(required=True, validate=validate.OneOf(list(Role)),
                         metadata={"example": "federation_auditor"})
    org_id = fields.UUID(required=True, allow_none=True, metadata={"description": "firm or station"})
    field = fields.String(required=True, metadata={"example": "phone"})
    reason = fields.String(required=True, metadata={"example": "complaint"})


class AppointmentIn(Schema):
    """Whom to give which role, where."""

    phone = Phone(required=True)
    role = fields.Enum(Role, by_value=True, required=True, metadata={"example": "broker"})
    org_id = fields.UUID(load_default=None, allow_none=True,
                         metadata={"description": "firm or station; a firm's manager may leave it out",
                                   "example": ORG})
