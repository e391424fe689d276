"""Where the city lies: real town centres (WGS-84), the homes scattered round them, and where workers come from."""

import math
import random
from dataclasses import dataclass
from importlib.resources import files

import h3

RESOLUTION = 8


@dataclass(frozen=True)
class District:
    """A district or county: GB/T 2260 code, share of the city's people, towns as (lng, lat, share, spread in km)."""

    code: str
    name: str
    share: float
    towns: tuple[tuple[float, float, float, float], ...]


DISTRICTS = (
    District("321302", "宿城区", 0.30, ((118.2755, 33.9631, 0.62, 2.2), (118.2420, 33.9420, 0.26, 1.8),
                                     (118.3270, 33.8900, 0.12, 1.5))),
    District("321311", "宿豫区", 0.15, ((118.3305, 33.9466, 0.68, 1.8), (118.3560, 33.9770, 0.20, 1.4),
                                     (118.4530, 34.0560, 0.12, 1.2))),
    District("321322", "沭阳县", 0.24, ((118.7690, 34.1110, 0.72, 2.4), (118.6760, 34.3190, 0.14, 1.0),
                                     (118.9660, 34.0410, 0.14, 1.0))),
    District("321323", "泗阳县", 0.16, ((118.7030, 33.7230, 0.76, 2.0), (118.5560, 33.8060, 0.12, 1.0),
                                     (118.8290, 33.6370, 0.12, 1.0))),
    District("321324", "泗洪县", 0.15, ((118.2170, 33.4760, 0.76, 2.0), (118.3280, 33.3250, 0.12, 1.0),
                                     (118.0930, 33.5990, 0.12, 1.0))),
)

#: Home counties of workers: GB/T 2260 code, as a family says it, weight.
HOME_COUNTIES = (
    ("321302", "江苏宿城", 130), ("321311", "江苏宿豫", 100), ("321322", "江苏沭阳", 170), ("321323", "江苏泗阳", 120),
    ("321324", "江苏泗洪", 120), ("320324", "江苏睢宁", 40), ("320381", "江苏新沂", 30), ("320382", "江苏邳州", 25),
    ("320826", "江苏涟水", 25), ("320830", "江苏盱眙", 20), ("320722", "江苏东海", 20), ("320723", "江苏灌云", 15),
    ("320724", "江苏灌南", 15), ("320922", "江苏滨海", 10), ("341302", "安徽埇桥", 20), ("341323", "安徽灵璧", 25),
    ("341324", "安徽泗县", 45), ("340322", "安徽五河", 15), ("341182", "安徽明光", 10), ("371322", "山东郯城", 12),
    ("371329", "山东临沭", 8), ("411426", "河南夏邑", 8), ("411481", "河南永城", 7), ("511325", "四川西充", 3),
    ("522627", "贵州天柱", 2), ("450921", "广西容县", 2),
)


def every_county() -> list[tuple[str, str]]:
    """Every present county in python-stdnum's GB/T 2260 table as (code, "省名县名"); for cities of great size."""
    province, found = ("", ""), []
    for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
        code, _, rest = line.partition(" ") if not line.startswith(" ") else ("", "", line.strip())
        if line.startswith("#") or "=" not in line:
            continue
        if code:
            province = (code, rest.split('"')[1].rstrip("省市"))
            continue
        part, name = rest.split(" ", 1)[0], rest.split('"')[1].split(",")[-1]
        if not part.endswith("00") and "-]" in name and not name.endswith("市辖区"):
            found.append((province[0] + part, province[1] + name.split("]")[1]))
    return found


def spot(dice: random.Random, district: District) -> tuple[float, float, int]:
    """A plausible home in a district: (lng, lat, H3 cell of resolution 8 as an integer)."""
    lng, lat, _, spread = dice.choices(district.towns, [town[2] for town in district.towns])[0]
    north, east = dice.gauss(0, spread / 2), dice.gauss(0, spread / 2)
    lat += north / 111.2
    lng += east / (111.2 * math.cos(math.radians(lat)))
    return round(lng, 6), round(lat, 6), h3.str_to_int(h3.latlng_to_cell(lat, lng, RESOLUTION))


def spread(number: int) -> District:
    """The district of the ``number``-th of many, so that each gets its share however many there are."""
    place = number * 0.618034 % 1
    for district in DISTRICTS:
        place -= district.share
        if place < 0:
            return district
    return DISTRICTS[-1]


def pick(dice: random.Random) -> District:
    """A district by its share of the city's people."""
    return dice.choices(DISTRICTS, [district.share for district in DISTRICTS])[0]
