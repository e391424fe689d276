"""Shapes of the address book and of a household's members."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.core import clock
from qiaojiejie.core.schema import Masked, Moment, Schema, Text, Whole, page_of
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import rules
from qiaojiejie.identity.schemas import Phone


class OwnWords(Masked):
    """A sealed value answered in full to the one who wrote it; to nobody else, so no look is recorded."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.reveal() if isinstance(value, Sealed) else value


class Coordinates(fields.String):
    """The system a place is given in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(["wgs84", "gcj02"]), metadata={
            "description": "the system lng and lat are in: gcj02 from a Chinese map, wgs84 from a GPS",
            "example": "wgs84"}, **kwargs)


class WhereIn(Schema):
    """Where somebody is now."""

    lng = fields.Float(required=True, validate=validate.Range(-180, 180), metadata={"example": 118.2735})
    lat = fields.Float(required=True, validate=validate.Range(-90, 90), metadata={"example": 33.9391})
    coordinates = Coordinates(load_default="wgs84")


class AddressPatchIn(Schema):
    """What to change in an address; what is left out stays as it was."""

    label = Text(most=20, metadata={"example": "家"})
    region_code = Text(most=6, metadata={"description": "GB/T 2260, one of GET /regions", "example": "321302"})
    detail = Text(most=200, least=2, metadata={"description": "street, building and door",
                                               "example": "幸福路 1 号 2 单元 301"})
    contact_name = Text(most=30, metadata={"example": "王小明"})
    contact_phone = Phone(metadata={"example": "13800000001"})
    lng = fields.Float(allow_none=True, validate=validate.Range(-180, 180), metadata={
        "description": "longitude; null with lat for the region's centre", "example": 118.2735})
    lat = fields.Float(allow_none=True, validate=validate.Range(-90, 90), metadata={"example": 33.9391})
    coordinates = Coordinates()

    @validates_schema
    def _both_or_neither(self, data: dict[str, Any], **_: Any) -> None:
        if ("lng" in data) != ("lat" in data) or (data.get("lng") is None) != (data.get("lat") is None):
            raise ValidationError("经度和纬度要一起给|Give lng and lat together",
                                  field_name="lat" if data.get("lng") is not None else "lng")


class AddressIn(AddressPatchIn):
    """An address to keep."""

    label = Text(most=20, required=True, metadata={"example": "家"})
    region_code = Text(most=6, required=True, metadata={"description": "GB/T 2260, one of GET /regions",
                                                        "example": "321302"})
    detail = Text(most=200, least=2, required=True, metadata={"description": "street, building and door",
                                                              "example": "幸福路 1 号 2 单元 301"})
    contact_name = Text(most=30, required=True, metadata={"example": "王小明"})
    contact_phone = Phone(required=True, metadata={"example": "13800000001"})


class AddressOut(Schema):
    """An address in the family's own book, shown in full to that family alone."""

    id = fields.UUID(required=True)
    label = fields.String(required=True, metadata={"example": "家"})
    region_code = fields.String(required=True, metadata={"example": "321302"})
    detail = OwnWords(required=True, metadata={"example": "幸福路 1 号 2 单元 301"})
    lng = fields.Float(required=True, metadata={"description": "WGS-84", "example": 118.2735})
    lat = fields.Float(required=True, metadata={"description": "WGS-84", "example": 33.9391})
    contact_name = OwnWords(required=True, metadata={"example": "王小明"})
    contact_phone = OwnWords(required=True, metadata={"example": "13800000001"})
    created_at = Moment(required=True)


AddressPageOut = page_of(AddressOut)

NEEDS = ", ".join(f"{code} {name}" for code, name in rules.NEEDS.items())


class Need(fields.String):
    """A care need from the dictionary."""

    def __init__(self) -> None:
        super().__init__(validate=validate.OneOf(list(rules.NEEDS)), metadata={"example": "semi_dependent"})


class MemberPatchIn(Schema):
    """What to change in a member; what is left out stays as it was."""

    name = Text(most=30, metadata={"example": "王桂兰"})
    birth_year = Whole(least=1900, most=2100, metadata={"example": 1948})
    relation = fields.String(validate=validate.OneOf(list(rules.RELATIONS)), metadata={"example": "parent"})
    needs = fields.List(Need(), validate=validate.Length(max=len(rules.NEEDS)), metadata={
        "description": f"what care is needed: {NEEDS}; no diagnosis"})

    @validates_schema(skip_on_field_errors=True)
    def _possible(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("birth_year", 0) > clock.today().year:
            raise ValidationError("出生年份不能晚于今年|The year of birth is yet to come", field_name="birth_year")
        if set(rules.EITHER) <= set(data.get("needs", ())):
            raise ValidationError("半自理和不能自理只选一个|Give semi_dependent or dependent, not both",
                                  field_name="needs")


class MemberIn(MemberPatchIn):
    """Somebody of the household who is cared for."""

    name = Text(most=30, required=True, metadata={"example": "王桂兰"})
    birth_year = Whole(least=1900, most=2100, required=True, metadata={"example": 1948})
    relation = fields.String(required=True, validate=validate.OneOf(list(rules.RELATIONS)), metadata={
        "description": "what they are to who keeps this account", "example": "parent"})
    needs = fields.List(Need(), required=True, validate=validate.Length(max=len(rules.NEEDS)), metadata={
        "description": f"what care is needed, may be empty: {NEEDS}; no diagnosis"})


class MemberOut(Schema):
    """A member as lists show it: the name masked."""

    id = fields.UUID(required=True, metadata={"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    name = Masked(required=True, metadata={"description": "masked", "example": "王**"})
    birth_year = fields.Integer(required=True, metadata={"example": 1948})
    relation = fields.String(required=True, validate=validate.OneOf(list(rules.RELATIONS)), metadata={
        "example": "parent"})
    needs = fields.List(Need(), required=True, attribute="care")
    created_at = Moment(required=True)


class OwnMemberOut(MemberOut):
    """A member in full, to the family alone."""

    name = OwnWords(required=True, metadata={"example": "王桂兰"})


MemberPageOut = page_of(MemberOut)
