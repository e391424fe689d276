"""Words and pinyin initials of Chinese text, by jieba and pypinyin with as much of their dictionaries as is needed.

Whole, the two would take 150 MB of every process: jieba's rare words and pypinyin's phrases are left out, and the words
of this trade and the readings of common names are put in.
"""

import os
import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from io import BytesIO
from typing import Any

WORD = re.compile(r"[0-9A-Za-z\u3400-\u9fff]+")

#: jieba's words written at least so often are kept; names of places at any rate
USUAL, USUAL_PLACE = 30, 3
#: words of the trade that jieba's dictionary lacks or holds too rare
TRADE = ("月嫂", "育婴", "育儿嫂", "保洁", "开荒", "收纳", "陪护", "护工", "住家", "催乳", "早教", "辅食", "面点", "推拿", "钟点工", "驾照",
         "老家", "照护", "擦窗", "家电", "新生儿", "月子餐", "粤语", "瘫痪")
#: names whose characters are read otherwise one by one
READINGS = {"重庆": [["chong"], ["qing"]], "厦门": [["xia"], ["men"]], "长寿": [["chang"], ["shou"]],
            "单县": [["shan"], ["xian"]], "六安": [["lu"], ["an"]], "亳州": [["bo"], ["zhou"]], "乐清": [["yue"], ["qing"]],
            "解阿姨": [["xie"], ["a"], ["yi"]], "单阿姨": [["shan"], ["a"], ["yi"]], "曾阿姨": [["zeng"], ["a"], ["yi"]],
            "仇阿姨": [["qiu"], ["a"], ["yi"]], "查阿姨": [["zha"], ["a"], ["yi"]], "盖阿姨": [["ge"], ["a"], ["yi"]]}


def _usual(line: bytes) -> bool:
    word, count, kind = line.decode().split()
    return word not in TRADE and int(count) >= (USUAL_PLACE if kind.startswith("ns") else USUAL)


@cache
def _tokenizer() -> Any:
    import jieba  # 13 MB and 0.2 s, only where words are cut

    made = jieba.Tokenizer()
    with jieba.get_dict_file() as lines:
        kept = BytesIO(b"".join(line for line in lines if _usual(line)))
    kept.name = "dict.txt"  # as jieba's reader asks of a file
    made.FREQ, made.total = made.gen_pfdict(kept)
    made.initialized = True
    for word in TRADE:
        made.add_word(word, 1000)
    return made


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text as both sides of a search know them, lower case, punctuation left out."""
    return tuple(word.lower() for run in WORD.findall(text) for word in _tokenizer().cut_for_search(run, HMM=False))


@cache
def _letters() -> Callable[[str], list[str]]:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # pypinyin looks at it when it is imported
    from pypinyin import Style, lazy_pinyin, load_phrases_dict

    load_phrases_dict(READINGS)
    return partial(lazy_pinyin, style=Style.FIRST_LETTER, errors="ignore")


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """The first letters of a text's pinyin, lower case: 王阿姨 → way; what is not Chinese is left out."""
    return "".join(letter for letter in map(str.lower, _letters()(text)) if "a" <= letter <= "z")
