"""Small numbers told honestly: cells that would point at a person are left out."""

from collections.abc import Mapping, Sequence
from typing import Any

#: cells below it are not told
SHOWN_FROM = 5


def suppressed(rows: Sequence[Mapping[str, int]], names: Sequence[str]) -> list[dict[str, int | None]]:
    """The cells ``names`` of each row and their ``total``, those below SHOWN_FROM (but not 0) as None.

    The last row is the sum of those before it.

    As rows add up to their total and columns to the last row, a cell alone hidden in its row or column
    could be worked out: then the smallest other one there is hidden as well, until none is alone.
    """
    columns = [*names, "total"]
    table: list[dict[str, Any]] = [{**{name: row.get(name, 0) for name in names},
                                    "total": sum(row.get(name, 0) for name in names)} for row in rows]
    hidden = {(place, name) for place, row in enumerate(table) for name in columns if 0 < row[name] < SHOWN_FROM}
    lines = [[(place, name) for name in columns] for place in range(len(table))]
    lines += [[(place, name) for place in range(len(table))] for name in columns]
    while more := [_next(line, hidden, table) for line in lines if sum(cell in hidden for cell in line) == 1]:
        found = next((cell for cell in more if cell is not None), None)
        if found is None:
            break
        hidden.add(found)
    return [{name: None if (place, name) in hidden else row[name] for name in columns}
            for place, row in enumerate(table)]


def _next(line: Sequence[tuple[int, str]], hidden: set[tuple[int, str]],
          table: Sequence[Mapping[str, int]]) -> tuple[int, str] | None:
    """The smallest cell of a line still shown, one that is not 0 if there is one."""
    shown = [(table[place][name] == 0, table[place][name], place, name) for place, name in line
             if (place, name) not in hidden]
    return min(shown)[2:] if shown else None
