"""Where firms are paid: each says so soon after it came, and the federation checks that the account is its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from qiaojiejie.payouts import facts
from qiaojiejie.payouts.models import PayoutAccount
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.town import FirmSeat, Officials

BANKS = ("某国有商业银行", "某城市商业银行", "某农村商业银行")
#: what the officer writes who refuses one
REFUSED = "账户名称与企业登记名称不一致，请更换为企业本名账户"
#: places among the firms of one that was refused first, of one whose new account waits, of one that has none
REFUSED_FIRST, WAITING, NONE = 5, 6, 7


def paid_out(seats: Sequence[FirmSeat]) -> set[UUID]:
    """The firms that have a verified account soon after they came."""
    return {seat.id for place, seat in enumerate(seats) if place not in (WAITING, NONE)}


class BankAccounts:
    """Every firm's accounts; the verified ones can be asked for."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials) -> None:
        self._dice, self._diary, self._officials = dice, diary, officials
        self._rows: list[load.Row] = []
        self._verified: dict[str, tuple[UUID, datetime]] = {}

    def open(self, seats: Iterable[FirmSeat]) -> None:
        """All but one of these firms say where they are paid, in the days after they came."""
        for place, seat in enumerate(seats):
            if place == NONE:
                continue
            day = min(-3, seat.opened_on + self._dice.randint(1, 6))
            if place == REFUSED_FIRST:
                self._set(seat, day, "refused")
                day = min(-2, day + 4)
            self._set(seat, -2 if place == WAITING else day, "submitted" if place == WAITING else "verified")

    def verified(self, firm_id: str, at: datetime) -> UUID | None:
        """A firm's account when it was verified by then."""
        found = self._verified.get(firm_id)
        return found[0] if found and found[1] <= at else None

    def flush(self) -> None:
        """COPY the accounts."""
        load.put(PayoutAccount, self._rows)

    def _set(self, seat: FirmSeat, day: int, state: str) -> None:
        dice = self._dice
        at = dice.moment(day, dice.randint(9 * 60, 17 * 60))
        decided_at = None if state == "submitted" else dice.moment(day + 1, dice.randint(9 * 60, 17 * 60))
        account_id, bank = dice.id_at(at), dice.choice(BANKS)
        self._rows.append({
            "id": account_id, "firm_id": seat.id, "kind": "bank", "state": state, "bank_name": bank,
            "branch": f"{seat.district.name}支行", "number": f"9999{dice.randrange(10 ** 15):015d}",
            "stripe_account": None, "set_by": seat.manager, "set_at": at, "decided_at": decided_at,
            "decided_by": self._officials.auditor if decided_at else None,
            "note": REFUSED if state == "refused" else ""})
        about = {"account": str(account_id), "kind": "bank"}
        self._diary.note(at, facts.ACCOUNT_SET, f"firm:{seat.id}", f"account:{seat.manager}", about)
        if decided_at:
            fact = facts.ACCOUNT_REFUSED if state == "refused" else facts.ACCOUNT_VERIFIED
            self._diary.note(decided_at, fact, f"firm:{seat.id}", f"account:{self._officials.auditor}", about)
        if state == "verified" and decided_at:
            self._verified[str(seat.id)] = account_id, decided_at
