"""What a family may keep of its places and people: pure, no clock."""

from collections.abc import Collection, Iterable
from datetime import timedelta

#: addresses a family may keep; this platform's own choice
MOST_ADDRESSES = 20

#: how far from a region's centre a place may lie and still be believed; no county here is 60 km across
FAR_M = 80_000


def written(lng: float, lat: float) -> str:
    """A WGS-84 place as it is sealed: "118.273500,33.939100" (six decimals, about 10 cm)."""
    return f"{lng:.6f},{lat:.6f}"


def place_of(text: str) -> tuple[float, float]:
    """The (lng, lat) of a place written by ``written``."""
    lng, _, lat = text.partition(",")
    return float(lng), float(lat)


#: members a family may keep; this platform's own choice
MOST_MEMBERS = 20
#: how long one who was removed is kept, and after the last booking for them
MEMBER_KEPT = timedelta(days=180)

#: what a member is to who keeps the household's account
RELATIONS = {"self": "本人", "spouse": "配偶", "child": "子女", "parent": "父母", "parent_in_law": "公婆或岳父母",
             "grandparent": "祖父母或外祖父母", "grandchild": "孙辈", "other": "其他家人"}

#: words for the care that is needed; none is a diagnosis
NEEDS = {"infant": "婴儿", "child": "儿童", "maternity": "孕产妇", "semi_dependent": "半自理", "dependent": "不能自理",
         "chronic": "慢病", "mobility": "行动不便", "sight_hearing": "视听不便", "night": "夜间照看",
         "meals": "饮食有要求"}
#: of these at most one is true
EITHER = ("semi_dependent", "dependent")

#: from which age each band begins
_BANDS = (0, 3, 7, 14, 18, 40, 60, 70, 80, 90)


def age_band(birth_year: int, year: int) -> str:
    """The band of an age by years alone, wide enough to name nobody: ``70–79``."""
    age = max(0, year - birth_year)
    place = max(i for i, least in enumerate(_BANDS) if least <= age)
    return f"{_BANDS[place]}+" if place == len(_BANDS) - 1 else f"{_BANDS[place]}–{_BANDS[place + 1] - 1}"


def joined(needs: Collection[str]) -> str:
    """Care needs as they are sealed: each once, in the order of NEEDS."""
    return ",".join(need for need in NEEDS if need in needs)


def needs_of(text: str) -> list[str]:
    """The care needs written by ``joined``."""
    return text.split(",") if text else []


def in_words(relation: str, band: str, needs: Iterable[str]) -> str:
    """A member without a name: 父母 · 70–79 岁 · 半自理、慢病."""
    parts = (RELATIONS[relation], f"{band} 岁", "、".join(map(NEEDS.__getitem__, needs)))
    return " · ".join(filter(None, parts))
