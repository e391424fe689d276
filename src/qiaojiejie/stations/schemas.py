"""Shapes of stations."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.core.schema import PageFilter, Schema, Text, page_of


class StationFilter(PageFilter):
    """Which stations to list; with lng and lat, the nearest first."""

    region = Text(most=6, metadata={"description": "GB/T 2260 code", "example": "321302"})
    lng = fields.Float(validate=validate.Range(-180, 180), metadata={"description": "WGS-84", "example": 118.2735})
    lat = fields.Float(validate=validate.Range(-90, 90), metadata={"description": "WGS-84", "example": 33.9391})

    @validates_schema
    def _both_or_neither(self, data: dict[str, Any], **_: Any) -> None:
        if ("lng" in data) != ("lat" in data):
            raise ValidationError("经度和纬度要一起给|Give lng and lat together",
                                  field_name="lat" if "lng" in data else "lng")


class StationFloorOut(Schema):
    """What happens on one floor."""

    floor = fields.Integer(required=True, metadata={"example": 1})
    functions = fields.List(fields.String(), required=True,
                            metadata={"example": ["咨询接待", "手工业展示", "妇女微家"]})


class StationOut(Schema):
    """A community station."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "幸福社区巧姐姐示范工作站"})
    community = fields.String(required=True, metadata={"example": "幸福社区"})
    region_code = fields.String(required=True, metadata={"example": "321302"})
    address = fields.String(required=True, metadata={"example": "宿城区幸福路 8 号"})
    lng = fields.Float(required=True, metadata={"description": "WGS-84", "example": 118.2755})
    lat = fields.Float(required=True, metadata={"description": "WGS-84", "example": 33.9401})
    hours = fields.String(required=True, metadata={"example": "周一至周六 8:30–17:30"})
    floors = fields.List(fields.Nested(StationFloorOut), required=True)
    association = fields.String(required=True, metadata={"example": "宿迁市家庭服务业协会"})
    opened_on = fields.Date(required=True, metadata={"example": "2021-03-08"})
    distance_m = fields.Integer(required=True, allow_none=True, metadata={
        "description": "metres from lng, lat; null when they were not given", "example": 240})


StationPageOut = page_of(StationOut)
