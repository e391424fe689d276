"""What workers do and ask for it: trades as a real city mixes them, wages in yuan, hours as they keep them."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """A kind of worker: share of all, main service, further ones with their chance, and what she usually is like."""

    share: float
    main: str
    further: tuple[tuple[str, float], ...]
    mean_age: float
    female: float = 0.97
    live_in: float = 0.0
    care: bool = True
    occupation: str = "家政服务员"


TRADES = (
    Trade(0.43, "cleaning", (("deep_cleaning", 0.55), ("hourly_help", 0.5), ("organising", 0.2),
                             ("post_renovation", 0.3), ("appliance_cleaning", 0.2), ("cooking", 0.15)), 46, care=False),
    Trade(0.07, "hourly_help", (("cleaning", 0.6), ("cooking", 0.4)), 48),
    Trade(0.13, "maternity_nurse", (("infant_care", 0.4), ("postnatal_recovery", 0.3)), 44, 1.0, 0.6,
          occupation="家政服务员（母婴护理员）"),
    Trade(0.09, "infant_care", (("tutoring", 0.08), ("cooking", 0.2)), 42, 1.0, 0.3, occupation="育婴员"),
    Trade(0.12, "elder_care", (("elder_care_full", 0.5), ("companion", 0.4), ("cooking", 0.3)), 50, 0.95, 0.4,
          occupation="养老护理员"),
    Trade(0.05, "patient_care", (("companion", 0.6), ("elder_care_full", 0.3)), 49, 0.88, 0.2, occupation="养老护理员"),
    Trade(0.05, "cooking", (("hourly_help", 0.5), ("cleaning", 0.3)), 47),
    Trade(0.03, "live_in_help", (("cooking", 0.6), ("elder_care", 0.3)), 49, 1.0, 1.0),
    Trade(0.01, "tutoring", (), 29, 0.85),
    Trade(0.02, "moving", (), 38, 0.0, care=False),
)

NURSE = next(trade for trade in TRADES if trade.main == "maternity_nurse")

#: Usual wage per unit of the service, in yuan: (lower, upper, step).
WAGES = {
    "cleaning": (32, 55, 1), "deep_cleaning": (45, 75, 1), "post_renovation": (50, 80, 1),
    "appliance_cleaning": (80, 180, 10), "organising": (60, 120, 5), "maternity_nurse": (240, 620, 10),
    "infant_care": (4200, 7500, 100), "postnatal_recovery": (120, 260, 10), "elder_care": (3600, 5800, 100),
    "elder_care_full": (4500, 7200, 100), "companion": (28, 48, 1), "patient_care": (30, 55, 1), "cooking": (35, 60, 1),
    "live_in_help": (4000, 6800, 100), "tutoring": (60, 160, 5), "moving": (280, 900, 10), "hourly_help": (30, 48, 1),
}

#: Weekly hours as workers keep them: share, then (weekdays, [(from, until) in hours]).
HOURS = (
    (0.34, ((range(1, 7), ((8, 18),)),)),
    (0.20, ((range(1, 8), ((8, 18),)),)),
    (0.12, ((range(1, 6), ((9, 17),)),)),
    (0.12, ((range(1, 8), ((7, 12), (13.5, 19))),)),
    (0.08, ((range(1, 6), ((8.5, 11.5), (14, 17.5))),)),
    (0.07, ((range(2, 8), ((8, 20),)),)),
    (0.04, ((range(1, 6), ((17, 21),)), (range(6, 8), ((8, 20),)))),
    (0.03, ((range(6, 8), ((8, 18),)),)),
)
#: What the demo's worker keeps: every day, 07:00–20:00.
WIDE = ((range(1, 8), ((7, 20),)),)

#: a shift is paid as so many of its hours: some of them are slept through
SHIFT_HOURS = 7
#: who does this by the hour does it by day and night, too
BY_SHIFT = ("companion", "patient_care")

Week = dict[int, list[tuple[int, int]]]


def trade(dice: random.Random) -> Trade:
    """A trade by its share of all workers."""
    return dice.choices(TRADES, [each.share for each in TRADES])[0]


def services(dice: random.Random, of: Trade, skill: float) -> dict[str, int]:
    """What she offers → her wage per unit in fen; better ones (``skill`` about −2 to 2) ask for more."""
    codes = [of.main, *(code for code, share in of.further if dice.random() < share)]
    found = {code: wage(dice, code, skill) for code in codes}
    return found | {f"{code}_shift": found[code] * SHIFT_HOURS for code in BY_SHIFT if code in found}


def wage(dice: random.Random, code: str, skill: float) -> int:
    """A wage per unit of a service, in fen, on the step usual for it."""
    lower, upper, step = WAGES[code]
    place = min(1.0, max(0.0, 0.42 + 0.14 * skill + dice.gauss(0, 0.16)))
    return int((lower + (upper - lower) * place) // step * step) * 100


def week(dice: random.Random, wide: bool = False) -> Week:
    """Weekday (1 Monday … 7 Sunday) → [(from, until) in minutes after midnight]."""
    pattern = WIDE if wide else dice.choices([days for _, days in HOURS], [share for share, _ in HOURS])[0]
    return {day: [(int(start * 60), int(end * 60)) for start, end in windows]
            for days, windows in pattern for day in days}
