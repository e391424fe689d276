"""Series over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.booking import errors as booking
from qiaojiejie.booking.schemas import BookingFactOut
from qiaojiejie.calendars.errors import SlotsTaken
from qiaojiejie.catalog.errors import UnknownService
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import page_of
from qiaojiejie.households.errors import AddressNotFound, MemberNotFound
from qiaojiejie.series import errors, queries
from qiaojiejie.series import service as series
from qiaojiejie.series.models import Occurrence
from qiaojiejie.series.queries.prospects import Prospect
from qiaojiejie.series.schemas import (
    HolidayAnswerIn, MovedIn, OccurrenceFilter, OccurrenceOut, OccurrencePageOut, RestorationIn, RetimingIn,
    SeriesAskedIn,
    SeriesCancellationIn, SeriesCancellationQuoteOut, SeriesEditOut, SeriesFilter, SeriesIn, VisitSeriesOut,
    VisitSeriesPageOut, SeriesPreviewOut, ScopedIn, SkipIn, WorkerChangeIn)
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("series", description="周期服务 · Visits that come again")

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)
ASKING = (
    AddressNotFound, MemberNotFound, UnknownService, booking.NotAVisit, *booking.OFFERED,
    errors.RuleNotUnderstood, errors.StartNotInRule, errors.SeriesTooShort, errors.SeriesTooLong,
    errors.OccurrenceNotFound, errors.BeyondSeries)
EDITING = (errors.SeriesNotFound, StepNotPossible, errors.OccurrenceNotFound)
SEATING = (*booking.BOOKABLE, booking.OutsideHours, booking.TooLittleNotice, SlotsTaken)


def _whole(found: Any) -> dict[str, Any]:
    return queries.counted([found])[0]


@blp.route("/series/previews", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*ASKING)
@blp.arguments(SeriesAskedIn)
@blp.response(200, SeriesPreviewOut)
def preview(body: dict[str, Any]) -> Prospect:
    """周期服务预览 · What would a series be?

    Every visit the rule asks for, with its holiday, whether she is free, and other starts where she is not; the price
    of each. Nothing is held.
    """
    return series.preview(actor=actor(), **body)


@blp.route("/series", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*ASKING, booking.TooManyHolds, errors.SeriesPriceChanged, errors.OccurrencesTaken, errors.NothingToBook,
         SlotsTaken)
@blp.arguments(SeriesIn)
@blp.response(201, VisitSeriesOut)
def make(body: dict[str, Any]) -> dict[str, Any]:
    """预约周期服务 · Book a series

    All visits are held or none. The first is paid within ten minutes, or all are let go; each of the others is a
    booking of its own, paid from 72 hours until 24 hours before it begins, or it alone is let go.
    """
    return _whole(series.make(actor=actor(), **body))


@blp.route("/series", methods=["GET"])
@allow(*PARTIES)
@blp.arguments(SeriesFilter, location="query")
@blp.response(200, VisitSeriesPageOut)
def list_series(filters: dict[str, Any]) -> Page:
    """我的周期服务 · List my series

    Those of the household, the worker or the firm one acts as, newest first.
    """
    return queries.mine(actor(), **filters)


@blp.route("/series/<uuid:series_id>", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.SeriesNotFound)
@blp.response(200, VisitSeriesOut)
def show(series_id: UUID) -> dict[str, Any]:
    """周期服务详情 · Read a series"""
    return _whole(queries.of_party(actor(), series_id))


@blp.route("/series/<uuid:series_id>/occurrences", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.SeriesNotFound)
@blp.arguments(OccurrenceFilter, location="query")
@blp.response(200, OccurrencePageOut)
def list_occurrences(filters: dict[str, Any], series_id: UUID) -> Page:
    """周期服务各次 · The occurrences of a series, in the order of its rule

    Those that were skipped too, each with the booking that stands for it.
    """
    return queries.occurrences(actor(), series_id, **filters)


@blp.route("/series/<uuid:series_id>/history", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.SeriesNotFound)
@blp.response(200, page_of(BookingFactOut))
def history(series_id: UUID) -> Page:
    """周期服务经过 · Read what happened to a series

    Its entries in the ledger in the order they happened, all on one page.
    """
    return queries.history(actor(), series_id)


@blp.route("/series/<uuid:series_id>/skips", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, booking.CancellationQuoteChanged)
@blp.arguments(SkipIn)
@blp.response(200, OccurrenceOut)
def skip(body: dict[str, Any], series_id: UUID) -> Occurrence:
    """跳过一次 · Skip one visit

    An unpaid one for nothing; a paid one for exactly the refund its cancellation quote gave. No other is touched.
    """
    return series.skip(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/restorations", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, errors.StillBooked, *SEATING)
@blp.arguments(RestorationIn)
@blp.response(201, OccurrenceOut)
def restore(body: dict[str, Any], series_id: UUID) -> Occurrence:
    """恢复一次 · Bring one visit back

    One that was skipped, lapsed unpaid or was cancelled alone, at the time it was planned, if she is still free.
    """
    return series.restore(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/answers", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING)
@blp.arguments(HolidayAnswerIn)
@blp.response(200, OccurrenceOut)
def answer(body: dict[str, Any], series_id: UUID) -> Occurrence:
    """节假日答复 · Say whether a visit on a holiday is wanted

    Until seven days before; silence skips it. Her time is held meanwhile.
    """
    return series.answer(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/moves", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, errors.VisitsPaid, errors.BeyondSeries, booking.StartNotOnHalfHour, *SEATING)
@blp.arguments(MovedIn)
@blp.response(200, OccurrenceOut)
def move(body: dict[str, Any], series_id: UUID) -> Occurrence:
    """改一次的时间 · Move one visit

    An unpaid one, to any time she is free; edits of many leave it as it is from then on. A paid one is moved as the
    booking it is.
    """
    return series.move(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/retimings", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, errors.NothingToChange, errors.VisitsPaid, errors.BeyondSeries, *SEATING)
@blp.arguments(RetimingIn)
@blp.response(200, SeriesEditOut)
def retime(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """改以后各次的时间 · Give the following visits, or all, another time of day

    All of them or none; those that can't be had are named. Visits that were edited alone, or are paid, are left and
    named too.
    """
    return series.retime(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/worker-changes", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, errors.NothingToChange, errors.VisitsPaid, errors.VisitsBeingPaid, WorkerNotFound,
         booking.ServiceNotOffered, booking.AddressNotServed, errors.SeriesPriceChanged, errors.BeyondSeries,
         AddressNotFound, *SEATING)
@blp.arguments(WorkerChangeIn)
@blp.response(200, SeriesEditOut)
def change_worker(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """换服务人员 · Have another worker come

    One of the same firm, for one visit, the following or all, unpaid ones, at her price: all of them or none. Those
    that are paid are left and named.
    """
    return series.change_worker(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/cancellation-quotes", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, errors.NothingToChange)
@blp.arguments(ScopedIn)
@blp.response(200, SeriesCancellationQuoteOut)
def quote_cancellation(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """取消前询价 · What would cancelling the rest cost?

    Of one visit, that and the following, or all that have not begun: each by its own policy, and in all. Nothing is
    changed.
    """
    return series.quote_cancellation(actor=actor(), series_id=series_id, **body)


@blp.route("/series/<uuid:series_id>/cancellations", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(*EDITING, errors.NothingToChange, booking.CancellationQuoteChanged)
@blp.arguments(SeriesCancellationIn)
@blp.response(200, SeriesEditOut)
def cancel(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """取消其余各次 · Cancel the rest

    Exactly the visits of the quote, for exactly its refund.
    """
    return series.cancel(actor=actor(), series_id=series_id, **body)
