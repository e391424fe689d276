"""Petitions over HTTP: appeals, credit repairs, objections; the federation's queue and its two officers."""

from typing import Any
from uuid import UUID

from qiaojiejie.casework.errors import ComplaintAlreadyOpen
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.lists.errors import EvidenceNotYours, ListEntryNotFound, OwnConcern, SameOfficer
from qiaojiejie.petitions import errors, queries, rules, service as petitions
from qiaojiejie.petitions.models import Petition
from qiaojiejie.petitions.schemas import (
    AppealIn, CreditRepairIn, EvidenceIn, ObjectionIn, PetitionDecisionIn, PetitionFileOut, PetitionFilter,
    PetitionPageOut, PetitionReturnIn, PetitionTermsOut, ProposalIn, ResubmissionIn)

blp = Blueprint("petitions", description="申诉、信用修复、异议 · Appeals, credit repairs, objections")
PARTIES = (Role.WORKER, *FIRM, Role.HOUSEHOLD)


@blp.route("/credit/appeals", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.GroundDoesNotFit, errors.NothingNamed, errors.CreditEventNotFound, errors.SeveralConcerned,
         errors.NotAppealable, errors.FiledTooLate, errors.StillHeard, errors.AlreadyDecided, errors.AlreadyPetitioned,
         EvidenceNotYours)
@blp.arguments(AppealIn)
@blp.response(201, PetitionFileOut)
def appeal(body: dict[str, Any]) -> Petition:
    """申诉 · Appeal against credit events

    By the worker, her firm, or a family about its own bookings, within 180 days. Upheld, the score is as if they had
    never been. A family names no event to appeal against its own weight as a rater (ground `rater`). A fall that was
    announced and not yet shown waits until the appeal is decided.
    """
    return petitions.appeal(actor=actor(), **body)


@blp.route("/credit/repairs", methods=["POST"])
@allow(Role.WORKER, *FIRM)
@refuses(errors.CreditEventNotFound, errors.SeveralConcerned, errors.NotRepairable, errors.TooEarlyToRepair,
         errors.BlamedSince, errors.PromiseRequired, errors.RemedyNotProven, errors.AuthorityRequired,
         errors.AlreadyDecided, errors.AlreadyPetitioned, EvidenceNotYours)
@blp.arguments(CreditRepairIn)
@blp.response(201, PetitionFileOut)
def repair(body: dict[str, Any]) -> Petition:
    """信用修复 · Ask for credit repair

    By the worker, her firm or the firm: tier 2 from 90 days, tier 3 from 365, tier 4 with the authority's document;
    with proof of what was made good and a signed promise, when nothing grave was found since.
    """
    return petitions.repair(actor=actor(), **body)


@blp.route("/lists/entries/<uuid:entry_id>/objections", methods=["POST"])
@allow(Role.WORKER, *FIRM)
@refuses(ListEntryNotFound, errors.GroundDoesNotFit, errors.FiledTooLate, errors.AlreadyDecided,
         errors.AlreadyPetitioned, EvidenceNotYours)
@blp.arguments(ObjectionIn)
@blp.response(201, PetitionFileOut)
def object_to(body: dict[str, Any], entry_id: UUID) -> Petition:
    """名单异议 · Object to an entry on a list

    By the worker or firm it is about, or her firm: to a proposal until its last day to object, to an entry in force
    within 180 days. Upheld, it is as if the entry had never been.
    """
    return petitions.object_to(actor=actor(), entry_id=entry_id, **body)


@blp.route("/petitions/grounds", methods=["GET"])
@public
@blp.response(200, PetitionTermsOut)
def terms() -> dict[str, Any]:
    """申请理由与期限 · Grounds, reasons of decisions and time limits

    Open to everybody.
    """
    return rules.told()


@blp.route("/me/petitions", methods=["GET"])
@allow(*PARTIES)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PetitionPageOut)
def my_petitions(args: dict[str, Any]) -> Page:
    """我的申请 · What I filed, or my firm

    Newest first.
    """
    return queries.mine(actor(), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/petitions", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PetitionFilter, location="query")
@blp.response(200, PetitionPageOut)
def queue(args: dict[str, Any]) -> Page:
    """待处理的申请 · Petitions that wait, first due first

    To be decided within 15 working days; with `state`, those of that state.
    """
    return queries.queue(state=args.get("state"), kind=args.get("kind"), overdue=args["overdue"],
                         cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/petitions/<uuid:petition_id>", methods=["GET"])
@allow(*PARTIES, *FEDERATION)
@refuses(errors.PetitionNotFound)
@blp.response(200, PetitionFileOut)
def show(petition_id: UUID) -> Petition:
    """申请详情 · Read a petition

    For who filed it and for the federation, whose look is recorded. Once a decision is proposed it shows what the
    score would be.
    """
    return petitions.open_for(actor=actor(), petition_id=petition_id)


@blp.route("/petitions/<uuid:petition_id>/evidence", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.PetitionNotFound, StepNotPossible, EvidenceNotYours, errors.TooMuchEvidence)
@blp.arguments(EvidenceIn)
@blp.response(200, PetitionFileOut)
def add_evidence(body: dict[str, Any], petition_id: UUID) -> Petition:
    """补充证据 · Add evidence

    By who filed it, until a decision is proposed; ten files at most.
    """
    return petitions.add_evidence(actor=actor(), petition_id=petition_id, **body)


@blp.route("/petitions/<uuid:petition_id>/withdrawals", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.PetitionNotFound, StepNotPossible)
@blp.response(200, PetitionFileOut)
def withdraw(petition_id: UUID) -> Petition:
    """撤回申请 · Withdraw a petition

    By who filed it, before it is decided.
    """
    return petitions.withdraw(actor=actor(), petition_id=petition_id)


@blp.route("/petitions/<uuid:petition_id>/resubmissions", methods=["POST"])
@allow(*PARTIES)
@refuses(errors.PetitionNotFound, StepNotPossible)
@blp.arguments(ResubmissionIn)
@blp.response(200, PetitionFileOut)
def resubmit(body: dict[str, Any], petition_id: UUID) -> Petition:
    """补充后重新提交 · Hand a returned petition in again

    By who filed it, within 30 days; the time to decide begins anew.
    """
    return petitions.resubmit(actor=actor(), petition_id=petition_id, **body)


@blp.route("/petitions/<uuid:petition_id>/returns", methods=["POST"])
@allow(*FEDERATION)
@refuses(errors.PetitionNotFound, OwnConcern, StepNotPossible)
@blp.arguments(PetitionReturnIn)
@blp.response(200, PetitionFileOut)
def send_for_more(body: dict[str, Any], petition_id: UUID) -> Petition:
    """退回补充 · Return a petition for what it lacks

    By an officer who does not belong to the firm concerned.
    """
    return petitions.send_for_more(actor=actor(), petition_id=petition_id, **body)


@blp.route("/petitions/<uuid:petition_id>/proposals", methods=["POST"])
@allow(*FEDERATION)
@refuses(errors.PetitionNotFound, OwnConcern, StepNotPossible, errors.OutcomeDoesNotFit, errors.TooEarlyToRepair,
         errors.NotRepairable, errors.BlamedSince)
@blp.arguments(ProposalIn)
@blp.response(201, PetitionFileOut)
def propose(body: dict[str, Any], petition_id: UUID) -> Petition:
    """拟定结论 · Propose a decision

    Event by event, with a typed reason and words; what the score would be is worked out beside it.
    """
    return petitions.propose(actor=actor(), petition_id=petition_id, **body)


@blp.route("/petitions/<uuid:petition_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(errors.PetitionNotFound, OwnConcern, SameOfficer, StepNotPossible, ComplaintAlreadyOpen)
@blp.arguments(PetitionDecisionIn)
@blp.response(200, PetitionFileOut)
def decide(body: dict[str, Any], petition_id: UUID) -> Petition:
    """复核结论 · Confirm a decision, or send it back

    By another officer than who proposed it; confirmed, what follows from it happens at once.
    """
    return petitions.decide(actor=actor(), petition_id=petition_id, **body)
