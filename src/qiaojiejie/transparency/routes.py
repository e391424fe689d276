"""The public log: files by C2SP's formats under /log, questions about it under /api/v1/log. All of it is public."""

from typing import Any

from flask import Blueprint as Files, Response, request

from qiaojiejie.core.access import fresh, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.transparency import queries, service
from qiaojiejie.transparency.errors import (CheckpointNotFound, CosignatureBroken, ForkFound, LeafNotFound,
                                            LogNotSigned, SizesNotPossible, UnreadableNote, WitnessUnknown)
from qiaojiejie.transparency.gateway import keys
from qiaojiejie.transparency.schemas import (CheckpointOut, ConsistencyFilter, ConsistencyOut, CosignedIn, CosignedOut,
                                             ExportPageOut, InclusionOut, LogAlarmOut, LogStatusOut, OpeningFilter,
                                             ProofFilter)

blp = Blueprint("transparency", description="公开日志 · The public log: anybody may check it, nobody can rewrite it")
#: C2SP fixes these addresses and answers them in bytes
files = Files("log", __name__, url_prefix="/log")

SECONDS = "public, max-age=3"
FOR_EVER = "public, max-age=31536000, immutable"


@files.get("/checkpoint")
@public
@fresh
def newest_checkpoint() -> Response:
    """最新检查点 · The newest checkpoint with its cosignatures (tlog-checkpoint)"""
    return Response(queries.latest_note(), mimetype="text/plain", headers={"Cache-Control": SECONDS})


@files.get("/tile/<path:path>")
@public
def tile(path: str) -> Response:
    """日志块 · A tile of hashes, or a bundle of leaves under entries/ (tlog-tiles)"""
    return Response(queries.tile(path), mimetype="application/octet-stream", headers={"Cache-Control": FOR_EVER})


@files.post("/witness/add-checkpoint")
@public
def add_checkpoint() -> Response:
    """请见证人联署 · Have the witness run here cosign a checkpoint (tlog-witness)"""
    done, line = service.add_checkpoint(text=request.get_data().decode(errors="replace"))
    return Response(line, 200 if done else 409, mimetype="text/plain" if done else "text/x.tlog.size")


@blp.route("/log/status", methods=["GET"])
@public
@fresh
@blp.response(200, LogStatusOut)
def status() -> dict[str, Any]:
    """日志现状 · The log as it stands, its keys, its witnesses, and whether an alarm was raised"""
    return queries.status(keys().log, keys().witnesses)


@blp.route("/log/openings", methods=["GET"])
@public
@fresh
@blp.arguments(OpeningFilter, location="query")
@blp.response(200, ExportPageOut)
def openings(page: dict[str, Any]) -> Page:
    """导出 · The log in export lines, in the order of the tree

    What replay reads, and what each leaf's commitment opens to.
    """
    return queries.openings(**{"cursor": None, **page})


@blp.route("/log/leaves/<int:seq>", methods=["GET"])
@public
@fresh
@refuses(LeafNotFound, CheckpointNotFound)
@blp.arguments(ProofFilter, location="query")
@blp.response(200, InclusionOut)
def leaf(under: dict[str, Any], seq: int) -> dict[str, Any]:
    """包含证明 · The leaf of a ledger entry and the proof that it is in the log

    Under the newest checkpoint, or the one of `size`: give `cosigned_size` of the status for one a witness cosigned.
    """
    return queries.proof_for(seq, under.get("size"))


@blp.route("/log/consistency", methods=["GET"])
@public
@fresh
@refuses(SizesNotPossible)
@blp.arguments(ConsistencyFilter, location="query")
@blp.response(200, ConsistencyOut)
def consistency(sizes: dict[str, Any]) -> dict[str, Any]:
    """一致性证明 · The proof that between two sizes the log only grew"""
    return queries.consistency_of(sizes)


@blp.route("/log/checkpoints", methods=["GET"])
@public
@fresh
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(CheckpointOut))
def checkpoints(page: dict[str, Any]) -> Page:
    """检查点 · Every checkpoint there was, newest first, with its cosignatures"""
    return queries.checkpoints(**{"cursor": None, **page})


@blp.route("/log/cosignatures", methods=["POST"])
@public
@refuses(UnreadableNote, LogNotSigned, CheckpointNotFound, WitnessUnknown, CosignatureBroken, ForkFound)
@blp.arguments(CosignedIn)
@blp.response(200, CosignedOut)
def cosigned(body: dict[str, str]) -> dict[str, int]:
    """交回联署 · A witness hands in a checkpoint it cosigned

    Guarded by the signatures, not by a session: the log's and a registered witness's must be there. Handed in twice, it
    is kept once.
    """
    return service.accept(checkpoint=body["checkpoint"] + "\n")


@blp.route("/log/alarms", methods=["GET"])
@public
@fresh
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(LogAlarmOut))
def alarms(page: dict[str, Any]) -> Page:
    """警报 · Checkpoints that contradict each other, both notes of each"""
    return queries.alarms(**{"cursor": None, **page})
