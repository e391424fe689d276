"""Words and pinyin initials of Chinese text, from two lists small enough for a web process.

The lists are made by ``tools/word_lists.py`` out of jieba's dictionary (MIT) and pypinyin's (MIT), which whole would
take 120 MB. They are read when first asked for.
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jieba

jieba.setLogLevel(60)

WORD = re.compile(r"[0-9A-Za-z\u3400-\u9fff]+")


def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(name).read_text("utf-8"))


@cache
def _tokenizer() -> jieba.Tokenizer:
    found = jieba.Tokenizer()
    counts: dict[str, int] = _read("words.json")
    for word in tuple(counts):
        for end in range(1, len(word)):
            counts.setdefault(word[:end], 0)  # so that jieba reads on from the beginning of a word
    found.FREQ, found.total, found.initialized = counts, sum(counts.values()), True
    return found


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text as both sides of a search know them: jieba's, lower case, punctuation left out."""
    return tuple(word.lower() for word in _tokenizer().cut_for_search(text, HMM=False) if WORD.fullmatch(word))


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
