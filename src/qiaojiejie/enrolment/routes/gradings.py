"""Gradings over HTTP: the published standard, a firm's grade, its own part, the federation's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.clock import today
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.enrolment.errors import (CheckNotOpen, EvidenceMissing, EvidenceNotYours, FirmNotGradable, FourEyes,
                                         GradingNotFound, GradingUnderWay, NoCheckDue, NothingCorrected,
                                         PointsTooMany, ScoresMissing, StandardNotFound, UnknownIndicator,
                                         WhyDoesNotFit, WhyRequired)
from qiaojiejie.enrolment.models import Grading
from qiaojiejie.enrolment.queries import gradings as queries
from qiaojiejie.enrolment.routes import blp
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.enrolment.schemas.gradings import (FirmGradingOut, GradingAssessmentIn, GradingOut, GradingPageOut,
                                                   GradingReviewIn, GradingStandardOut, SecondReviewIn, SelfScoresIn,
                                                   YearlyCheckIn)
from qiaojiejie.enrolment.service import gradings, reviews
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import FirmNotFound, OwnFirm


@blp.route("/grading-standards/<version>", methods=["GET"])
@public
@refuses(StandardNotFound)
@blp.response(200, GradingStandardOut)
def show_standard(version: str) -> Mapping[str, Any]:
    """评级标准 · Show a version of the grading standard

    `current` is the one new gradings go by. It is this product's own, not an official one; time limits, thresholds
    and the checklist of visits stand in it as they are applied.
    """
    return standards.standard(version).data


@blp.route("/firms/<uuid:firm_id>/grading", methods=["GET"])
@public
@refuses(FirmNotFound)
@blp.response(200, FirmGradingOut)
def show_grade(firm_id: UUID) -> dict[str, Any]:
    """企业质量等级 · Show a firm's quality grade

    The grade that counts today, if any, and those before it. A quality grade comes from papers and reviews; it is
    separate from the credit score, and neither changes the other. Open to everybody.
    """
    return queries.public(firm_id, today())


@blp.route("/firms/<uuid:firm_id>/gradings", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, FirmNotGradable, GradingUnderWay)
@blp.response(201, GradingOut)
def open_grading(firm_id: UUID) -> Grading:
    """申请评级 · Begin a grading

    By the manager of a firm on the platform, one at a time; the grade that stands goes on until a new one is published.
    """
    return gradings.open_one(actor=actor(), firm_id=firm_id)


@blp.route("/firms/<uuid:firm_id>/gradings", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, GradingPageOut)
def list_gradings(filters: dict[str, Any], firm_id: UUID) -> Page:
    """评级记录 · List a firm's gradings

    In whatever state, newest first, to its own members and the federation.
    """
    return queries.page(firms.of_insider(actor(), firm_id).id, **filters)


@blp.route("/firms/<uuid:firm_id>/gradings/<uuid:grading_id>", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound, GradingNotFound)
@blp.response(200, GradingOut)
def show_grading(firm_id: UUID, grading_id: UUID) -> Grading:
    """评级详情 · Show a grading with every score and decision

    To the firm's own members and the federation.
    """
    return queries.of_insider(actor(), firm_id, grading_id)


@blp.route("/firms/<uuid:firm_id>/gradings/<uuid:grading_id>", methods=["PATCH"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, GradingNotFound, StepNotPossible, UnknownIndicator, PointsTooMany, EvidenceNotYours)
@blp.arguments(SelfScoresIn)
@blp.response(200, GradingOut)
def score(body: dict[str, Any], firm_id: UUID, grading_id: UUID) -> Grading:
    """填写自评 · Save the firm's own scores, with evidence

    Until it is sent in, and again when it was returned.
    """
    return gradings.score(actor=actor(), firm_id=firm_id, grading_id=grading_id, **body)


@blp.route("/firms/<uuid:firm_id>/gradings/<uuid:grading_id>/submissions", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, FirmNotGradable, GradingNotFound, StepNotPossible, ScoresMissing, EvidenceMissing)
@blp.response(201, GradingOut)
def submit(firm_id: UUID, grading_id: UUID) -> Grading:
    """提交自评 · Send the self-score in

    Every indicator scored, and evidence with the points of those that need it.
    """
    return gradings.submit(actor=actor(), firm_id=firm_id, grading_id=grading_id)


@blp.route("/firms/<uuid:firm_id>/gradings/<uuid:grading_id>/withdrawals", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, GradingNotFound, StepNotPossible)
@blp.response(201, GradingOut)
def withdraw(firm_id: UUID, grading_id: UUID) -> Grading:
    """撤回评级 · Withdraw a grading

    Before the third party has it.
    """
    return gradings.withdraw(actor=actor(), firm_id=firm_id, grading_id=grading_id)


@blp.route("/federation/gradings/<uuid:grading_id>/reviews", methods=["POST"])
@allow(*FEDERATION)
@refuses(GradingNotFound, OwnFirm, StepNotPossible, WhyRequired, WhyDoesNotFit, UnknownIndicator, PointsTooMany,
         NothingCorrected)
@blp.arguments(GradingReviewIn)
@blp.response(201, GradingOut)
def review(body: dict[str, Any], grading_id: UUID) -> Grading:
    """市级审核 · First review of a self-score

    By the federation, never by a member of the firm: `pass`, where what is not corrected stands as the firm scored it;
    or `return` with typed reasons. The firm's managers are told.
    """
    return reviews.review(actor=actor(), grading_id=grading_id, **body)


@blp.route("/federation/gradings/<uuid:grading_id>/assessments", methods=["POST"])
@allow(*FEDERATION)
@refuses(GradingNotFound, OwnFirm, EvidenceNotYours, StepNotPossible, FourEyes, UnknownIndicator, PointsTooMany,
         ScoresMissing)
@blp.arguments(GradingAssessmentIn)
@blp.response(201, GradingOut)
def assess(body: dict[str, Any], grading_id: UUID) -> Grading:
    """第三方评分 · Enter the third party's scores

    From its signed report, which is kept, by another account of the federation than the first reviewer's.
    """
    return reviews.assess(actor=actor(), grading_id=grading_id, **body)


@blp.route("/federation/gradings/<uuid:grading_id>/second-reviews", methods=["POST"])
@allow(*FEDERATION)
@refuses(GradingNotFound, OwnFirm, StepNotPossible, FourEyes, WhyRequired, WhyDoesNotFit, UnknownIndicator,
         FirmNotGradable)
@blp.arguments(SecondReviewIn)
@blp.response(201, GradingOut)
def review_again(body: dict[str, Any], grading_id: UUID) -> Grading:
    """复审 · Second review of a grading

    By another account of the federation than the first reviewer's: `publish` the grade the third party's points are
    worth, or `send_back` to the first review with typed reasons. Points below the lowest grade publish nothing.
    """
    return reviews.review_again(actor=actor(), grading_id=grading_id, **body)


@blp.route("/federation/gradings/<uuid:grading_id>/yearly-checks", methods=["POST"])
@allow(*FEDERATION)
@refuses(GradingNotFound, OwnFirm, StepNotPossible, CheckNotOpen, NoCheckDue, WhyRequired, WhyDoesNotFit,
         UnknownIndicator)
@blp.arguments(YearlyCheckIn)
@blp.response(201, GradingOut)
def check(body: dict[str, Any], grading_id: UUID) -> Grading:
    """年度检查 · Yearly check of a published grade

    `keep` it, from some weeks before the check is due; or `revoke` it, at any time, with typed reasons. Left undone
    past its grace, the grade lapses.
    """
    return reviews.check(actor=actor(), grading_id=grading_id, **body)
