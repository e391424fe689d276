"""A visit's verbs: quote, book, pay, cancel, come, go, complete. Each moves one booking and writes one fact."""

from qiaojiejie.booking import queries
from qiaojiejie.booking.service.ahead import (
    Price, Terms, Time, answered, cancel_all, hold_all, let_go, quote_cancelling, reseat_all, retime_all)
from qiaojiejie.booking.service.beginnings import begin_due, say_beginning
from qiaojiejie.booking.service.days import end_early, finish_days
from qiaojiejie.booking.service.endings import (
    cancel, count_back, grant_refund, quote_cancellation, report_absence, turn_down, undo)
from qiaojiejie.booking.service.engagements import Asked
from qiaojiejie.booking.service.holds import (
    begin_payment, book, confirm_payment, expire, expire_due, hold, remind_due, renew_door_code)
from qiaojiejie.booking.service.moves import change_price
from qiaojiejie.booking.service.quotes import freeze, priced, quote, quote_again
from qiaojiejie.booking.service.replacing import replace, seek_replacement
from qiaojiejie.booking.service.requests import accept, lapse_due
from qiaojiejie.booking.service.substitutes import substitute, take_nobody
from qiaojiejie.booking.service.visits import (
    check_in, check_out, complete, complete_due, contact, end_forgotten, erase_members, forget_doors, free_completion,
    hold_completion, look_at_member)
from qiaojiejie.messages import service as messages

__all__ = ["Asked", "Price", "Terms", "Time", "accept", "answered", "begin_due", "begin_payment", "book", "cancel",
           "cancel_all", "change_price", "check_in", "check_out", "complete", "complete_due", "confirm_payment",
           "contact", "count_back", "end_early", "end_forgotten", "erase_members", "expire", "expire_due",
           "finish_days", "forget_doors", "free_completion", "freeze", "grant_refund", "hold", "hold_all",
           "hold_completion", "lapse_due", "let_go", "look_at_member", "priced", "quote", "quote_again",
           "quote_cancellation", "quote_cancelling", "remind_due", "renew_door_code", "replace", "report_absence",
           "reseat_all", "retime_all", "say_beginning", "seek_replacement", "substitute", "take_nobody", "tell",
           "turn_down", "undo"]


def tell(*, entry_id: int) -> None:
    """Tell everybody a fact about a booking concerns (rules.NEWS), once each."""
    for news in queries.news(entry_id):
        messages.notify(**news)
