"""States of a series and of an occurrence in it. Parties: household, system; of a booked one its booking knows more."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.series import facts

SERIES = Lifecycle("series", "held", {
    "held": "待付首次", "confirmed": "进行中", "let_go": "首次未付款，已释放", "ended": "已结束"}, [
    #    step       from              to           who          fact
    step("confirm", "held",           "confirmed", "system",    facts.CONFIRMED),
    step("let_go",  "held",           "let_go",    "system",    facts.LET_GO),
    step("edit",    "confirmed",      "confirmed", "household", ""),
    step("cancel",  "held confirmed", "ended",     "household", facts.ENDED),
    step("finish",  "confirmed",      "ended",     "system",    facts.FINISHED),
])

OCCURRENCE = Lifecycle("occurrence", "booked", {
    "booked": "已排", "asked": "节假日待答复", "skipped": "已跳过", "cancelled": "已取消"}, [
    #    step       from             to           who          fact
    step("ask",     "booked",        "asked",     "system",    ""),
    step("omit",    "booked",        "skipped",   "system",    ""),
    step("keep",    "asked",         "booked",    "household", facts.KEPT),
    step("lapse",   "asked",         "skipped",   "system",    facts.LAPSED),
    step("skip",    "booked asked",  "skipped",   "household", facts.SKIPPED),
    step("restore", "booked skipped", "booked",   "household", facts.RESTORED),
    step("move",    "booked asked",  "booked",    "household", facts.MOVED),
    step("reseat",  "booked",        "booked",    "household", facts.RESEATED),
    step("cancel",  "booked asked",  "cancelled", "household", facts.CANCELLED),
])

#: states of the first booking in which nobody knows whether the series stands: unpaid, or the firm is asked
UNDECIDED = ("held", "asked")
#: occurrences for which her time may be engaged
STANDING = ("booked", "asked")
