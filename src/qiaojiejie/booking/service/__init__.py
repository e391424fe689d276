"""A visit's verbs: quote, book, pay, cancel, come, go, complete. Each moves one booking and writes one fact."""

from qiaojiejie.booking import queries
from qiaojiejie.booking.service.days import end_early, finish_days
from qiaojiejie.booking.service.endings import (
    cancel, count_back, grant_refund, quote_cancellation, report_absence, turn_down)
from qiaojiejie.booking.service.holds import (
    begin_payment, book, confirm_payment, expire, expire_due, remind_due, renew_door_code)
from qiaojiejie.booking.service.quotes import quote, quote_again
from qiaojiejie.booking.service.replacing import replace, seek_replacement
from qiaojiejie.booking.service.substitutes import substitute, take_nobody
from qiaojiejie.booking.service.visits import (
    check_in, check_out, complete, complete_due, contact, end_forgotten, free_completion, hold_completion,
    look_at_member)
from qiaojiejie.messages import service as messages

__all__ = ["begin_payment", "book", "cancel", "check_in", "check_out", "complete", "complete_due", "confirm_payment",
           "contact", "count_back", "end_early", "end_forgotten", "expire", "expire_due", "finish_days",
           "free_completion", "grant_refund", "hold_completion", "look_at_member", "quote", "quote_again",
           "quote_cancellation", "remind_due", "renew_door_code", "replace", "report_absence", "seek_replacement",
           "substitute", "take_nobody", "tell", "turn_down"]


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a booking concerns (rules.NEWS), once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)
