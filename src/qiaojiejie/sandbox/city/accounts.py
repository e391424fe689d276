"""Who can sign in: accounts in their roles, written in batches."""

from datetime import datetime
from uuid import UUID

from qiaojiejie.core.access import Role
from qiaojiejie.core.secrets import blind
from qiaojiejie.identity import facts
from qiaojiejie.identity.models import Account, Membership
from qiaojiejie.ledger.service import SYSTEM
from qiaojiejie.sandbox.city import load, papers
from qiaojiejie.sandbox.city.dice import Dice


class Accounts:
    """Opens accounts, each with a phone nobody else has; ``flush`` writes them."""

    def __init__(self, dice: Dice, diary: load.Diary) -> None:
        self._dice, self._diary = dice, diary
        self._accounts: list[load.Row] = []
        self._memberships: list[load.Row] = []
        self._opened = 0

    def open(self, at: datetime, name: str, role: Role, org_id: UUID | None = None,
             phone: str | None = None) -> tuple[UUID, str]:
        """An account opened at ``at`` in one role: its id and phone (the next invented one unless given)."""
        account_id, phone = self.known(at, name, phone)
        self._memberships.append({"id": self._dice.id_at(at), "account_id": account_id, "role": str(role),
                                  "org_id": org_id, "since": at})
        self._diary.note(at, facts.ROLE_GRANTED, f"account:{account_id}", SYSTEM,
                         {"role": str(role), "org": str(org_id) if org_id else None})
        return account_id, phone

    def known(self, at: datetime, name: str | None, phone: str | None = None) -> tuple[UUID, str]:
        """The account of a phone, in no role yet: its id and phone."""
        if phone is None:
            phone = papers.phone(papers.shuffled(self._opened, 10_000_000))
            self._opened += 1
        account_id = self._dice.id_at(at)
        self._accounts.append({"id": account_id, "phone": phone, "phone_index": blind("phone", phone), "name": name,
                               "created_at": at})
        self._diary.note(at, facts.OPENED, f"account:{account_id}", SYSTEM, {})
        return account_id, phone

    def flush(self) -> None:
        """COPY what was opened since the last time."""
        load.put(Account, self._accounts)
        load.put(Membership, self._memberships)
        self._accounts.clear()
        self._memberships.clear()
