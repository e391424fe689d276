"""Rule changes over HTTP: open to everybody, drafted and announced by the federation."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.credit.errors import RuleNotFound, VersionTaken
from qiaojiejie.governance import queries, service as governance
from qiaojiejie.governance.errors import (NotAFormerVersion, NothingChanges, NoticeTooLong, NoticeTooShort,
                                          OneRuleRequired, ProposalNotFound, RollbackNotFound, RollbackOpen,
                                          RuleNotSensible, SameOfficer, ShadowOutdated, VersionProposed)
from qiaojiejie.governance.models import RuleProposal, RuleRollback
from qiaojiejie.governance.schemas import (RuleNoticeIn, RuleProposalCardOut, RuleProposalFilter, RuleProposalIn,
                                           RuleProposalOut, RuleRollbackIn, RuleRollbackOut, RuleWithdrawalIn)

blp = Blueprint("governance", description="规则变更 · How the scoring rule changes")


@blp.route("/credit/proposals", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(OneRuleRequired, RuleNotFound, RuleNotSensible, VersionTaken, NothingChanges, VersionProposed)
@blp.arguments(RuleProposalIn)
@blp.response(201, RuleProposalCardOut)
def draft(body: dict[str, Any]) -> RuleProposal:
    """起草规则 · Propose a version of the rule

    Its shadow is computed at once: everybody's score by the draft beside the rule in force, without publishing any.
    """
    return governance.draft(actor=actor(), **body)


@blp.route("/credit/proposals", methods=["GET"])
@public
@blp.arguments(RuleProposalFilter, location="query")
@blp.response(200, page_of(RuleProposalCardOut))
def list_proposals(args: dict[str, Any]) -> Page:
    """规则草案列表 · Every proposal there was, newest first

    Those given up too, with the reason. Open to everybody.
    """
    return queries.page(**{"cursor": None, **args})


@blp.route("/credit/proposals/<uuid:proposal_id>", methods=["GET"])
@public
@refuses(ProposalNotFound)
@blp.response(200, RuleProposalOut)
def show_proposal(proposal_id: UUID) -> RuleProposal:
    """规则草案 · A proposal with its constants and what it would do

    Who moves from which grade to which, and how workers fare by category of work, age, home province and sex. Open to
    everybody.
    """
    return queries.get(proposal_id)


@blp.route("/credit/proposals/<uuid:proposal_id>/shadow", methods=["POST"])
@allow(*FEDERATION)
@refuses(ProposalNotFound, StepNotPossible, NotYourStep)
@blp.response(202, RuleProposalCardOut)
def renew_shadow(proposal_id: UUID) -> RuleProposal:
    """重新测算 · Have the shadow computed anew

    On yesterday's data, against the rule now in force.
    """
    return governance.renew_shadow(actor=actor(), proposal_id=proposal_id)


@blp.route("/credit/proposals/<uuid:proposal_id>/notice", methods=["POST"])
@allow(*FEDERATION)
@refuses(ProposalNotFound, SameOfficer, StepNotPossible, NotYourStep, NoticeTooShort, NoticeTooLong, ShadowOutdated,
         VersionTaken)
@blp.arguments(RuleNoticeIn)
@blp.response(200, RuleProposalCardOut)
def give_notice(body: dict[str, Any], proposal_id: UUID) -> RuleProposal:
    """公告规则 · Announce the change

    Another officer than who drafted it, 30 days or more before its day. It goes into the public log.
    """
    return governance.give_notice(actor=actor(), proposal_id=proposal_id, **body)


@blp.route("/credit/proposals/<uuid:proposal_id>/withdrawal", methods=["POST"])
@allow(*FEDERATION)
@refuses(ProposalNotFound, StepNotPossible, NotYourStep)
@blp.arguments(RuleWithdrawalIn)
@blp.response(200, RuleProposalCardOut)
def withdraw(body: dict[str, Any], proposal_id: UUID) -> RuleProposal:
    """撤回草案 · Give a proposal up

    Until its day. It stays to be seen with the reason.
    """
    return governance.withdraw(actor=actor(), proposal_id=proposal_id, **body)


@blp.route("/credit/rollbacks", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(RuleNotFound, NotAFormerVersion, RollbackOpen)
@blp.arguments(RuleRollbackIn)
@blp.response(201, RuleRollbackOut)
def propose_rollback(body: dict[str, Any]) -> RuleRollback:
    """提出回退 · Ask for going back to a former version at once

    Another officer confirms.
    """
    return governance.propose_rollback(actor=actor(), **body)


@blp.route("/credit/rollbacks", methods=["GET"])
@public
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(RuleRollbackOut))
def list_rollbacks(args: dict[str, Any]) -> Page:
    """回退记录 · Every rollback, newest first

    Open to everybody.
    """
    return queries.rollbacks(**{"cursor": None, **args})


@blp.route("/credit/rollbacks/<uuid:rollback_id>/confirmation", methods=["POST"])
@allow(*FEDERATION)
@refuses(RollbackNotFound, SameOfficer, StepNotPossible, NotYourStep, NotAFormerVersion)
@blp.response(200, RuleRollbackOut)
def confirm_rollback(rollback_id: UUID) -> RuleRollback:
    """确认回退 · Go back at once

    Another officer than who proposed it. The activation goes into the public log.
    """
    return governance.confirm_rollback(actor=actor(), rollback_id=rollback_id)


@blp.route("/credit/rollbacks/<uuid:rollback_id>/withdrawal", methods=["POST"])
@allow(*FEDERATION)
@refuses(RollbackNotFound, StepNotPossible, NotYourStep)
@blp.response(200, RuleRollbackOut)
def withdraw_rollback(rollback_id: UUID) -> RuleRollback:
    """撤回回退 · Give a rollback up"""
    return governance.withdraw_rollback(actor=actor(), rollback_id=rollback_id)
