"""A family's invoice titles. Requests keep their own copy, so that changing or removing one changes no request."""

from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import queries as household_queries, service as households
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.errors import InvoiceTitlesFull
from qiaojiejie.invoices.models import InvoiceTitle
from qiaojiejie.invoices.queries import titles


def add_title(*, actor: Actor, kind: str, name: str, uscc: str | None, email: str | None) -> InvoiceTitle:
    """Keep a title. ``kind``: rules.TITLE_KINDS.

    Raises TaxNumberRequired, TaxNumberNotForPersons, InvoiceTitlesFull.
    """
    rules.check_title(kind=kind, uscc=uscc)
    households.open_for(account_id=actor.account_id)
    household = household_queries.of_account(actor.account_id, lock=True)
    if titles.count(household.id) >= rules.MOST_TITLES:
        raise InvoiceTitlesFull(most=rules.MOST_TITLES)
    made = InvoiceTitle(household_id=household.id, kind=kind, name=Sealed("name", name), created_at=clock.now(),
                        uscc=uscc and Sealed("id_number", uscc), email=email and Sealed("text", email))
    db.session.add(made)
    db.session.flush()
    return made


def change_title(*, actor: Actor, title_id: UUID, **changes: Any) -> InvoiceTitle:
    """Change what is named of a title (``name``, ``uscc``, ``email``); its kind stays.

    Raises InvoiceTitleNotFound, TaxNumberRequired, TaxNumberNotForPersons.
    """
    found = titles.own(actor.account_id, title_id, lock=True)
    if "uscc" in changes:
        rules.check_title(kind=found.kind, uscc=changes["uscc"])
    for name, value in changes.items():
        setattr(found, name, value)
    db.session.flush()
    return found


def remove_title(*, actor: Actor, title_id: UUID) -> None:
    """Forget a title. Raises InvoiceTitleNotFound."""
    db.session.delete(titles.own(actor.account_id, title_id, lock=True))
    db.session.flush()
