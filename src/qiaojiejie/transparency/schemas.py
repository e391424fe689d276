"""Shapes of the public log."""

from marshmallow import fields

from qiaojiejie.core.paging import LIMIT
from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, QueryWhole, Schema, Text

ROOT = "5e7f0fb6e5f1b1c9b0a4b6b2a2a44c3dd7d9c8f3e26d2d7c58e0b1d9a6f4c310"
NOTE = "qiaojiejie.example/log\n1\nXn8PtuXxscmwpLaypEw919nI8+JtLXxY4LHZpvTDEA=\n\n— qiaojiejie.example/log wXjK…\n"
VKEY = "qiaojiejie.example/log+c178caf0+AQt5…"


class LogStatusOut(Schema):
    """The log as it stands, and under whose eyes."""

    origin = fields.String(required=True, metadata={"example": "qiaojiejie.example/log"})
    key = fields.String(required=True, metadata={"description": "public key of the log (vkey)", "example": VKEY})
    size = fields.Integer(required=True, metadata={"description": "how many leaves", "example": 41873})
    root = fields.String(required=True, metadata={"description": "hex", "example": ROOT})
    checkpoint_at = Moment(required=True, allow_none=True)
    cosigned_size = fields.Integer(required=True, allow_none=True, metadata={
        "description": "size of the newest checkpoint a witness cosigned", "example": 41850})
    cosigned_at = Moment(required=True, allow_none=True)
    cosigned_checkpoint = fields.String(required=True, allow_none=True, metadata={
        "description": "that checkpoint with its cosignatures", "example": NOTE})
    fresh = fields.Boolean(required=True, metadata={
        "description": "cosigned within the last 48 hours: else no score is to be relied on", "example": True})
    witnesses = fields.List(fields.String(), required=True, metadata={
        "description": "public keys of the registered witnesses (vkeys)", "example": [VKEY]})
    alarm = fields.Boolean(required=True, metadata={
        "description": "the log was found to contradict itself: see /log/alarms", "example": False})


class OpeningFilter(PageFilter):
    """How the export is paged: larger pages than elsewhere."""

    limit = QueryWhole(least=1, most=2000, load_default=LIMIT, metadata={
        "description": "lines a page, at most 2000", "example": 500})


LINE = {"seq": 90211, "t": 20789, "type": "rating", "subject": "p_1f0c9a52b7c06f1d2e83a4b5", "n": 17,
        "firm": "f_0d41b2c3a4e5f60718293a4b", "category": "deep_cleaning", "order": "o_77a0c1d2e3f405162738495a",
        "overall": 5, "aspects": [5, 5, 4, 5, 5], "index": 41872, "salt": "9f86d081884c7d659a2feaa0c55ad015"}


class ExportPageOut(Schema):
    """One page of the exported log."""

    items = fields.List(fields.Dict(keys=fields.String()), required=True, metadata={
        "description": "one object a leaf, in the order of the tree; a leaf whose opening was deleted has no salt and "
                       "no fields of its payload", "example": [LINE]})
    next_cursor = fields.String(required=True, allow_none=True, metadata={
        "description": "give it as `cursor` for the next page; null on the last page", "example": "WzQxODcyXQ.Kx3v"})


class ProofFilter(FilterSchema):
    """Under which checkpoint."""

    size = QueryWhole(least=1, metadata={"description": "a published checkpoint's size; left out: the newest",
                                         "example": 41850})


class InclusionOut(Schema):
    """A leaf and the proof that it is in the log."""

    index = fields.Integer(required=True, metadata={"example": 41872})
    leaf = fields.String(required=True, metadata={
        "description": "canonical JSON text; SHA-256(0x00 ‖ its bytes) is the leaf's hash",
        "example": '{"category":null,"commitment":"…","firm":null,"n":17,"order":null,"seq":90211,"t":20789}'})
    size = fields.Integer(required=True, metadata={"example": 41873})
    root = fields.String(required=True, metadata={"description": "hex", "example": ROOT})
    proof = fields.List(fields.String(), required=True, metadata={
        "description": "RFC 6962 audit path, hex", "example": [ROOT]})
    checkpoint = fields.String(required=True, metadata={
        "description": "signed note of this size and root", "example": NOTE})


class ConsistencyFilter(FilterSchema):
    """Between which sizes."""

    old = QueryWhole(required=True, data_key="from", metadata={"description": "the smaller size", "example": 0})
    new = QueryWhole(data_key="to", metadata={"description": "the larger size; left out: the present one",
                                              "example": 0})


class ConsistencyOut(Schema):
    """The proof that the log of one size begins with the log of another."""

    old = fields.Integer(required=True, data_key="from", metadata={"example": 41850})
    new = fields.Integer(required=True, data_key="to", metadata={"example": 41873})
    old_root = fields.String(required=True, data_key="from_root", metadata={"description": "hex", "example": ROOT})
    new_root = fields.String(required=True, data_key="to_root", metadata={"description": "hex", "example": ROOT})
    proof = fields.List(fields.String(), required=True, metadata={
        "description": "RFC 6962 consistency proof, hex", "example": [ROOT]})


class CheckpointOut(Schema):
    """A checkpoint with the cosignatures it has."""

    size = fields.Integer(required=True, metadata={"example": 41873})
    root = fields.String(required=True, metadata={"description": "hex", "example": ROOT})
    at = Moment(required=True)
    note = fields.String(required=True, metadata={"description": "signed note", "example": NOTE})


class CosignedIn(Schema):
    """A checkpoint of ours with a witness's cosignature under it."""

    checkpoint = Text(required=True, most=20_000, metadata={
        "description": "signed note (C2SP), the log's signature and the cosignatures among its lines", "example": NOTE})


class CosignedOut(Schema):
    """What was kept."""

    size = fields.Integer(required=True, metadata={"example": 41873})
    accepted = fields.Integer(required=True, metadata={"description": "cosignatures that were new", "example": 1})


class LogAlarmOut(Schema):
    """Two notes that one log signed and that can't both be true."""

    id = fields.Integer(required=True, metadata={"example": 1})
    at = Moment(required=True)
    reason = fields.String(required=True, metadata={"example": "two roots for one size"})
    first = fields.String(required=True, metadata={"description": "what a witness had seen", "example": NOTE})
    second = fields.String(required=True, metadata={"description": "what it was shown then", "example": NOTE})
    proof = fields.List(fields.String(), required=True, metadata={
        "description": "the proof that failed, hex", "example": [ROOT]})
