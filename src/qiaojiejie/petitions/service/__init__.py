"""File, complete and withdraw petitions; return them, decide them by two officers, and do what follows."""

from qiaojiejie.petitions.service.deciding import NEWS, alarm_overdue, decide, open_for, propose, send_for_more, tell
from qiaojiejie.petitions.service.filing import (
    add_evidence, appeal, lapse_due, object_to, repair, resubmit, withdraw)

__all__ = ["NEWS", "add_evidence", "alarm_overdue", "appeal", "decide", "lapse_due", "object_to", "open_for", "propose",
           "repair", "resubmit", "send_for_more", "tell", "withdraw"]
