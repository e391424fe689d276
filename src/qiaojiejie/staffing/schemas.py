"""Shapes of staff imports."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from qiaojiejie.core import sheets
from qiaojiejie.core.errors import Refusal
from qiaojiejie.core.problems import language
from qiaojiejie.core.schema import Moment, Schema, page_of
from qiaojiejie.media.errors import MediaNotFound
from qiaojiejie.staffing.errors import NoHeader, NoRows
from qiaojiejie.staffing.models import StaffImport

#: what a job may refuse a whole file with
REFUSALS: dict[str, type[Refusal]] = {refusal.__name__: refusal for refusal in (
    NoHeader, NoRows, sheets.TooManyRows, sheets.NotASpreadsheet, MediaNotFound)}

IMPORT = "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e31"


class StaffFileIn(Schema):
    """A firm's own list."""

    file = Upload(required=True, metadata={"description": ".xlsx or .csv (UTF-8 or GB 18030), at most 10 MB"})


class StaffImportOut(Schema):
    """How far a list has been read, and what came of it. Rows: total = added + updated + unchanged + rejected."""

    id = fields.UUID(required=True, metadata={"example": IMPORT})
    filename = fields.Function(lambda made: made.filename.reveal(), required=True, metadata={
        "type": "string", "example": "花名册2026.xlsx"})
    state = fields.String(required=True, validate=validate.OneOf(["queued", "running", "done", "refused"]),
                          metadata={"example": "done"})
    total = fields.Integer(required=True, metadata={"example": 120})
    done = fields.Integer(required=True, metadata={"description": "rows read so far", "example": 120})
    added = fields.Integer(required=True, metadata={"example": 100})
    updated = fields.Integer(required=True, metadata={"example": 0})
    unchanged = fields.Integer(required=True, metadata={"example": 0})
    rejected = fields.Integer(required=True, metadata={"example": 20})
    refusal = fields.String(required=True, allow_none=True, metadata={
        "description": "code of the refusal when the whole file was refused", "example": "NoHeader"})
    message = fields.Method("worded", required=True, allow_none=True, metadata={
        "description": "why the whole file was refused", "example": "表头下面没有人员。"})
    created_at = Moment(required=True)
    finished_at = Moment(required=True, allow_none=True)

    def worded(self, made: StaffImport) -> str | None:
        """The refusal's words in the language asked for."""
        if made.refusal is None:
            return None
        words = REFUSALS[made.refusal].messages({"rows": sheets.MOST_ROWS, "megabytes": sheets.MEGABYTES})
        return words[0 if language() == "zh" else 1]


class StaffImportReasonOut(Schema):
    """One thing that is wrong with a row."""

    code = fields.String(required=True, metadata={"example": "id_check_digit"})
    column = fields.String(required=True, metadata={"description": "as the file calls it", "example": "身份证号码"})
    message = fields.Method("worded", required=True, metadata={"example": "身份证号码最后一位校验不对，请对照原件逐位核对"})

    def worded(self, reason: dict[str, Any]) -> str:
        """In the language asked for."""
        return str(reason[f"message_{language()}"])


class StaffImportRowOut(Schema):
    """A row that was not taken."""

    row = fields.Integer(required=True, attribute="row_no", metadata={
        "description": "as the spreadsheet numbers it", "example": 38})
    reasons = fields.List(fields.Nested(StaffImportReasonOut), required=True)


StaffImportPageOut = page_of(StaffImportOut)
StaffImportRowPageOut = page_of(StaffImportRowOut)
