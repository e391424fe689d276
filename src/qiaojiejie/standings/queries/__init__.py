"""Read standings: what is kept and due, and what is made of it for people."""

from qiaojiejie.standings.queries.kept import (
    LINE, due, due_firms, fall_in_words, find, find_firm, firm_row, firms_known, known, line, lock_firms,
    lock_standings, row, staff)
from qiaojiejie.standings.queries.published import history, published_leaves, receipts, standings
from qiaojiejie.standings.queries.told import told, told_of_firm
from qiaojiejie.standings.queries.views import explain, explain_firm, what_if, without

__all__ = [
    "LINE", "due", "due_firms", "explain", "explain_firm", "fall_in_words", "find", "find_firm", "firm_row",
    "firms_known", "history", "known", "line", "lock_firms", "lock_standings", "published_leaves", "receipts", "row",
    "staff", "standings", "told", "told_of_firm", "what_if", "without"]
