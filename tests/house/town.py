"""Two tenants of everything — a family, a firm, a worker and all that is theirs — and somebody in each of the roles."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session as OrmSession

from qiaojiejie.alarms.models import Alarm
from qiaojiejie.attendance.models import Workday
from qiaojiejie.audit.models import Audit, AuditFlag, AuditTask
from qiaojiejie.booking.models import Booking
from qiaojiejie.books import rules as books, service as books_service
from qiaojiejie.calendars import service as calendars
from qiaojiejie.casework.models import Complaint
from qiaojiejie.certificates.service import bodies, certificates
from qiaojiejie.chat.models import Chat, ChatImage, ChatMessage
from qiaojiejie.changes.models import Change
from qiaojiejie.clearing.models import ClearingRun
from qiaojiejie.competitions.models import (
    Competition, CompetitionEntrant, CompetitionEvent, CompetitionHonour, CompetitionJudge, CompetitionObjection)
from qiaojiejie.competitions.rules import shape
from qiaojiejie.contracts.models import Contract
from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.coupons.models import Coupon
from qiaojiejie.courses.models import Course, CourseMeeting, CoursePlace, CourseSession, SubsidyClaim
from qiaojiejie.courses.rules import eligibility
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.doorcards.models import FileGrant
from qiaojiejie.enrolment.models import FirmVisit, Grading, RegisterEntry
from qiaojiejie.enrolment.rules.standards import CURRENT
from qiaojiejie.feeds import rules as feeds
from qiaojiejie.feeds.models import CalendarFeed
from qiaojiejie.firms.models import Firm, FirmRenewal
from qiaojiejie.governance.models import RuleProposal, RuleRollback
from qiaojiejie.guarantees.models import Guarantee, Replacement
from qiaojiejie.identity.models import Account, Membership, Session
from qiaojiejie.interviews.models import Interview
from qiaojiejie.invoices.models import InvoiceRequest, InvoiceTitle
from qiaojiejie.ledger import service as ledger
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.media.models import Media
from qiaojiejie.mandates.models import Mandate
from qiaojiejie.messages.models import Notification
from qiaojiejie.needs.models import Need, NeedQuote
from qiaojiejie.payments.models import Payment
from qiaojiejie.payouts.models import PayoutAccount, PayoutBatch, PayoutItem
from qiaojiejie.refunds.models import Refund
from qiaojiejie.petitions.models import Petition
from qiaojiejie.photos.models import Album, VisitPhoto
from qiaojiejie.prepaid.models import PrepaidCard, PrepaidOffer
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.staffing.models import StaffImport, StaffImportRow
from qiaojiejie.substitutions.models import Substitution, SubstitutionCandidate
from qiaojiejie.surveys.models import Survey, SurveyInvitation
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.models import LogLeaf
from qiaojiejie.webhooks.models import WebhookDelivery, WebhookEndpoint
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.house import square

WEEK = timedelta(days=7)
PLAIN = (Role.TRAINER, Role.MEDIATOR, Role.FEDERATION_AUDITOR, Role.FEDERATION_ADMIN)


@dataclass(frozen=True)
class Tenant:
    """One family, one firm and its worker: ``ids`` by what a path or body calls them, ``headers`` by role.

    ``named`` holds what no tenant owns: codes, versions, a station, numbers nobody has.
    """

    ids: dict[str, UUID]
    accounts: dict[Role, Account]
    headers: dict[Role, dict[str, str]]

    @property
    def named(self) -> dict[str, UUID | str]:
        """Everything a path or body may name."""
        photo = media(self.accounts[Role.FIRM_MANAGER], self.ids["firm_id"], "photo")
        licence = media(self.accounts[Role.HOUSEHOLD], None, "licence")
        return {**self.ids, "code": "cleaning", "one_time_code": "000000", "version": "v1", "month": "2026-11",
                "uscc": factories.firm_code(), "feed_token": _feed_token(self.ids["firm_id"]),
                "id_number": factories.id_number(), "photo_id": photo, "licence_media_id": licence,
                "verdict": "reject", "list_name": "block", "step": "start_review", "check": "log_gaps",
                "publication_kind": "monthly", "period": "2026-10"}


def _keep(row: Any) -> Any:
    session: OrmSession = db.session()
    session.add(row)
    session.flush()
    return row


def _feed_token(firm_id: UUID) -> str:
    """What the address of the family's calendar feed ends with."""
    return f"{firm_id.hex:0>43}"


def _people(firm_id: UUID, station_id: UUID, household_account: UUID, worker_account: UUID) -> dict[Role, Account]:
    return {
        Role.HOUSEHOLD: db.session.get_one(Account, household_account),
        Role.WORKER: db.session.get_one(Account, worker_account),
        Role.FIRM_MANAGER: factories.member(Role.FIRM_MANAGER, firm_id),
        Role.BROKER: factories.member(Role.BROKER, firm_id),
        Role.STATION_CLERK: factories.member(Role.STATION_CLERK, station_id),
        **{role: factories.member(role) for role in PLAIN}}


def media(by: Account, org_id: UUID | None, kind: str = "document") -> UUID:
    """A private file without bytes behind it."""
    row: Media = _keep(Media(account_id=by.id, org_id=org_id, kind=kind, content_type="application/pdf", size=9,
                             sha256=uuid4().bytes, key=uuid4().hex, public=kind == "photo", created_at=clock.now()))
    return row.id


def _paperwork(firm_id: UUID, by: Account, ids: dict[str, UUID]) -> None:
    """What a firm and a mediator have on their desks."""
    ids["media_id"] = media(by, firm_id)
    imported = _keep(StaffImport(
        firm_id=firm_id, account_id=by.id, filename="a.xlsx", media_id=media(by, firm_id, "sheet"), state="done",
        total=1, done=1, added=0, updated=0, unchanged=0, rejected=1, header=["姓名"], created_at=clock.now(),
        finished_at=clock.now()))
    _keep(StaffImportRow(import_id=imported.id, row_no=2, cells='["王秀英"]', reasons=[
        {"code": "id_missing", "column": "身份证号", "message_zh": "缺少身份证号", "message_en": "No ID number"}]))
    ids["import_id"] = imported.id
    ids["renewal_id"] = _keep(FirmRenewal(
        firm_id=firm_id, state="submitted", licence_media_id=media(by, firm_id, "licence"), note="",
        submitted_by=by.id, submitted_at=clock.now())).id


def _enrolment(firm_id: UUID, by: Account, ids: dict[str, UUID]) -> None:
    """A firm in the register, its grading at the third party, a visit with a photo that waits for its answer."""
    now, today = clock.now(), clock.today()
    ids["register_id"] = _keep(RegisterEntry(
        name="宿迁测试家政", uscc=factories.firm_code(), region_code="321302", kind="company", surveyed_on=today, source="调查",
        firm_id=firm_id, matched_at=now, entered_by=by.id, entered_at=now)).id
    ids["grading_id"] = _keep(Grading(firm_id=firm_id, state="third_party", standard=CURRENT.version, opened_by=by.id,
                                      opened_at=now, since=now, due_on=today, reviewed_by=by.id, points=80)).id
    ids["visit_id"] = _keep(FirmVisit(
        firm_id=firm_id, state="reported", kind="unannounced", standard=CURRENT.version, purpose="走访",
        planned_by=by.id, planned_on=today, since=now, due_on=today, visited_by=by.id, visited_on=today, summary="",
        outcome="", findings=[{"item": "safety", "result": "good", "note": "", "photos": [str(ids["media_id"])]}])).id


def _audits(booking: Booking, by: Account, ids: dict[str, UUID]) -> None:
    """An audit that was drawn, a task of it about a leaf that is in the log, and a flag."""
    ledger.append("booking.completed", subject=booking.ref, actor="system", data={
        "household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
        "service": "cleaning", "category": "cleaning", "start": booking.start.isoformat(), "late_minutes": 0})
    while transparency.sequence():
        continue
    leaf = db.session.scalars(sa.select(LogLeaf).order_by(LogLeaf.index.desc()).limit(1)).one()
    nonce, now, today = uuid4().bytes * 2, clock.now(), clock.today()
    audit = _keep(Audit(
        state="drawn", population="order_completed", from_day=today, to_day=today, rate=500, draw_on=today + WEEK,
        commitment=sha256(nonce).digest(), source="双色球", planned_by=by.id, planned_at=now, log_size=1, root=bytes(32),
        nonce=nonce, public_draw="01 02", frame=1, drawn_by=by.id, drawn_at=now))
    ids["audit_id"] = audit.id
    ids["audit_task_id"] = _keep(AuditTask(audit_id=audit.id, leaf_index=leaf.index, entry_id=leaf.entry_id,
                                           state="assigned", due_on=today, assigned_to=by.id)).id
    ids["auditor_id"] = by.id
    ids["flag_id"] = _keep(AuditFlag(kind="rating_burst", subject=f"worker:{booking.worker_id}", evidence={},
                                     state="raised", raised_at=now, seen_at=now)).id


def _rule_changes(by: Account, ids: dict[str, UUID]) -> None:
    """A draft of the rule whose shadow is not done, and a rollback that was given up."""
    now, version = clock.now(), f"v{uuid4().int % 999 + 1}.{uuid4().int % 1000}"
    ids["proposal_id"] = _keep(RuleProposal(
        version=version, hash=uuid4().hex, data={"version": version}, note="更稳健", state="drafted", drafted_by=by.id,
        drafted_at=now, against="v1", as_of=clock.today(), scored=0)).id
    ids["rollback_id"] = _keep(RuleRollback(version="v1", replaces=version, reason="误伤新人", state="withdrawn",
                                            proposed_by=by.id, proposed_at=now, closed_at=now)).id


def _petitions(worker: Worker, people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """A proposal to put the worker on the block list, and an appeal of hers."""
    ids["entry_id"] = _keep(ListEntry(
        kind="block", worker_id=worker.id, state="proposed", reason="grave_breach", note="", evidence=[],
        proposed_by=people[Role.FEDERATION_ADMIN].id, proposed_at=clock.now(), objection_until=clock.today())).id
    ids["petition_id"] = _keep(Petition(
        kind="appeal", state="submitted", ground="not_true", words="厨房台面被划伤", promise=False, role="worker",
        account_id=people[Role.WORKER].id, worker_id=worker.id, firm_concerned=worker.firm_id, filed_at=clock.now(),
        due_on=clock.today(), holds_fall=False)).id


def _series(first: Booking, ids: dict[str, UUID]) -> None:
    """Visits that come again; the first is the booking, the second is skipped."""
    ids["series_id"] = _keep(Series(
        household_id=first.household_id, worker_id=first.worker_id, firm_id=first.firm_id, state="confirmed",
        service_code="cleaning", address_id=first.address_id, rrule="FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=2",
        starts=first.start, minutes=first.minutes, holidays="keep", lines=first.lines, policy=first.policy,
        total_fen=first.total_fen, first_id=first.id, created_at=clock.now())).id
    for start, booking_id in ((first.start, first.id), (first.start + WEEK, None)):
        _keep(Occurrence(series_id=ids["series_id"], day=clock.local(start).date(), starts=start, moved=False,
                         booking_id=booking_id, state="booked" if booking_id else "skipped", reseated=False))


def _change(of: Booking, ids: dict[str, UUID]) -> None:
    """An hour more, which the worker of a running visit asks the family for."""
    ids["change_id"] = _keep(Change(
        booking_id=of.id, worker_id=of.worker_id, kind="extension", asked_by="worker", state="asked",
        was=Range(of.start, of.end),
        during=Range(of.start, of.end + timedelta(hours=1)), lines=of.lines, difference_fen=0, created_at=clock.now(),
        expires_at=clock.now() + timedelta(minutes=10))).id


def _workday(booking_id: UUID, worker_id: UUID, by: Account, ids: dict[str, UUID]) -> None:
    """A day of work the family contests."""
    ids["workday_id"] = _keep(Workday(
        booking_id=booking_id, worker_id=worker_id, day=clock.today(), minutes=600, half=False, fen=13800,
        state="contested",
        reason="not_there", recorded_by=by.id, recorded_at=clock.now())).id


def _contract(booking: Booking, by: Account, ids: dict[str, UUID]) -> None:
    """A version of the booking's contract that nobody has signed."""
    ids["contract_id"] = _keep(Contract(
        booking_id=booking.id, worker_id=booking.worker_id, version=1, variant="introduces", state="drafted", data={
            "title": "家政服务合同", "number": "HT-1", "drafted_on": "2026-11-01", "effective_on": "2026-11-01",
            "fields": {}, "lines": [], "total": 100, "parts": [], "changes": [], "clauses": []},
        personal='{"salt": ""}', data_sha256="0" * 64, paper="", sha256="0" * 64, drafted_by=by.id,
        drafted_at=clock.now())).id


def _competition(worker: Worker, people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """A competition whose results are contested, its entrant, a judge, a medal."""
    by, now, today = people[Role.FEDERATION_ADMIN].id, clock.now(), clock.today()
    made = _keep(Competition(
        name="技能大赛", edition=6, year=2026, level="city", state="provisional", organiser="妇联", entries_from=today,
        entries_until=today, held_on=today + WEEK, admission=shape.ADMISSION, scoring=shape.SCORING, titles=[],
        objection_days=5, draw_seed=bytes(32), draw_commitment=sha256(bytes(32)).hexdigest(), drafted_by=by,
        drafted_at=now, sealed_at=now, raw_sha256="0" * 64, missing=[], published_by=by, published_at=now,
        objection_until=today + WEEK, events=[CompetitionEvent(
            code="mother_baby", position=0, name="母婴护理", name_en="Mother and baby care", theory_max=10_000,
            criteria=[{"code": "skill", "name": "操作规范", "max": 10_000}], gold=1, silver=0, bronze=0)]))
    entrant = _keep(CompetitionEntrant(
        competition_id=made.id, event="mother_baby", worker_id=worker.id, firm_id=worker.firm_id, state="entered",
        number=1, via="worker", entered_by=people[Role.WORKER].id, entered_at=now, rank=1))
    ids["competition_id"], ids["entrant_id"] = made.id, entrant.id
    ids["judge_id"] = _keep(CompetitionJudge(competition_id=made.id, account_id=people[Role.TRAINER].id, kind="judge",
                                             appointed_by=by, appointed_at=now)).id
    ids["objection_id"] = _keep(CompetitionObjection(
        competition_id=made.id, entrant_id=entrant.id, account_id=people[Role.WORKER].id, state="submitted",
        ground="mark_wrong", words="厨房台面被划伤", filed_at=now)).id
    ids["honour_id"] = _keep(CompetitionHonour(
        competition_id=made.id, kind="medal", code="gold", name="金牌", body="妇联", state="standing",
        worker_id=worker.id, named_on=today)).id


def _certificate(worker: Worker, people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """An accredited body and a certificate it issued to the worker."""
    officers = [Actor(people[role].id, uuid4(), role, None)
                for role in (Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR)]
    proposed = bodies.propose(actor=officers[0], slug=f"body-{uuid4().hex[:12]}", name="培训中心", name_en="Centre",
                              occupations=["domestic_worker"], basis="备案")
    ids["body_id"] = proposed["id"]
    bodies.decide(actor=officers[1], body_id=proposed["id"], step="accredit", reason=None)
    certificates.issue(
        actor=officers[0], worker_id=worker.id, body_id=proposed["id"], occupation="domestic_worker", level=5,
        title="家政服务员五级", title_en="Domestic worker", hours=80, issued_on=clock.today(), valid_until=None,
        assessed_by=people[Role.TRAINER].id, ref=f"assessment:{uuid4()}")


def _course(worker: Worker, people: dict[Role, Account], ids: dict[str, UUID]) -> None:
    """A course, a session that is open, the worker's place in it, a claim of a subsidy for it."""
    by, now = people[Role.FEDERATION_ADMIN].id, clock.now()
    course = _keep(Course(
        title="家政服务员五级", title_en="Domestic worker", occupation="domestic_worker", level=5, edition="2026",
        theory_minutes=60, practice_minutes=0, syllabus=[], conditions=eligibility.NONE, body_id=ids["body_id"],
        valid_years=None, theory_pass=60, practice_pass=60, least_attendance=800, attempts=3, resit_days=1,
        programmes=[], state="published", made_by=by, made_at=now))
    session = _keep(CourseSession(
        course_id=course.id, state="open", region_code="321302", place="站", trainer_id=people[Role.TRAINER].id, seats=9,
        taken=1, queued=1, offer_hours=24, starts_at=now + WEEK, ends_at=now + WEEK + timedelta(hours=1),
        planned_by=by, planned_at=now))
    ids["course_id"], ids["course_session_id"] = course.id, session.id
    ids["meeting_id"] = _keep(CourseMeeting(session_id=session.id, number=1, kind="theory", starts=session.starts_at,
                                            ends=session.ends_at)).id
    ids["place_id"] = _keep(CoursePlace(
        session_id=session.id, worker_id=worker.id, firm_id=worker.firm_id, state="enrolled", position=1, via="firm",
        enrolled_by=people[Role.FIRM_MANAGER].id, asked_at=now)).id
    ids["claim_id"] = _keep(SubsidyClaim(
        place_id=ids["place_id"], worker_id=worker.id, programme="sukenhuichuang", year=2026, amount_fen=60_000,
        state="submitted", evidence=[], claimed_by=people[Role.WORKER].id, claimed_at=now)).id


def _survey(by: Account, ids: dict[str, UUID]) -> None:
    """A survey that is open, and a questionnaire of it to hand over."""
    now = clock.now()
    made = _keep(Survey(
        code=f"s{uuid4().hex[:20]}", year=2026, title="满意度", title_en="Satisfaction", audience="handed", state="open",
        questions=[], strata=[], sample=1, closes_on=clock.today() + WEEK, seed=bytes(32), commitment="0" * 64,
        drafted_by=by.id, drafted_at=now, opened_at=now))
    ids["survey_id"] = made.id
    ids["invitation_id"] = _keep(SurveyInvitation(survey_id=made.id, number=1, stratum="a",
                                                  token_hash=uuid4().bytes * 2)).id


def _substitution(booking: Booking, by: Account, ids: dict[str, UUID]) -> None:
    """Somebody else is offered for a booking."""
    now, other = clock.now(), factories.worker_with_account(of=db.session.get_one(Firm, booking.firm_id))
    workers.refresh(worker=other)
    ids["substitution_id"] = _keep(Substitution(
        booking_id=booking.id, worker_id=booking.worker_id, reason="worker_ill", state="offered", asked_by=by.id,
        asked_at=now, until=booking.start)).id
    _keep(SubstitutionCandidate(substitution_id=ids["substitution_id"], worker_id=other.id, position=0))


def _guarantee(booking_id: UUID, worker_id: UUID, by: Account) -> None:
    """What an engagement promises, and a replacement that came to nothing."""
    now = clock.now()
    _keep(Guarantee(booking_id=booking_id, state="kept", trial_days=3, replacement_days=3, trial_until=clock.today(),
                    made_at=now))
    _keep(Replacement(booking_id=booking_id, worker_id=worker_id, party="household", reason="unsuited", asked_by=by.id,
                      asked_at=now, until=now, settled_at=now))


def _payouts(firm_id: UUID, manager: Account, officer: Account, ids: dict[str, UUID]) -> None:
    """An account that waits to be verified; a statement that was paid by bank."""
    ids["payout_account_id"] = _keep(PayoutAccount(
        firm_id=firm_id, kind="bank", state="submitted", bank_name="工商银行", branch="宿城支行", number="6222020200112233",
        set_by=manager.id, set_at=clock.now(), note="")).id
    ids["payout_batch_id"] = _keep(PayoutBatch(
        state="rejected", through=clock.today(), made_by=officer.id, made_at=clock.now(), note="")).id
    ids["payout_item_id"] = _keep(PayoutItem(
        firm_id=firm_id, number=1, state="failed", batch_id=ids["payout_batch_id"], account_id=ids["payout_account_id"],
        since=clock.today(), through=clock.today(), opening_fen=0, movements_fen=100, offset_fen=0, amount_fen=100,
        carried_fen=0, times=1, attempt=1, reversed_fen=0, made_at=clock.now(), checked_at=clock.now())).id


def _prepaid(firm_id: UUID, household_id: UUID, manager: Account, ids: dict[str, UUID]) -> None:
    """A card the firm sells and one the family has, paid and unused."""
    now = clock.now()
    ids["prepaid_offer_id"] = ids["offer_id"] = _keep(PrepaidOffer(
        firm_id=firm_id, name="十次卡", price_fen=100_000, state="offered", offered_by=manager.id, offered_at=now)).id
    ids["card_id"] = _keep(PrepaidCard(
        household_id=household_id, firm_id=firm_id, offer_id=ids["offer_id"], name="十次卡", value_fen=100_000,
        state="live", created_at=now, expires_at=now, live_at=now)).id
    paid = _keep(Payment(card_id=ids["card_id"], part="full", state="succeeded", method="alipay", amount_fen=100_000,
                         attempt=1, intent_id=f"pi_{uuid4().hex}", created_at=now, checked_at=now, succeeded_at=now))
    books_service.post(kind="charged", ref=paid.intent_id, lines=books.charged(paid.held, 100_000))


def _clearing(by: Account, ids: dict[str, UUID]) -> None:
    """A comparison of Stripe's account with the books."""
    ids["clearing_run_id"] = _keep(ClearingRun(
        night=None, asked_by=by.id, at=clock.now(), movements=0, upto=None, stripe_fen=0, books_fen=0, in_flight=0,
        differences=0)).id


def _chat(booking_id: UUID, by: Account, ids: dict[str, UUID]) -> None:
    """What the family wrote about a booking, with an image."""
    ids["chat_image_id"], now = media(by, None, "chat"), clock.now()
    _keep(Chat(booking_id=booking_id, last_number=1, household_read=0, worker_read=0, firm_read=0, due_at=now + WEEK,
               erased_messages=0))
    said = _keep(ChatMessage(booking_id=booking_id, number=1, party="household", account_id=by.id, words="厨房台面被划伤",
                             flags=[], said_at=now))
    _keep(ChatImage(media_id=ids["chat_image_id"], message_id=said.id, position=0))


def _photos(booking_id: UUID, by: Account, ids: dict[str, UUID]) -> None:
    """What the family took a picture of before the service."""
    _keep(Album(booking_id=booking_id, due_at=clock.now() + WEEK, erased_photos=0))
    ids["visit_photo_id"] = _keep(VisitPhoto(
        booking_id=booking_id, media_id=media(by, None, "visit"), phase="before", party="household", account_id=by.id,
        added_at=clock.now())).id


def _webhooks(firm_id: UUID, manager: Account, ids: dict[str, UUID]) -> None:
    """Where the firm's program listens, and what was given up."""
    now = clock.now()
    ids["webhook_endpoint_id"] = _keep(WebhookEndpoint(
        firm_id=firm_id, state="on", url="https://erp.example.com/", kinds=["payout.paid"], secret="whsec_x",
        added_by=manager.id, added_at=now)).id
    ids["webhook_delivery_id"] = _keep(WebhookDelivery(
        endpoint_id=ids["webhook_endpoint_id"], event="ping_1", kind="ping", body="{}", state="given_up", attempts=0,
        tries=0, next_at=now, queued_until=now, until=now, created_at=now)).id


def _invoices(done: Booking, ids: dict[str, UUID]) -> None:
    """A title the family keeps, and the invoice it asked for of what is kept of a booking (100 fen go back)."""
    ids["invoice_title_id"] = ids["title_id"] = _keep(InvoiceTitle(
        household_id=done.household_id, kind="personal", name="王秀英", created_at=clock.now())).id
    ids["invoice_request_id"] = _keep(InvoiceRequest(
        booking_id=done.id, household_id=done.household_id, firm_id=done.firm_id, state="requested",
        kind="electronic_ordinary", amount_fen=done.total_fen - 100, title_kind="personal", name="王秀英",
        asked_at=clock.now(), due_on=clock.today() + WEEK, changed_at=clock.now())).id


def _need(worker: Worker, booking: Booking, manager: Account, ids: dict[str, UUID]) -> None:
    """A need of the family for which the firm quoted."""
    now = clock.now()
    ids["need_id"] = _keep(Need(
        household_id=booking.household_id, service_code="cleaning", address_id=ids["address_id"], region_code="321302",
        minutes=180, start=factories.tomorrow(days=9), closes_at=now + timedelta(days=2), state="open", posted_at=now,
        note="厨房台面被划伤")).id
    ids["need_quote_id"] = _keep(NeedQuote(
        need_id=ids["need_id"], firm_id=worker.firm_id, worker_id=worker.id, state="offered", price_fen=4000,
        during=Range(factories.tomorrow(days=9), factories.tomorrow(13, days=9)), lines=booking.lines,
        policy=booking.policy, total_fen=booking.total_fen, message="", good_until=now + timedelta(days=2),
        quoted_by=manager.id, quoted_at=now)).id


def tenant() -> Tenant:
    """Everything one family and one firm can have."""
    firm, family = factories.firm(), factories.household()
    worker = factories.worker_with_account(of=firm)
    station = factories.station()
    people = _people(firm.id, station.id, family.account_id, worker.account_id)
    booking = factories.booking("confirmed", family, worker)
    done = factories.booking("completed", family, worker, start=factories.tomorrow(days=3))
    ids = {"firm_id": firm.id, "station_id": station.id, "worker_id": worker.id,
           "booking_id": booking.id, "done_booking_id": done.id,
           "held_booking_id": factories.booking("held", family, worker, start=factories.tomorrow(days=4)).id,
           "asked_booking_id": factories.booking("asked", family, worker, start=factories.tomorrow(days=8)).id,
           "under_way_booking_id": factories.booking("under_way", family, worker, factories.tomorrow(days=6)).id,
           "served_booking_id": factories.booking("served", family, worker, factories.tomorrow(days=7)).id,
           "applied_firm_id": factories.firm("applied").id,
           "quote_id": factories.quote(family, worker, factories.tomorrow(days=5)).id,
           "address_id": factories.address(family).id, "member_id": factories.member_of(family).id,
           "document_id": factories.document(worker).id}
    _paperwork(firm.id, people[Role.FIRM_MANAGER], ids)
    ids["leave_id"] = calendars.add_leave(worker_no=worker.no, start=factories.tomorrow(days=20),
                                          end=factories.tomorrow(days=21), note="").id
    ids["special_day_id"] = calendars.set_day(worker_no=worker.no, day=factories.tomorrow(days=22).date(),
                                              hours=[(480, 720)]).id
    for of in (booking, done):
        ids["payment_id"] = _keep(Payment(
            booking_id=of.id, part="full", state="succeeded", method="alipay", amount_fen=of.total_fen, attempt=0,
            created_at=clock.now(), checked_at=clock.now(), succeeded_at=clock.now())).id
    ids["refund_id"] = _keep(Refund(
        payment_id=ids["payment_id"], state="failed", amount_fen=100, because="booking.refund_granted",
        entry_id=factories.cause(), attempt=1, failure="declined", created_at=clock.now(), checked_at=clock.now())).id
    _invoices(done, ids)
    ids["dispute_id"] = _keep(Dispute(
        payment_id=ids["payment_id"], booking_id=done.id, firm_id=done.firm_id, stripe_id=f"dp_{uuid4().hex}",
        state="opened", inquiry=False, reason="fraudulent", amount_fen=done.total_fen, held_fen=done.total_fen,
        fee_fen=0, attempt=1, opened_at=clock.now(), checked_at=clock.now())).id
    ids["alarm_id"] = _keep(Alarm(booking_id=booking.id, firm_id=firm.id, party="worker", state="open", presses=1,
                                  raised_by=worker.account_id, raised_at=clock.now())).id
    ids["interview_id"] = _keep(Interview(
        household_id=family.id, worker_id=worker.id, firm_id=firm.id, service_code="live_in_help", state="booked",
        station_id=station.id, starts=factories.tomorrow(days=9), booked_at=clock.now())).id
    ids["mandate_id"] = _keep(Mandate(
        household_id=family.id, account_id=family.account_id, org_id=station.id, name="王桂兰", state="given",
        how="in_person", consenter="self", note="本人到站口头同意", given_at=clock.now(), until=clock.now() + WEEK,
        registered_by=people[Role.STATION_CLERK].id)).id
    ids["complaint_id"] = _keep(Complaint(
        booking_id=done.id, household_id=family.id, worker_id=worker.id, firm_id=firm.id, state="open", kind="damage",
        words="厨房台面被划伤", opened_at=clock.now())).id
    _series(booking, ids)
    _change(db.session.get_one(Booking, ids["under_way_booking_id"]), ids)
    _contract(booking, people[Role.BROKER], ids)
    _guarantee(booking.id, worker.id, people[Role.HOUSEHOLD])
    _substitution(booking, people[Role.FIRM_MANAGER], ids)
    _workday(ids["under_way_booking_id"], worker.id, people[Role.WORKER], ids)
    _petitions(worker, people, ids)
    _competition(worker, people, ids)
    ids["grant_id"] = _keep(FileGrant(
        worker_id=worker.id, household_id=family.id, booking_id=booking.id, state="granted", fields=["health"],
        until=clock.now() + WEEK, granted_at=clock.now())).id
    ids["notification_id"] = _keep(Notification(account_id=family.account_id, kind="firm_applied",
                                                data={}, key=None, created_at=clock.now())).id
    _enrolment(firm.id, people[Role.FEDERATION_AUDITOR], ids)
    _audits(done, people[Role.FEDERATION_AUDITOR], ids)
    _certificate(worker, people, ids)
    _course(worker, people, ids)
    _survey(people[Role.FEDERATION_ADMIN], ids)
    square.fill(people, ids)
    _rule_changes(people[Role.FEDERATION_ADMIN], ids)
    _clearing(people[Role.FEDERATION_ADMIN], ids)
    ids["coupon_id"] = _keep(Coupon(
        code=uuid4().hex[:8].upper(), name="立减", kind="amount", amount_fen=100, payer="firm", firm_id=firm.id,
        least_fen=0, services=[], categories=[], audience="everyone", most_per_household=1, state="live", used=0,
        given_fen=0, valid_from=clock.today(), valid_until=clock.today(), issued_at=clock.now(),
        issued_by=people[Role.FIRM_MANAGER].id)).id
    _keep(CalendarFeed(account_id=family.account_id, role=Role.HOUSEHOLD, made_at=clock.now(),
                       token_hash=feeds.digest(_feed_token(firm.id))))
    _chat(booking.id, people[Role.HOUSEHOLD], ids)
    _photos(booking.id, people[Role.HOUSEHOLD], ids)
    _webhooks(firm.id, people[Role.FIRM_MANAGER], ids)
    _prepaid(firm.id, family.id, people[Role.FIRM_MANAGER], ids)
    _need(worker, booking, people[Role.FIRM_MANAGER], ids)
    _payouts(firm.id, people[Role.FIRM_MANAGER], people[Role.FEDERATION_AUDITOR], ids)
    headers = {role: factories.headers(who) for role, who in people.items()}
    ids["session_id"] = db.session.scalars(sa.select(Session.id).where(Session.account_id == family.account_id)).one()
    ids["membership_id"] = db.session.scalars(sa.select(Membership.id).where(
        Membership.account_id == people[Role.BROKER].id)).one()
    workers.refresh(worker=worker)
    db.session.flush()
    return Tenant(ids, people, headers)
