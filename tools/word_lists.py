"""Writes the lists ``core.chinese`` reads, out of jieba's and pypinyin's own: ``python tools/word_lists.py``.

Of jieba's 349,000 words those are kept that are usual, name a place, or stand in what this product itself says; of
pypinyin's 47,000 phrases those whose initials differ from what their characters say one by one.
"""

import json
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import jieba
from pypinyin import Style, constants, lazy_pinyin, pinyin_dict

from qiaojiejie.sandbox.city import places, words as city_words

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "qiaojiejie" / "core"
USUAL, USUAL_PLACE = 30, 5
HAN = range(0x3400, 0xA000)


def said() -> str:
    """Everything this product says in Chinese: the catalogue, places, the sample city's words, its sources."""
    sources = [path.read_text("utf-8") for folder in ("migrations/versions", "src/qiaojiejie")
               for path in sorted((ROOT / folder).rglob("*.py"))]
    return "\n".join([*(name for _, name in places.every_county()), *city_words.BIOS, *sources])


def frequencies() -> dict[str, int]:
    """Word → how often, as jieba counts."""
    jieba.initialize()
    ours = {word for phrase in re.findall("[\u3400-\u9fff]+", said())
            for word in jieba.cut_for_search(phrase, HMM=False)}
    found = {}
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, count, kind = line.decode().split()
            least = USUAL_PLACE if kind.startswith("ns") else USUAL
            if int(count) >= least or word in ours:
                found[word] = int(count)
    return found


@lru_cache(maxsize=None)
def initial(character: str) -> str:
    """A character's first letter, a to z; none when it has no reading."""
    letters = "".join(lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")).lower()
    return letters if re.fullmatch("[a-z]*", letters) else ""


def initials() -> dict[str, dict[str, str]]:
    """{"letters": letter → characters, "phrases": phrase → letters} of those that are read otherwise."""
    letters: dict[str, str] = defaultdict(str)
    for code in sorted(set(pinyin_dict.pinyin_dict) & set(HAN)):
        letters[initial(chr(code))] += chr(code)
    letters.pop("", None)
    phrases = {}
    for phrase in sorted(constants.PHRASES_DICT):
        together = "".join(lazy_pinyin(phrase, style=Style.FIRST_LETTER, errors="ignore")).lower()
        if len(together) == len(phrase) and together != "".join(map(initial, phrase)):
            phrases[phrase] = together
    return {"letters": dict(sorted(letters.items())), "phrases": phrases}


if __name__ == "__main__":
    for name, content in (("words.json", frequencies()), ("initials.json", initials())):
        text = json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":"))
        (TARGET / name).write_text(text + "\n", "utf-8")
