"""Tell those concerned what happened to a firm."""

from uuid import UUID

from qiaojiejie.core.access import Role
from qiaojiejie.firms import facts, queries
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.messages import service as messages

KINDS = {facts.RETURNED: "firm_returned", facts.ACCEPTED: "firm_accepted", facts.SUSPENDED: "firm_suspended",
         facts.RESUMED: "firm_resumed"}


@ledger.follows(facts.APPLIED, name="firms.tell_federation")
def tell_federation(entry_id: int) -> None:
    """An application waits: every federation administrator is told."""
    firm = _firm(ledger_queries.get(entry_id).subject)
    for account_id in identity.accounts_with(Role.FEDERATION_ADMIN):
        messages.notify(account_id=account_id, kind="firm_applied", key=f"ledger:{entry_id}",
                        data={"firm": str(firm.id), "firm_name": firm.name})


@ledger.follows(*KINDS, name="firms.tell_managers")
def tell_managers(entry_id: int) -> None:
    """The federation decided: every manager of the firm is told."""
    entry = ledger_queries.get(entry_id)
    firm = _firm(entry.subject)
    for account_id in identity.accounts_in(firm.id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind=KINDS[entry.fact], key=f"ledger:{entry_id}",
                        data={"firm": str(firm.id), "firm_name": firm.name, "decision": entry.data["decision"]})


def _firm(subject: str) -> Firm:
    return queries.get(UUID(subject.removeprefix("firm:")))
