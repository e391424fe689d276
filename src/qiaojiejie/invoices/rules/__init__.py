"""When an invoice may be asked for, what a receipt says, and how it is printed. Pure."""

from qiaojiejie.invoices.rules.asking import (  # noqa: F401
    DAYS_TO_ASK, KINDS, MOST_TITLES, REFUSALS, TITLE_KINDS, VOIDINGS, WORKING_DAYS, check_askable, check_issue,
    check_kind, check_title, check_unchanged, due_on, is_overdue, kept)
from qiaojiejie.invoices.rules.receipts import receipt, told  # noqa: F401
