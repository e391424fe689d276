"""``replay``: computes every score anew from the ledger and compares with what is published, byte for byte."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from qiaojiejie.credit import replay as rule
from qiaojiejie.credit.audit.copying import Copy
from qiaojiejie.credit.audit.site import Site, Trouble
from qiaojiejie.credit.audit.tree import Line
from qiaojiejie.transparency import rules

NAMES = ("subject", "score", "grade", "reasons", "neff", "households")
MOST_TOLD = 50
DAY_SECONDS = 86_400
SHANGHAI_SECONDS = 8 * 3600


def today() -> int:
    """The day number of today in Asia/Shanghai."""
    return int(time.time() + SHANGHAI_SECONDS) // DAY_SECONDS


def replay(*, site: Site | None, ledger: Copy | None, as_of: int | None, tell: Callable[[str], None]) -> None:
    """Compare what the rule makes of the ledger with the published standings: those at the address, or else the last
    ones the ledger itself holds. Raises Trouble when any differs."""
    source = ledger or site
    assert source is not None  # the command asks for one of them
    lines = list(source.lines())
    day = as_of if as_of is not None else today()
    try:
        computed = dict(_each(rule.run(lines, as_of=day)))
    except ValueError as broken:
        raise Trouble(f"the ledger can't be replayed: {broken} 账本无法重算") from broken
    shown = published(lines) if site is None else standings(site)
    differ = 0
    for subject in sorted(computed.keys() | shown.keys()):
        if computed.get(subject) != shown.get(subject):
            differ += 1
            if differ <= MOST_TOLD:
                tell(f"{subject}\n  computed  {_text(computed.get(subject))}\n  published {_text(shown.get(subject))}")
    if differ:
        raise Trouble(f"{differ} of {len(computed.keys() | shown.keys())} standings differ as of day {day}\n"
                      f"有 {differ} 个信用分与公开日志重算结果不一致")
    tell(f"{len(computed)} standings, computed from {len(lines)} lines as of day {day}, are the ones published\n"
         f"全部 {len(computed)} 个信用分均可由公开日志逐字节重算得出")


def standings(site: Site) -> dict[str, bytes]:
    """What is published at the address."""
    return dict(_each(site.items("/credit/standings", limit=100)))


def published(lines: Iterable[Line]) -> dict[str, bytes]:
    """The last standing of each subject that the ledger holds."""
    return dict(_each(line for line in lines if line["type"] == "standing" and "score" in line))


def _each(found: Iterable[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    for each in found:
        yield each["subject"], _bytes(each)


def _bytes(standing: dict[str, Any]) -> bytes:
    return rules.canonical({name: standing.get(name) for name in NAMES})


def _text(standing: bytes | None) -> str:
    return "nothing" if standing is None else standing.decode()
