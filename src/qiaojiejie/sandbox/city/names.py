"""Names put together from the commonest parts; nobody in particular."""

import random
from itertools import accumulate

from qiaojiejie.sandbox.city import words

_SURNAMES = list(words.SURNAMES)
_FALLING = list(accumulate(1 / (place + 6) for place in range(len(_SURNAMES))))


def person(dice: random.Random, female: bool) -> str:
    """A full name: 王秀英."""
    surname = dice.choices(_SURNAMES, cum_weights=_FALLING)[0]
    return surname + dice.choice(words.FEMALE_GIVEN if female else words.MALE_GIVEN)


class FirmNames:
    """Names of firms, each once."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._given: set[str] = set()

    def next(self) -> str:
        """宿迁安居家政服务有限公司, or a longer one once the short ones are taken."""
        dice = self._dice
        for parts in range(2, 6):
            for _ in range(20):
                brand = dice.choice(words.BRAND_FIRST) + "".join(
                    dice.choice(words.BRAND_SECOND) for _ in range(parts - 1))
                name = f"宿迁{brand}{dice.choice(words.FIRM_KINDS)}"
                if name not in self._given:
                    self._given.add(name)
                    return name
        raise ValueError("no name is left for another firm")
