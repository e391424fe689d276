"""What may be told of a worker and what she may do, worked out from her facts. Pure: the day is given."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from qiaojiejie.core.chinese import WORD, initials, words
from qiaojiejie.core.money import in_words
from qiaojiejie.media.rules import url

#: worst to best; a minimum grade is a minimum place in this order
GRADES = ("D", "C", "B", "A", "AA", "AAA")

#: a file just opened; score and grade are the credit rule's for someone of whom nothing is known and nothing verified
NEW: dict[str, Any] = {
    "native_place": "", "bio": "", "note": "", "working_since": None, "live_in": False, "score": 712, "grade": "C",
    "rating_sum": 0, "rating_count": 0, "completed_count": 0, "listed": False, "card": {}, "search": "",
}

COMPOUND_SURNAMES = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 "
    "钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 百里 呼延 东郭 南门 西门".split())

#: first two digits of an ID number (GB/T 2260), with the residence permits of Hong Kong, Macao and Taiwan
PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 "
                      "81 82 83".split())


class Papers(Protocol):
    """The dates that were verified of a worker."""

    identity_verified_on: Any
    health_until: Any
    insured_until: Any
    insured_class: Any
    background_until: Any
    certificates: Any


class Needs(Protocol):
    """What a service asks for."""

    care: Any
    insurance_class: Any
    certificates: Any


@dataclass(frozen=True)
class Wage:
    """What she asks per unit of a service, in fen; ``provisional`` when it is only the usual wage."""

    price_fen: int
    provisional: bool = False


@dataclass(frozen=True)
class Entry:
    """What a firm says of one person on its staff. None (or an absent wage table): it says nothing of that."""

    id_number: str
    name: str
    phone: str
    native_place: str | None = None
    district: str | None = None
    cell: int | None = None
    working_since: int | None = None
    live_in: bool | None = None
    bio: str | None = None
    note: str | None = None
    joined_on: date | None = None
    wages: Mapping[str, Wage] | None = None

    def said(self) -> dict[str, Any]:
        """The columns of a worker it speaks of."""
        names = ("name", "phone", "native_place", "district", "cell", "working_since", "live_in", "bio", "note")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def told(self) -> dict[str, Any]:
        """The columns that follow from her name and ID number."""
        sex = sex_of(self.id_number)
        return {"id_number": self.id_number, "sex": sex, "called": called(self.name, sex),
                "birth_year": int(self.id_number[6:10])}


def id_fault(number: str, on: date) -> str | None:
    """What is wrong with an ID number on a day: ``length``, ``check_digit``, ``invalid``, ``under_age``; or None.

    The county's code is not held against the birthday: numbers were given out long after many of their bearers' birth.
    """
    if len(number) != 18:
        return "length"
    if not (number[:17].isascii() and number[:17].isdecimal()) or number[:2] not in PROVINCES:
        return "invalid"
    if ric.calc_check_digit(number) != number[17]:
        return "check_digit"
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent:
        return "invalid"
    if born > on:
        return "invalid"
    return "under_age" if on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < 18 else None


def sex_of(id_number: str) -> str:
    """``male`` or ``female``, by the last digit but one."""
    return "male" if int(id_number[16]) % 2 else "female"


def safety_colour(*, identity_verified_on: date | None, health_until: date | None, insured_until: date | None,
                  on: date) -> str:
    """``green``: identity verified, health and insurance in date; ``yellow``: one missing or lapsed; ``red``: identity
    not verified. The last day of validity counts as valid."""
    if identity_verified_on is None:
        return "red"
    in_date = all(until is not None and until >= on for until in (health_until, insured_until))
    return "green" if in_date else "yellow"


def eligible(worker: Papers, service: Needs, on: date) -> list[str]:
    """Why she may not do this service on that day, as codes; empty when she may."""
    reasons = [] if worker.identity_verified_on else ["identity_not_verified"]
    if service.care:
        reasons += _dated("background", worker.background_until, on) + _dated("health", worker.health_until, on)
    lacking = _dated("insurance", worker.insured_until, on)
    if not lacking and (worker.insured_class or 0) < service.insurance_class:
        lacking = ["insurance_class_too_low"]
    if service.certificates:
        lacking += _dated("certificate", _certified_until(worker.certificates, service.certificates), on)
    return reasons + lacking


def eligible_until(worker: Papers, service: Needs) -> date:
    """The last day on which ``eligible`` has nothing to say as she is known now; the first there is: no day at all.

    Every paper holds from now until a day, so that day is the earliest of those that are asked for.
    """
    ends = [worker.insured_until if (worker.insured_class or 0) >= service.insurance_class else None]
    ends += [worker.background_until, worker.health_until] if service.care else []
    ends += [_certified_until(worker.certificates, service.certificates)] if service.certificates else []
    if not worker.identity_verified_on or None in ends:
        return date.min
    return min(end for end in ends if end is not None)


def in_date(held: Iterable[Mapping[str, Any]], on: date) -> list[tuple[str | None, int | None]]:
    """(occupation, level) of the verified certificates on a card that are in date on a day."""
    return [(each.get("occupation"), each["level"]) for each in held
            if each["verified"] and (each["valid_until"] is None or each["valid_until"] >= on.isoformat())]


def age_on(born: date, day: date) -> int:
    """Full years of age on a day; a birthday counts from its first moment."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _certified_until(held: Iterable[Mapping[str, Any]], asked_for: Container[str]) -> date | None:
    """The last day of the longest of her certificates that count; one without a last day never lapses; None: none.

    ``held``: her certificates as they stand on her card.
    """
    ends = [paper["valid_until"] for paper in held if paper["verified"] and paper.get("occupation") in asked_for]
    return max((date.fromisoformat(end) if end else date.max for end in ends), default=None)


def _dated(paper: str, until: date | None, on: date) -> list[str]:
    if until is None:
        return [f"{paper}_missing"]
    return [f"{paper}_lapsed"] if until < on else []


def surname(name: str) -> str:
    """王秀英 → 王, 欧阳春 → 欧阳; of a name written with a dot, the part before it."""
    if "·" in name:
        return name.partition("·")[0]
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]


def called(name: str, sex: str) -> str:
    """How families know her: 王秀英 → 王阿姨; a man → 王师傅."""
    return surname(name) + ("阿姨" if sex == "female" else "师傅")


def age_band(birth_year: int, year: int) -> str:
    """Five years, by the year she is born in: ``45–49``."""
    low = (year - birth_year) // 5 * 5
    return f"{low}–{low + 4}"


def average(total: int, count: int) -> str | None:
    """The mean of ``count`` ratings with one decimal, half up: ``4.8``; None without ratings."""
    if count == 0:
        return None
    tenths = (20 * total + count) // (2 * count)
    return f"{tenths // 10}.{tenths % 10}"


def search_text(*, called: str, services: Sequence[str], places: Sequence[str], bio: str) -> str:
    """A tsvector literal: how she is called and what she does weigh A, where she is from and her firm B, her words C.

    Each phrase gives its words, itself, and the pinyin initials of both.
    """
    found: list[str] = []
    for weight, phrases in (("A", (called, *services)), ("B", places)):
        found += [f"'{word}':{{}}{weight}" for word in chain.from_iterable(map(_terms, phrases))]
    found += [f"'{word}':{{}}C" for word in (*words(bio), *filter(None, map(initials, words(bio))))]
    return " ".join(term.format(min(place, 16_000)) for place, term in enumerate(found[:2_000], start=1))


@lru_cache(maxsize=20_000)
def _terms(phrase: str) -> tuple[str, ...]:
    whole = "".join(WORD.findall(phrase)).lower()
    terms = dict.fromkeys(filter(None, (whole, *words(phrase))))
    return tuple(dict.fromkeys(chain(terms, filter(None, map(initials, terms)))))


def listed(worker: Any, services: Sequence[Any]) -> bool:
    """Shown and bookable: her firm is on the platform, neither is on the block list, her identity is verified and she
    offers something."""
    on_platform = worker.firm_id is not None and worker.firm_state == "on_platform" and not worker.barred
    return on_platform and worker.identity_verified_on is not None and bool(services)


def card(worker: Any, services: Iterable[Any], on: date) -> dict[str, Any]:
    """What a family sees of her in a list (``WorkerCardOut``), as JSON values.

    ``worker``: her columns with ``firm_name`` and ``district_name`` beside them; ``services``: code, name, unit,
    price_fen, provisional.
    """
    offered = [{"code": row.service_code, "name": row.name, "unit": row.unit, "price": in_words(row.price_fen),
                "provisional": row.provisional}
               for row in services]
    return {
        "id": str(worker.id),
        "name": worker.called,
        "photo_url": url(worker.photo_id) if worker.photo_id else None,
        "age_band": age_band(worker.birth_year, on.year),
        "native_place": worker.native_place or None,
        "years": None if worker.working_since is None else max(0, on.year - worker.working_since),
        "district": {"code": worker.district, "name": worker.district_name},
        "firm": {"id": str(worker.firm_id), "name": worker.firm_name} if worker.firm_id else None,
        "services": offered,
        "price_from": min((row["price"] for row in offered), key=lambda price: price["amount"], default=None),
        "grade": worker.grade,
        "score": worker.score,
        "rating": {"average": average(worker.rating_sum, worker.rating_count), "count": worker.rating_count},
        "completed": worker.completed_count,
        "certificates": worker.certificates,
        "honours": worker.honours,
        "live_in": worker.live_in,
    }
