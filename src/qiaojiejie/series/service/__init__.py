"""Verbs of series: asked for, made, settled by its first payment; one visit, the following or all of them edited."""

from qiaojiejie.series.service.edits import answer, follow_booking, move, restore, retime, skip
from qiaojiejie.series.service.endings import cancel, quote_cancellation
from qiaojiejie.series.service.making import make, preview
from qiaojiejie.series.service.news import remind_due, tell
from qiaojiejie.series.service.seats import change_worker
from qiaojiejie.series.service.settling import finish_all, follow, settle_all

__all__ = ["answer", "cancel", "change_worker", "finish_all", "follow", "follow_booking", "make", "move",
           "preview", "quote_cancellation", "remind_due", "restore", "retime", "settle_all", "skip", "tell"]
