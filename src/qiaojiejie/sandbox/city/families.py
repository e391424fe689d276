"""The households: an account, one or two addresses, and how they look on things."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qiaojiejie.core.access import Role
from qiaojiejie.households import facts
from qiaojiejie.households.models import Address, Household
from qiaojiejie.sandbox.city import load, names, places, words
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FIRST_DAY

#: What families mostly ask for by the hour or visit, with its weight.
WISHES = {"cleaning": 50, "hourly_help": 12, "deep_cleaning": 9, "cooking": 8, "organising": 5, "companion": 4,
          "appliance_cleaning": 4, "patient_care": 3, "postnatal_recovery": 2, "tutoring": 1.5, "post_renovation": 1.5,
          "moving": 1}


@dataclass(slots=True)
class Family:
    """A household as the year's visits need it. ``mildness``: how kindly it judges, about −1 to 1."""

    id: UUID
    account: UUID
    address: UUID
    cell: int
    district: str
    opened_on: int
    wish: str
    mildness: float
    appetite: float
    #: whom it liked: (worker, service)
    liked: list[tuple[Hand, str]] = field(default_factory=list)


def settle(dice: Dice, accounts: Accounts, diary: load.Diary, count: int) -> list[Family]:
    """Write ``count`` households; the first is the demo's, in 宿城区."""
    households: list[load.Row] = []
    addresses: list[load.Row] = []
    found = []
    for number in range(count):
        demo = number == 0
        day = FIRST_DAY + 40 if demo else FIRST_DAY + 5 + int(dice.betavariate(0.8, 2.5) * 380)
        at = dice.moment(day, dice.randint(7 * 60, 22 * 60))
        district = places.DISTRICTS[0] if demo else places.pick(dice)
        name = names.person(dice, dice.chance(0.6))
        account, phone = accounts.open(at, name, Role.HOUSEHOLD, phone="13800000001" if demo else None)
        household_id = dice.id_at(at)
        households.append({"id": household_id, "account_id": account, "created_at": at})
        diary.note(at, facts.OPENED, f"household:{household_id}", f"account:{account}", {})
        homes = [_home(dice, household_id, at, district, name, phone, "家")]
        if demo or dice.chance(0.12):
            homes.append(_home(dice, household_id, at, district, name, phone, dice.choice(words.ADDRESS_LABELS[3:])))
        addresses += homes
        found.append(Family(
            household_id, account, homes[0]["id"], homes[0]["cell"], district.code, day,
            "cleaning" if demo else dice.choices(list(WISHES), list(WISHES.values()))[0],
            0.2 if demo else dice.gauss(0, 0.35), dice.lognormvariate(0, 0.9)))
    accounts.flush()
    load.put(Household, households)
    load.put(Address, addresses)
    return found


def appetites(families: Sequence[Family]) -> list[float]:
    """How often each books, compared with the others."""
    return [family.appetite for family in families]


def _home(dice: Dice, household_id: UUID, at: datetime, district: places.District, name: str, phone: str,
          label: str) -> load.Row:
    lng, lat, cell = places.spot(dice, district)
    detail = (f"{dice.choice(words.STREETS)} {dice.choice(words.ESTATES)} {dice.randint(1, 40)} 幢 "
              f"{dice.randint(1, 4)} 单元 {dice.randint(1, 26)}{dice.randint(1, 4):02d}")
    return {"id": dice.id_at(at), "household_id": household_id, "label": label, "region_code": district.code,
            "cell": cell, "detail": detail, "place": f"{lng},{lat}", "contact_name": name, "contact_phone": phone,
            "created_at": at}
