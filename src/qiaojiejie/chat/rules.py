"""What in a message is flagged, what of it is masked, and until when one may write. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qiaojiejie.chat.errors import ChatOver
from qiaojiejie.core.secrets import mask_phone

PARTIES = ("household", "worker", "firm")
PARTY_NAMES = {"household": ("家庭", "the family"), "worker": ("服务人员", "the worker"), "firm": ("企业", "the firm")}

MOST_WORDS = 2000
MOST_IMAGES = 6
MESSAGES_A_MINUTE = 30
#: so long after the booking is over one may still write
OPEN_AFTER = timedelta(days=7)

#: flag → (to who wrote it, to who reads it), each in Chinese and English
HINTS = {
    "phone": (("消息中含有电话号码：订单确认前对方看到的是打码号码，确认后可在订单中直接联系。",
               "There is a phone number in it: until the booking is confirmed others see it masked."),
              ("消息中含有电话号码：请通过平台联系和下单，平台外的约定不受保障。",
               "There is a phone number in it: what is agreed outside the platform is not protected.")),
    "messenger": (("消息中含有微信、QQ 等账号：订单确认前对方看到的是打码账号。",
                   "There is a messenger account in it: until the booking is confirmed others see it masked."),
                  ("消息中含有微信、QQ 等账号：平台外的约定不受保障。",
                   "There is a messenger account in it: what is agreed outside the platform is not protected.")),
    "payment": (("消息提到了平台外付款：请勿私下收付款，平台外的款项无法担保和退还。",
                 "It speaks of paying outside the platform: such money is neither held nor refunded."),
                ("对方提到了平台外付款：请勿私下转账或付现金，谨防受骗。",
                 "It speaks of paying outside the platform: do not; such money is neither held nor refunded.")),
}

_DIGITS = {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {char: str(value) for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"幺": "1", "两": "2", "○": "0"}
#: what may stand between the digits of a number written apart (keycaps and invisible characters among it)
_BETWEEN = re.compile(r"[\s\-_.·•,，、。/|~～()（）*＊+\u200b-\u200f\u2060\ufe0f\u20e3]")
_MOST_BETWEEN = 3
_PHONE = re.compile(r"(?:1[3-9]\d{9}|0[1-9]\d{9,10})")
_COUNTRY = ("86", "0086")

_MESSENGER = re.compile(
    r"(?:wxid_\w{4,}|(?:微\s*信|薇\s*信|威\s*信|wechat|weixin|\bv\s*x\b|\bw\s*x\b|(?<![a-z])(?:vx|wx)(?=\W)|加\s*v|qq|扣扣)"
    r"(?:\s*号码?|\s*id)?[\s:：是为=]*(?P<id>[a-z0-9][\w\-]{4,19}))", re.IGNORECASE | re.ASCII)
_MONEY = re.compile(r"转账|转帐|打款|私下|私单|私了|飞单|线下付|线下给|微信付|微信转|支付宝|收款码|付款码|红包|现金|现结|直接付|直接给钱|"
                    r"绕过平台|不走平台|不通过平台|(?<!参)加我(?!们)")


@dataclass(frozen=True)
class Found:
    """A place in a text: ``text[start:end]`` is a number or account, shown as ``mask`` to who may not read it."""

    flag: str
    start: int
    end: int
    mask: str


def _digit(char: str) -> str:
    if char in _DIGITS:
        return _DIGITS[char]
    value = unicodedata.digit(char, None)  # full-width, circled and other scripts' digits too
    return "" if value is None else str(value)


def _runs(text: str) -> list[list[tuple[int, str]]]:
    """Digits in a row, written together or a little apart: (place, digit) of each."""
    runs: list[list[tuple[int, str]]] = [[]]
    between = 0
    for place, char in enumerate(text):
        digit = _digit(char)
        if digit:
            runs[-1].append((place, digit))
            between = 0
            continue
        between += 1
        if runs[-1] and (between > _MOST_BETWEEN or not _BETWEEN.fullmatch(char)):
            runs.append([])
    return [run for run in runs if len(run) >= 11]


def _alone(run: list[tuple[int, str]], first: int, last: int) -> bool:
    """Whether no digit stands right before or behind these, but for the country's number."""
    before = first == 0 or run[first - 1][0] + 1 < run[first][0]
    if not before:
        head = first
        while head > 0 and run[head - 1][0] + 1 == run[head][0]:
            head -= 1
        before = "".join(digit for _, digit in run[head:first]) in _COUNTRY
    return before and (last + 1 == len(run) or run[last][0] + 1 < run[last + 1][0])


def phones(text: str) -> list[Found]:
    """The phone numbers in a text: together or apart, in Chinese, full-width or circled digits."""
    found = []
    for run in _runs(text):
        digits, at = "".join(digit for _, digit in run), 0
        while hit := _PHONE.search(digits, at):
            numbers = [hit.group()] if hit.group()[0] == "1" else [hit.group(), hit.group()[:-1]]
            fits = [each for each in numbers
                    if len(each) > 10 and _alone(run, hit.start(), hit.start() + len(each) - 1)]
            if fits:
                last = hit.start() + len(fits[0]) - 1
                found.append(Found("phone", run[hit.start()][0], run[last][0] + 1, mask_phone(fits[0])))
                at = last + 1
            else:
                at = hit.start() + 1
    return found


def messengers(text: str) -> list[Found]:
    """The accounts of other messengers that are named in a text."""
    found = []
    for hit in _MESSENGER.finditer(text):
        start, end = hit.span("id") if hit.group("id") else hit.span()
        found.append(Found("messenger", start, end, text[start:start + 2] + "****"))
    return found


def flags(text: str) -> list[str]:
    """What in a text people should beware of: phone, messenger, payment."""
    together = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    seen = {"phone": phones(text), "messenger": messengers(text), "payment": _MONEY.search(together)}
    return [flag for flag, hit in seen.items() if hit]


def masked(text: str) -> str:
    """A text with its numbers and accounts masked: 138****0001."""
    taken = 0
    parts = []
    for each in sorted([*phones(text), *messengers(text)], key=lambda found: (found.start, -found.end)):
        if each.start >= taken:
            parts += [text[taken:each.start], each.mask]
            taken = each.end
    return "".join([*parts, text[taken:]])


def hint(flagged: Sequence[str], mine: bool, language: str) -> str | None:
    """What a reader is told of a flagged message."""
    words = [HINTS[flag][0 if mine else 1][0 if language == "zh" else 1] for flag in flagged]
    return (" " if language == "en" else "").join(words) or None


def is_open(closed_at: datetime | None, now: datetime) -> bool:
    """Whether one may still write."""
    return closed_at is None or now <= closed_at + OPEN_AFTER


def check_open(closed_at: datetime | None, now: datetime) -> None:
    """Raises ChatOver."""
    if not is_open(closed_at, now):
        raise ChatOver(days=OPEN_AFTER.days)
