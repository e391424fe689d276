"""Shapes: marshmallow fields that know this product's values, and the page every list answers with."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from qiaojiejie.core import clock
from qiaojiejie.core.money import in_words
from qiaojiejie.core.paging import LIMIT, MOST
from qiaojiejie.core.secrets import Sealed


class Schema(ma.Schema):
    """Base shape: a field that is not in it is refused, so nothing owned by the server can be sent in."""

    class Meta:
        unknown = ma.RAISE
        ordered = True

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """A day that is taken has a day before and after it in every time zone: beyond that clocks have no answer."""
        if isinstance(field_obj, fields.Date) and not field_obj.validators:  # else it has bounds of its own
            field_obj.validators.append(_has_neighbours)


def _has_neighbours(day: date | None) -> None:
    if day is not None and not 1000 <= day.year <= 8999:
        raise ma.ValidationError("Not a valid date.")


@cache
def shape(kind: type[ma.Schema]) -> ma.Schema:
    """The one instance of a shape, made when it is first used: marshmallow copies every field to make one."""
    return kind()


class Later:
    """What a route answers with, by a shape that is made when the route is first asked."""

    def __init__(self, kind: type[ma.Schema]) -> None:
        self.kind = kind

    def dump(self, found: Any) -> Any:
        """As the shape dumps it."""
        return shape(self.kind).dump(found)


class FilterSchema(Schema):
    """Base of query strings. What is read is the same for the same text, but for what ``timely`` looks at."""

    def coherent(self, data: dict[str, Any]) -> None:
        """Does what is said go together? Raises ValidationError."""

    def timely(self, data: dict[str, Any]) -> None:
        """Is it right at this time? Raises ValidationError."""

    @ma.validates_schema
    def right(self, data: dict[str, Any], **_: Any) -> None:
        """Is it both, now?"""
        self.coherent(data)
        self.timely(data)


class Text(fields.String):
    """A trimmed string without NUL (PostgreSQL can't store one), at most ``most`` characters, not empty."""

    def __init__(self, *, most: int = 200, least: int = 1, **kwargs: Any) -> None:
        checks = [validate.Length(min=least, max=most)]
        given = kwargs.pop("validate", None)
        if given is not None:
            checks += given if isinstance(given, list) else [given]
        super().__init__(validate=checks, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            raise self.make_error("invalid")
        return text.strip()


class Whole(fields.Integer):
    """A whole number within bounds (never beyond a bigint)."""

    def __init__(self, *, least: int = 0, most: int = 2**53, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=most), **kwargs)


class QueryWhole(fields.Integer):
    """A whole number written in a query string."""

    def __init__(self, *, least: int = 0, most: int = 2**53, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=least, max=most), **kwargs)


class Moment(fields.AwareDateTime):
    """A moment with its offset (RFC 3339); answered in Asia/Shanghai, held in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {}).setdefault("example", "2026-12-01T09:00:00+08:00")
        super().__init__(format="iso", **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else clock.local(value).isoformat(timespec="seconds")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        text = value.replace(" ", "+") if isinstance(value, str) else value  # an unescaped + in a query string
        moment = super()._deserialize(text, attr, data, **kwargs)
        if not 2000 <= moment.year <= 2100:
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return moment.astimezone(UTC)


class MoneySchema(Schema):
    """An amount: fen as a whole number, the currency, and how a person reads it."""

    amount = fields.Integer(required=True, metadata={"description": "fen", "example": 12000})
    currency = fields.String(required=True, metadata={"example": "CNY"})
    display = fields.String(required=True, metadata={"example": "¥120.00"})


class Money(fields.Nested):
    """Integer fen, answered as MoneySchema."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(MoneySchema, dump_only=True, **kwargs)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any,  # type: ignore[override]
                   **kwargs: Any) -> Any:
        return None if nested_obj is None else in_words(nested_obj)


class Masked(fields.String):
    """A sealed value, answered masked."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.masked if isinstance(value, Sealed) else value


class PageFilter(FilterSchema):
    """How a list is paged."""

    cursor = Text(most=2000, metadata={"description": "`next_cursor` of the page before; leave out for the first page",
                                       "example": "WzgxMiwxN10.Kx3v"})
    limit = QueryWhole(least=1, most=MOST, load_default=LIMIT,
                       metadata={"description": f"items a page, at most {MOST}", "example": LIMIT})


@cache
def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The shape of one page of ``item``s: ``{"items": […], "next_cursor": …}``."""
    name = item.__name__.removesuffix("Out") + "PageOut"
    return type(name, (Schema,), {
        "__doc__": f"One page of {item.__name__}.",
        "items": fields.List(fields.Nested(item), required=True),
        "next_cursor": fields.String(required=True, allow_none=True, metadata={
            "description": "give it as `cursor` for the next page; null on the last page",
            "example": "WzgxMiwxN10.Kx3v"}),
    })
