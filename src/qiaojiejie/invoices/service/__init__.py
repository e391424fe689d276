"""Keep titles; ask for invoices, issue, refuse, withdraw, void; draw receipts."""

from qiaojiejie.invoices.service.receipts import paper, receipt  # noqa: F401
from qiaojiejie.invoices.service.requests import ask, issue, look, open_file, refuse, void, withdraw  # noqa: F401
from qiaojiejie.invoices.service.titles import add_title, change_title, remove_title  # noqa: F401
from qiaojiejie.invoices.service.watching import NEWS, compare, compare_changed, tell, warn_late  # noqa: F401
