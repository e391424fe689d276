"""Propose a rule, compute its shadow, give notice, put it in force on its day; withdraw it; go back at once."""

from qiaojiejie.governance.service.proposing import activate_due, draft, give_notice, renew_shadow, tell, withdraw
from qiaojiejie.governance.service.rollbacks import confirm_rollback, propose_rollback, withdraw_rollback
from qiaojiejie.governance.service.shadowing import shadow

__all__ = ["activate_due", "confirm_rollback", "draft", "give_notice", "propose_rollback", "renew_shadow", "shadow",
           "tell", "withdraw", "withdraw_rollback"]
