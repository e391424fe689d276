"""The catalogue of courses over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import LevelNotOfOccupation, UnknownOccupation
from qiaojiejie.certificates.errors import BodyNotFound
from qiaojiejie.core.access import FEDERATION, actor, allow, public, visitor
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.courses.errors import CourseNotFound, ProgrammeNotFound
from qiaojiejie.courses.models import Course
from qiaojiejie.courses.queries import sessions as queries
from qiaojiejie.courses.routes import blp
from qiaojiejie.courses.schemas.catalogue import (
    CourseFilter, CourseIn, CourseOut, CoursePageOut, CourseStepIn, ProgrammesOut, TrainingStatisticsFilter,
    TrainingStatisticsOut)
from qiaojiejie.courses.service import sessions


@blp.route("/courses", methods=["GET"])
@public
@blp.arguments(CourseFilter, location="query")
@blp.response(200, CoursePageOut)
def list_courses(filters: dict[str, Any]) -> Page:
    """课程目录 · List the courses

    Open to everybody; drafts are shown to the federation alone.
    """
    return queries.courses(visitor(), **filters)


@blp.route("/courses/statistics", methods=["GET"])
@public
@blp.arguments(TrainingStatisticsFilter, location="query")
@blp.response(200, TrainingStatisticsOut)
def statistics(filters: dict[str, Any]) -> dict[str, Any]:
    """培训统计 · How many sessions were held and people trained in a year

    Counted when it is asked. Open to everybody.
    """
    return queries.statistics(filters["year"])


@blp.route("/courses/<uuid:course_id>", methods=["GET"])
@public
@refuses(CourseNotFound)
@blp.response(200, CourseOut)
def show_course(course_id: UUID) -> Course:
    """课程详情 · Show a course

    Its syllabus, who may come, what must be passed, which body certifies it. Open to everybody.
    """
    return queries.shown_course(visitor(), course_id)


@blp.route("/courses", methods=["POST"])
@allow(*FEDERATION)
@refuses(UnknownOccupation, LevelNotOfOccupation, BodyNotFound, ProgrammeNotFound)
@blp.arguments(CourseIn)
@blp.response(201, CourseOut)
def draft_course(body: dict[str, Any]) -> Course:
    """筹备课程 · Draft a course"""
    return sessions.draft(actor=actor(), **body)


@blp.route("/courses/<uuid:course_id>/steps", methods=["POST"])
@allow(*FEDERATION)
@refuses(CourseNotFound, StepNotPossible)
@blp.arguments(CourseStepIn)
@blp.response(200, CourseOut)
def decide_course(body: dict[str, Any], course_id: UUID) -> Course:
    """开放或停用课程 · Publish or retire a course

    A published course does not change any more; a new edition is a new course.
    """
    return sessions.decide(actor=actor(), course_id=course_id, **body)


@blp.route("/funding-programmes", methods=["GET"])
@public
@blp.response(200, ProgrammesOut)
def list_programmes() -> dict[str, Any]:
    """资助项目 · List the funding programmes

    What each pays a person and year. Open to everybody.
    """
    return {"items": queries.programmes()}
