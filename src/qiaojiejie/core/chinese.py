"""Words and pinyin initials of Chinese text, from two lists small enough for a web process.

The lists are made by ``tools/word_lists.py`` out of jieba's dictionary (MIT) and pypinyin's (MIT), which whole would
take 120 MB. They are read when first asked for.
"""

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from math import log
from pathlib import Path
from typing import Any

WORD = re.compile(r"[0-9A-Za-z\u3400-\u9fff]+")


def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(name).read_text("utf-8"))


@cache
def _known() -> tuple[dict[str, int], float]:
    """Word → how often it is written, 0 for what is only the beginning of one; the logarithm of all together."""
    counts: dict[str, int] = _read("words.json")
    for word in tuple(counts):
        for end in range(1, len(word)):
            counts.setdefault(word[:end], 0)
    return counts, log(sum(counts.values()))


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text as both sides of a search know them, lower case, punctuation left out.

    Cut as jieba's ``cut_for_search`` cuts without guessing: a longer word follows the known words in it.
    """
    counts, _ = _known()
    found: list[str] = []
    for run in WORD.findall(text):
        for word in _cut(run):
            found += [word[start:start + size] for size in (2, 3) if len(word) > size
                      for start in range(len(word) - size + 1) if counts.get(word[start:start + size])]
            found.append(word.lower())
    return tuple(found)


def _cut(run: str) -> Iterator[str]:
    """The likeliest words one after another; Latin letters and digits that stand together are one word."""
    best, place = _likeliest(run), 0
    while place < len(run):
        end = best[place][1]
        if end == place + 1 and run[place].isascii():
            while end < len(run) and run[end].isascii() and best[end][1] == end + 1:
                end += 1
        yield run[place:end]
        place = end


def _likeliest(run: str) -> list[tuple[float, int]]:
    """From each place on: the logarithm of the likelihood of the best words, and where the first of them ends."""
    counts, total = _known()
    best = [(0.0, 0)] * len(run) + [(0.0, 0)]
    for place in range(len(run) - 1, -1, -1):
        ends = [place + 1]
        for end in range(place + 1, len(run) + 1):
            count = counts.get(run[place:end])
            if count is None:
                break
            if count and end > place + 1:
                ends.append(end)
        best[place] = max((log(counts.get(run[place:end]) or 1) - total + best[end][0], end) for end in ends)
    return best


@cache
def _letters() -> tuple[dict[str, str], dict[str, str], int]:
    """Character → first letter; phrase → its letters where they differ from its characters'; the longest phrase."""
    lists = _read("initials.json")
    letters = {character: letter for letter, characters in lists["letters"].items() for character in characters}
    return letters, lists["phrases"], max(map(len, lists["phrases"]))


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """王阿姨 → ``way``, 重庆 → ``cq``; what is not Chinese is left out."""
    letters, phrases, longest = _letters()
    found, place = "", 0
    while place < len(text):
        size = next((size for size in range(min(longest, len(text) - place), 1, -1)
                     if text[place:place + size] in phrases), 1)
        part = text[place:place + size]
        found += letters.get(part, "") if size == 1 else phrases[part]
        place += size
    return found
