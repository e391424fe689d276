"""Give money back. A row first; then Stripe, with nothing locked; then the row again."""

from qiaojiejie.refunds.service.disputed import known, resume, settle
from qiaojiejie.refunds.service.refunds import answer, apply, ask_again, left, look_again, look_at, repay, request

__all__ = ["answer", "apply", "ask_again", "known", "left", "look_again", "look_at", "repay", "request", "resume",
           "settle"]
