"""Which kinds of notification go out as a text message too, with what in them, when, and how many a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_VISIT = ("service_name", "worker_called", "start", "amount")
_INTERVIEW = ("service_name", "worker_called", "start", "station")

#: text messages a person is sent in a day at most, codes for signing in apart
A_DAY = 10
#: nothing that can wait is sent from 22:00 to 07:00
QUIET_FROM, QUIET_UNTIL = 22, 7
#: a job that has not sent in this time is deferred again; the provider takes a repeated id for the same message
LEASE = timedelta(minutes=2)
MOST_TRIES = 10
KEPT = timedelta(days=180)

STATES = {"waiting": "待发送", "sent": "已发送", "held_back": "未发送", "given_up": "发送失败"}
#: why one was held back
REASONS = {"budget": "当日短信已达上限", "closed": "账号已注销"}

#: what of a notification's data says what it is about: there is one text message of a kind for each
_ABOUT = ("alarm", "substitution", "complaint", "interview", "booking", "firm", "webhook")


@dataclass(frozen=True)
class Template:
    """A template the provider knows by the kind's name: what is filled in, whether it goes out at night, and whether
    it is one of the day's budget."""

    params: tuple[str, ...]
    urgent: bool = False
    counted: bool = True


#: of a kind that is on the list no more: what waits still goes out
GONE = Template((), urgent=True)
#: kind → its template; no other kind goes out
TEXTS: dict[str, Template] = {
    "alarm_raised": Template(("who_zh", "worker_called"), urgent=True, counted=False),
    "booking_asked": Template((*_VISIT, "answer_by")),
    "booking_lapsed": Template(_VISIT, urgent=True),
    "substitute_proposed": Template((*_VISIT[:3], "until"), urgent=True),
    "replacement_offered": Template((*_VISIT[:3], "until")),
    "series_visit_due": Template((*_VISIT, "until")),
    "series_visit_turned_down": Template(("service_name", "worker_called", "days")),
    "booking_confirmed": Template(_VISIT),
    "booking_balance_due": Template(_VISIT),
    "booking_cancelled": Template(_VISIT, urgent=True),
    "booking_declined": Template(_VISIT, urgent=True),
    "booking_barred": Template(_VISIT[:3], urgent=True),
    "booking_worker_absent": Template(_VISIT, urgent=True),
    "booking_household_absent": Template(_VISIT, urgent=True),
    "interview_booked": Template(_INTERVIEW),
    "interview_cancelled": Template(_INTERVIEW, urgent=True),
    "workday_recorded": Template(("service_name", "worker_called", "start", "day")),
    "payment_failed": Template(("service_name", "start", "amount"), urgent=True),
    "refund_failed": Template(("service_name", "amount")),
    "refund_repaid": Template(("service_name", "amount")),
    "complaint_opened": Template(("service_name", "start")),
    "complaint_decided": Template(("service_name",)),
    "firm_returned": Template(("firm_name",)),
    "firm_accepted": Template(("firm_name",)),
    "firm_suspended": Template(("firm_name",)),
    "list_proposed": Template(("list_zh", "objection_until")),
    "credit_fall": Template(("before", "grade", "after", "until")),
    "webhook_switched_off": Template(("host",)),
}

#: what is in the inbox alone: it can wait until one looks, or another message says it
INBOX_ONLY = frozenset("""
    activity_admitted activity_called_off alarm_acknowledged alarm_resolved alarm_withdrawn audit_finding_returned
    audit_tasks_assigned booking_accepted booking_balance_paid booking_beginning_said booking_checked_in
    booking_completed booking_days_unworked booking_ended_early booking_expired booking_extended booking_held
    booking_refund_granted booking_replaced booking_replacement_sought booking_rescheduled booking_served
    booking_substituted booking_taken_over certificate_issued certificate_revoked change_asked change_lapsed
    change_refused change_to_pay change_withdrawn chat_message clearing_differs competition_cancelled
    competition_entered competition_honour competition_honour_revoked competition_judge_appointed competition_number
    competition_objected competition_objection_dismissed competition_objection_upheld competition_placed
    complaint_answered complaint_mediated complaint_overturned complaint_reopened contract_drafted contract_signed
    contract_unsigned contract_voided coupon_granted course_called_off course_enrolled course_failed course_lapsed
    course_marked course_offered course_passed course_waiting credit_alarm credit_changed desk_called
    dispute_answered dispute_lost dispute_opened dispute_won document_rejected document_verified document_withdrawn
    fee_rule_set firm_applied firm_closed firm_grade_ended firm_graded firm_renewal_accepted firm_renewal_refused
    firm_renewal_submitted firm_resumed grading_check_due grading_step grading_submitted handwork_judged
    handwork_paid interview_held interview_judged interview_lapsed interview_missed_by_family
    interview_missed_by_worker invoice_amount_changed invoice_issued invoice_overdue invoice_refused
    invoice_requested invoice_voided invoice_withdrawn job_applied job_placed job_refused list_entered list_left
    list_rejected list_waiting list_withdrawn mandate_booked need_lapsed need_posted need_quote_chosen
    need_quote_passed_over need_quoted need_reopened needs_waiting payout_account_refused payout_account_verified
    payout_failed payout_paid payout_reversed petition_decided petition_opened petition_overdue petition_proposed
    petition_returned petition_sent_back prepaid_bought prepaid_closed prepaid_lapsed prepaid_payment_failed
    prepaid_refund_failed prepaid_refund_repaid prepaid_refund_succeeded prepaid_returned refund_returned
    refund_submitted refund_succeeded replacement_due replacement_gone replacement_lapsed review_invited
    review_published rule_rollback_proposed rule_shadowed series_cancelled series_confirmed series_lapsed
    series_let_go series_moved series_reseated series_restored series_skipped series_visit_expired
    staff_import_finished staff_import_refused subsidy_approved subsidy_paid subsidy_refused substitute_gone
    substitute_withdrawn substitutes_needed trial_over visit_news workday_agreed workday_contested workday_struck
""".split())


def wait(tries: int) -> timedelta:
    """How long after a try that failed the next is made: 2 minutes, 4 … 2 hours."""
    return min(LEASE * 2 ** (tries - 1), timedelta(hours=2))


def params(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """What of a notification's data is filled into its template."""
    return {name: str(data[name]) for name in TEXTS[kind].params if data.get(name) is not None}


def subject(data: Mapping[str, Any], otherwise: str) -> str:
    """What a notification is about."""
    return next((f"{name}:{data[name]}" for name in _ABOUT if data.get(name)), otherwise)


def when(moment: datetime, urgent: bool) -> datetime:
    """The first moment from ``moment`` (as the clock on the wall shows it) on at which a message may go out."""
    if urgent or QUIET_UNTIL <= moment.hour < QUIET_FROM:
        return moment
    morning = moment.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning + timedelta(days=1) if moment.hour >= QUIET_FROM else morning
