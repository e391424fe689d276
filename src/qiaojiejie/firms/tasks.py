"""Tell those concerned what happened to a firm."""

from uuid import UUID

from qiaojiejie.core.access import Role
from qiaojiejie.firms import facts, queries
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.messages import service as messages

KINDS = {facts.RETURNED: "firm_returned", facts.ACCEPTED: "firm_accepted", facts.SUSPENDED: "firm_suspended",
         facts.RESUMED: "firm_resumed", facts.CLOSED: "firm_closed"}
RENEWAL_KINDS = {facts.RENEWAL_ACCEPTED: "firm_renewal_accepted", facts.RENEWAL_REFUSED: "firm_renewal_refused"}


@ledger.follows(facts.APPLIED, facts.RENEWAL_SUBMITTED, name="firms.tell_federation")
def tell_federation(entry_id: int) -> None:
    """An application or a new licence waits: every federation administrator is told."""
    entry = ledger_queries.get(entry_id)
    firm, kind = _firm(entry.subject), "firm_applied" if entry.fact == facts.APPLIED else "firm_renewal_submitted"
    for account_id in identity.accounts_with(Role.FEDERATION_ADMIN):
        messages.notify(account_id=account_id, kind=kind, key=f"ledger:{entry_id}",
                        data={"firm": str(firm.id), "firm_name": firm.name})


@ledger.follows(*KINDS, name="firms.tell_managers")
def tell_managers(entry_id: int) -> None:
    """The federation decided: every manager of the firm is told."""
    entry = ledger_queries.get(entry_id)
    firm = _firm(entry.subject)
    for account_id in identity.accounts_in(firm.id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind=KINDS[entry.fact], key=f"ledger:{entry_id}",
                        data={"firm": str(firm.id), "firm_name": firm.name, "decision": entry.data["decision"]})


@ledger.follows(*RENEWAL_KINDS, name="firms.tell_of_renewal")
def tell_of_renewal(entry_id: int) -> None:
    """The federation decided on a new licence: every manager of the firm is told, and why it was refused."""
    entry = ledger_queries.get(entry_id)
    firm, renewal = _firm(entry.subject), queries.renewal(UUID(entry.data["renewal"]))
    data = {"firm": str(firm.id), "firm_name": firm.name, "valid_until": entry.data["valid_until"],
            "note": renewal.note or None}
    for account_id in identity.accounts_in(firm.id, Role.FIRM_MANAGER):
        messages.notify(account_id=account_id, kind=RENEWAL_KINDS[entry.fact], key=f"ledger:{entry_id}", data=data)


def _firm(subject: str) -> Firm:
    return queries.get(UUID(subject.removeprefix("firm:")))
