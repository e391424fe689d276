"""Numbers that can belong to nobody: ID numbers, credit codes, phones. Check digits are valid, the blocks unused."""

import random
from datetime import date, timedelta
from math import gcd

from stdnum.cn import ric, uscc

from qiaojiejie.sandbox.city.places import HOME_COUNTIES, every_county

#: People beyond which the counties around Suqian would run out of birthdays; then every county of the country is used.
COUNTIES_SUFFICE = 20_000


def phone(number: int) -> str:
    """The ``number``-th phone of the invented block 199 0…: ten million of them, none dialled by anything here."""
    if not 0 <= number < 10_000_000:
        raise ValueError(f"the block 1990… holds ten million phones, not {number}")
    return f"1990{number:07d}"


def credit_code(number: int) -> str:
    """The ``number``-th invented 统一社会信用代码: region 999999, valid check digit."""
    body = f"91999999MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def id_number(county: str, born: date, female: bool) -> str:
    """An invented ID number with a valid check digit: its order code, 000 for women, 999 for men, is never issued."""
    body = f"{county}{born:%Y%m%d}" + ("000" if female else "999")
    return body + ric.calc_check_digit(body + "0")


class Births:
    """Hands out (ID number, home) pairs: one person at most per county, birthday and sex, as the order code is fixed.

    000 for women, 999 for men: order codes no registry issues so. Ages run from 20 to 62, most in the forties.
    """

    def __init__(self, dice: random.Random, today: date, people: int) -> None:
        self._dice, self._today = dice, today
        self._taken: set[tuple[str, int, bool]] = set()
        if people <= COUNTIES_SUFFICE:
            self._homes = [(code, home) for code, home, _ in HOME_COUNTIES]
            self._weights: list[int] | None = [weight for _, _, weight in HOME_COUNTIES]
        else:
            self._homes, self._weights = every_county(), None

    def next(self, female: bool, mean_age: float) -> tuple[str, str]:
        """A number nobody else in this city has, and the home it was issued in."""
        while True:
            code, home = (self._dice.choices(self._homes, self._weights)[0] if self._weights
                          else self._dice.choice(self._homes))
            age = min(61.9, max(20.1, self._dice.gauss(mean_age, 8.0)))
            days = int(age * 365.25)
            if (code, days, female) not in self._taken:
                self._taken.add((code, days, female))
                break
        return id_number(code, self._today - timedelta(days=days), female), home


def shuffled(number: int, size: int, stride: int = 7_368_787) -> int:
    """The place of ``number`` in a fixed shuffle of ``range(size)``; no list is kept."""
    while gcd(stride, size) != 1:
        stride += 1
    return number * stride % size
