"""The lists over HTTP: open to everybody; proposed and reviewed by the federation."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.lists import queries, rules, service as lists
from qiaojiejie.lists.errors import (
    AlreadyListed, EvidenceNotYours, LevelMismatch, ListEntryNotFound, ListNotFound, NoticeRunning, ObjectionOpen,
    OwnConcern, ReasonNotOfList, SameOfficer, SubjectRequired)
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.lists.schemas import (
    ListDecisionIn, ListEntryFilter, ListEntryIn, ListEntryOut, ListEntryPageOut, ListReasonsOut, ListStandingPageOut)
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("lists", description="红黑名单 · The honour list, the block list and sanctions")


@blp.route("/lists/<list_name>", methods=["GET"])
@public
@refuses(ListNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ListStandingPageOut)
def show_list(args: dict[str, Any], list_name: str) -> Page:
    """红名单、黑名单、处罚 · Who stands on a list

    `honour`, `block` or `sanction`; newest first, with the reason, since when and until when. Open to everybody: firms
    by their name, workers masked (王**) with their opaque key.
    """
    return queries.standing(list_name, cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/lists/reasons", methods=["GET"])
@public
@blp.response(200, ListReasonsOut)
def list_reasons() -> dict[str, Any]:
    """列入理由 · The reasons for which somebody comes on a list

    With what they rest on, their term, and whether safety lets no time to object. Open to everybody.
    """
    return {"items": rules.told()}


@blp.route("/me/list-entries", methods=["GET"])
@allow(Role.WORKER, *FIRM)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ListEntryPageOut)
def my_list_entries(args: dict[str, Any]) -> Page:
    """我的名单记录 · Every entry there ever was about me

    The worker's own; a firm's own and its workers'. Newest first, those that ended too.
    """
    return queries.mine(actor(), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/lists/entries", methods=["POST"])
@allow(*FEDERATION)
@refuses(WorkerNotFound, FirmNotFound, SubjectRequired, ReasonNotOfList, LevelMismatch, EvidenceNotYours, OwnConcern,
         AlreadyListed)
@blp.arguments(ListEntryIn)
@blp.response(201, ListEntryOut)
def propose(body: dict[str, Any]) -> ListEntry:
    """提出列入名单 · Propose an entry

    The person or firm is told and has 15 days to object before it can be entered (not for honours, nor where safety
    can't wait). Another officer confirms.
    """
    return lists.propose(actor=actor(), **body)


@blp.route("/lists/entries", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(ListEntryFilter, location="query")
@blp.response(200, ListEntryPageOut)
def queue(args: dict[str, Any]) -> Page:
    """待复核的名单记录 · Entries that wait for a second officer

    By the last day to object; with `state`, those of that state.
    """
    return queries.queue(state=args.get("state"), kind=args.get("kind"), cursor=args.get("cursor"),
                         limit=args["limit"])


@blp.route("/lists/entries/<uuid:entry_id>", methods=["GET"])
@allow(Role.WORKER, *FIRM, *FEDERATION)
@refuses(ListEntryNotFound)
@blp.response(200, ListEntryOut)
def show_entry(entry_id: UUID) -> ListEntry:
    """名单记录详情 · Read an entry

    For the worker or firm it is about, her firm, and the federation.
    """
    return queries.of_party(actor(), entry_id)


@blp.route("/lists/entries/<uuid:entry_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(ListEntryNotFound, OwnConcern, SameOfficer, NotYourStep, StepNotPossible, NoticeRunning, ObjectionOpen)
@blp.arguments(ListDecisionIn)
@blp.response(200, ListEntryOut)
def decide(body: dict[str, Any], entry_id: UUID) -> ListEntry:
    """复核、撤回、更正 · Decide on an entry

    Another officer than who proposed it confirms or rejects; who proposed it may withdraw it. An entry in force that
    is wrong is corrected by two officers as well.
    """
    return lists.decide(actor=actor(), entry_id=entry_id, **body)
