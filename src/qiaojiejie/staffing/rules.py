"""How a firm's own list is read: headers as they vary, cells as clerks type them. Pure: the day is given."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from qiaojiejie.core.sheets import as_text, day, plain
from qiaojiejie.identity.rules import mobile
from qiaojiejie.staffing.errors import Wrong, reason
from qiaojiejie.workers.rules import Entry, Wage, id_fault, sex_of

#: what a column is called, blanks, brackets and marks left out
HEADERS: dict[str, frozenset[str]] = {field: frozenset(words.split()) for field, words in {
    "name": "姓名 员工姓名 名字 人员姓名 服务员姓名 阿姨姓名 name",
    "sex": "性别 男女",
    "id_number": "身份证号码 身份证号 身份证 证件号码 证件号 身份证件号码 居民身份证号码 公民身份号码 idnumber",
    "phone": "联系电话 电话 手机 手机号 手机号码 联系方式 电话号码 本人电话 phone",
    "jobs": "工种 服务项目 岗位 服务类型 从事工种 服务工种 职位 工作内容",
    "certificate": "证书名称及等级 证书 证书名称 职业资格证书 技能等级 技能证书 资格证书",
    "certificate_number": "证书编号 证书号 证书号码",
    "health_until": "健康证有效期至 健康证有效期 健康证到期日 健康证到期时间 健康证 健康证期限 体检有效期",
    "insured_until": "保险到期日 保险有效期 保险有效期至 保险到期时间 保险 意外险到期日 意外险有效期",
    "insured_class": "保险职业类别 职业类别 保险类别",
    "joined_on": "入职时间 入职日期 入职 到岗时间 进公司时间 入司时间 合同开始日期",
    "wage": "期望工资 工资 期望薪资 薪资 工资要求 月工资 期望月薪 服务价格 价格",
    "native_place": "籍贯 老家 户籍 户籍地 户口所在地 家乡",
    "district": "服务区域 所在区县 区县 服务区县 工作区域",
    "working_since": "从业年份 从业开始年份 从业时间",
    "live_in": "是否住家 住家 能否住家",
    "note": "备注 说明 其他 特长",
}.items()}
FIELD_OF = {word: field for field, words in HEADERS.items() for word in words}
#: a header is the first row that names these and one column more
NEEDED = frozenset({"name", "id_number"})
HEADER_WITHIN = 30

#: usual wages per unit in fen (hour, visit, day or month), 2026-11: this product's own figures for Suqian, which stand,
#: marked provisional, where a firm's list names none
USUAL_WAGES = {
    "cleaning": 4_000, "deep_cleaning": 5_000, "post_renovation": 5_000, "appliance_cleaning": 12_000,
    "organising": 6_000, "maternity_nurse": 38_000, "infant_care": 600_000, "postnatal_recovery": 12_000,
    "elder_care": 550_000, "elder_care_full": 650_000, "companion": 4_000, "patient_care": 3_500, "cooking": 4_500,
    "live_in_help": 550_000, "tutoring": 8_000, "moving": 20_000, "hourly_help": 4_000,
    "companion_shift": 20_000, "patient_care_shift": 22_000,
}
DAYS_OF_MONTH = 26
#: a cell that is a number holds 15 digits; how an ID number that was kept as one is given back
KEPT_DIGITS, LOST = 15, "???"
#: yuan; a wage is taken for the service's own unit only within these
PLAUSIBLE = {"hour": (15, 300), "visit": (30, 2_000), "day": (100, 2_000), "month": (1_500, 40_000)}

_BLANK = re.compile(r"\s+")
_MARKS = re.compile(r"[*:：]|\(.*?\)|\[.*?\]|【.*?】")
_JOBS = re.compile(r"[;；、,，/|\s+]+")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_POWER = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_LEVEL = re.compile(r"([一二三四五1-5])\s*级")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff·]{2,20}|[A-Za-z][A-Za-z .'·-]{1,39}")
_HOME = re.compile(r"老家(?:是|在|:)?([\u4e00-\u9fff]{2,10})")
_TOTALS = ("合计", "总计", "小计", "共计")
LEVELS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}


class Offer(NamedTuple):
    """What of the catalogue a list is read against."""

    alias: Mapping[str, str]
    unit: Mapping[str, str]
    district: Mapping[str, str]


class Person(NamedTuple):
    """One row: what it says of a person and her papers, or what is wrong with it."""

    entry: Entry | None
    papers: list[dict[str, Any]]
    reasons: list[dict[str, str]]


def header(cells: Sequence[Any]) -> dict[str, int] | None:
    """Field → column, when this row is a list's header; else None."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        field = FIELD_OF.get(_MARKS.sub("", _BLANK.sub("", plain(cell))).lower()) if isinstance(cell, str) else None
        if field:
            found.setdefault(field, column)
    return found if found.keys() >= NEEDED and len(found) > len(NEEDED) else None


def is_person(cells: Sequence[Any], columns: Mapping[str, int]) -> bool:
    """False for a total line, and for a remark that stands alone below the list."""
    words = [_BLANK.sub("", plain(cell)) for cell in cells]
    if any(word.startswith(_TOTALS) for word in words):
        return False
    filled = [column for column, word in enumerate(words) if word]
    return len(filled) > 1 or filled == [columns["name"]] or filled == [columns["id_number"]]


def name_of(cell: Any) -> str:
    """A name without inner blanks. Raises Wrong."""
    text = plain(cell)
    if not text:
        raise Wrong("name_missing")
    text = text if text.isascii() else _BLANK.sub("", text).replace("•", "·").replace("・", "·")
    if not _NAME.fullmatch(text):
        raise Wrong("name_invalid")
    return text


def id_of(cell: Any, on: date) -> str:
    """An ID number of someone of 18 or more. Raises Wrong; a number can't hold 18 digits, so one is refused."""
    text = _BLANK.sub("", plain(cell)).replace("-", "").upper()
    if not text:
        raise Wrong("id_missing")
    if isinstance(cell, int | float) or _POWER.fullmatch(text) or text.endswith(LOST):
        raise Wrong("id_as_number")
    fault = id_fault(text, on)
    if fault:
        raise Wrong(fault if fault == "under_age" else f"id_{fault}")
    return text


def phone_of(cell: Any) -> str:
    """The 11 digits of a mobile number. Raises Wrong."""
    text = plain(cell)
    if not text:
        raise Wrong("phone_missing")
    number = mobile(text)
    if number is None:
        raise Wrong("phone_short" if 0 < len(re.sub(r"\D", "", text)) < 11 else "phone_invalid")
    return number


def date_of(cell: Any) -> date | None:
    """A day, however it is written; None when nothing stands there. Raises Wrong."""
    try:
        return None if plain(cell) in ("", "无", "-", "--", "/", "暂无") else day(cell)
    except ValueError as wrong:
        raise Wrong("date_unreadable") from wrong


@lru_cache(maxsize=4_096)
def jobs_in(text: str) -> tuple[str, ...]:
    """The kinds of work named in a cell, each once."""
    return tuple(dict.fromkeys(filter(None, _JOBS.split(text))))


def wage_for(code: str, unit: str, cell: Any) -> Wage:
    """What a list's wage means for a service: of a range the lower end, when it fits the unit; per day a month's 26th
    part; else the usual wage. Only a wage that fits the unit as it stands is not provisional."""
    amounts = [float(each) for each in _AMOUNT.findall(plain(cell).replace(",", ""))]
    yuan = min(amounts) if amounts else 0.0
    low, high = PLAUSIBLE[unit]
    if low <= yuan <= high:
        return Wage(round(yuan * 100))
    low, high = PLAUSIBLE["month"]
    if unit == "day" and low <= yuan <= high:
        return Wage(round(yuan * 100) // DAYS_OF_MONTH, provisional=True)
    return Wage(USUAL_WAGES[code], provisional=True)


class Reader:
    """Reads the rows of one list under its header; remembers which ID number stood in which row."""

    def __init__(self, columns: Mapping[str, int], titles: Sequence[str], offer: Offer, on: date) -> None:
        self.columns, self.titles, self.offer, self.on = columns, titles, offer, on
        self.seen: dict[str, int] = {}

    def read(self, row_no: int, cells: Sequence[Any]) -> Person:
        """What one row says, or everything that is wrong with it."""
        self.cells, self.reasons = cells, list[dict[str, str]]()
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and cell.startswith("="):
                self.reasons.append(reason("formula", self._title(column)))
        if self.reasons:
            return Person(None, [], self.reasons)
        name, number, phone = self._take("name", name_of), self._number(row_no), self._take("phone", phone_of)
        papers, wages = self._papers(), self._take("jobs", self._wages)
        said = {"district": self._take("district", self._district), "joined_on": self._take("joined_on", date_of),
                "native_place": self._take("native_place", self._text), "note": self._take("note", self._text),
                "live_in": self._live_in(), "working_since": self._take("working_since", self._year)}
        if self.reasons or not (name and number and phone):
            return Person(None, [], self.reasons)
        home = _HOME.search(said["note"] or "")
        if home and not said["native_place"]:
            said["native_place"] = home[1]
        joined = said["joined_on"]
        if joined and not said["working_since"] and joined.year - int(number[6:10]) >= 18:
            said["working_since"] = joined.year
        return Person(Entry(id_number=number, name=name, phone=phone, wages=wages, **said), papers, [])

    def _cell(self, field: str) -> Any:
        column = self.columns.get(field)
        return self.cells[column] if column is not None and column < len(self.cells) else None

    def _title(self, column: int) -> str:
        return self.titles[column] if column < len(self.titles) else ""

    def texts(self, cells: Sequence[Any]) -> list[str]:
        """A row's cells under the header, as text to be given back; of an ID number kept as a number only the digits
        that were not lost, so that it can't come back as somebody else's."""
        shown = [as_text(cell) for cell in cells[:len(self.titles)]]
        column = self.columns["id_number"]
        if column < len(shown) and isinstance(cells[column], int | float) and len(shown[column]) > KEPT_DIGITS:
            shown[column] = f"{cells[column]:.{KEPT_DIGITS - 1}e}".replace(".", "")[:KEPT_DIGITS] + LOST
        return shown

    def _take(self, field: str, parse: Any) -> Any:
        try:
            return parse(self._cell(field))
        except Wrong as wrong:
            column = self.columns.get(field)
            title = self._title(column) if column is not None else sorted(HEADERS[field])[0]
            self.reasons.append(reason(wrong.code, title, wrong.value))
            return None

    def _number(self, row_no: int) -> str | None:
        number = self._take("id_number", lambda cell: id_of(cell, self.on))
        if number is None:
            return None
        first = self.seen.setdefault(number, row_no)
        title = self._title(self.columns["id_number"])
        if first != row_no:
            self.reasons.append(reason("id_twice", title, str(first)))
        sex = plain(self._cell("sex")).removesuffix("性")
        if sex not in ("", "女", "男"):
            self.reasons.append(reason("sex_invalid", self._title(self.columns["sex"])))
        elif sex and sex_of(number) != {"女": "female", "男": "male"}[sex]:
            self.reasons.append(reason("sex_mismatch", self._title(self.columns["sex"])))
        return str(number)

    def _wages(self, cell: Any) -> dict[str, Wage] | None:
        jobs = jobs_in(plain(cell))
        for job in jobs:
            if job not in self.offer.alias:
                raise Wrong("service_unknown", job[:20])
        codes = dict.fromkeys(self.offer.alias[job] for job in jobs)
        return {code: wage_for(code, self.offer.unit[code], self._cell("wage")) for code in codes} or None

    def _district(self, cell: Any) -> str | None:
        text = _BLANK.sub("", plain(cell))
        if text and text not in self.offer.district:
            raise Wrong("district_unknown", text[:20])
        return self.offer.district.get(text)

    def _text(self, cell: Any) -> str | None:
        text = plain(cell).replace("\x00", "")
        if len(text) > 500:
            raise Wrong("too_long")
        return text or None

    def _year(self, cell: Any) -> int | None:
        text = plain(cell).removesuffix("年")
        if re.fullmatch(r"(19|20)\d\d", text):
            return int(text)
        day = date_of(cell)
        return day.year if day else None

    def _live_in(self) -> bool | None:
        said = plain(self._cell("live_in"))
        if said:
            return said in ("是", "能", "可以", "住家", "可", "√", "Y", "y")
        return True if "能住家" in plain(self._cell("note")) else None

    def _papers(self) -> list[dict[str, Any]]:
        papers: list[dict[str, Any]] = []
        health, insured = self._take("health_until", date_of), self._take("insured_until", date_of)
        title, number = self._take("certificate", self._text), self._take("certificate_number", self._text)
        if health:
            papers.append({"kind": "health", "title": "健康证", "valid_until": health})
        if insured:
            papers.append({"kind": "insurance", "title": "意外伤害保险", "valid_until": insured,
                           "insurance_class": self._take("insured_class", self._class)})
        if title and title not in ("无", "-", "/", "暂无"):
            level = _LEVEL.search(title)
            papers.append({"kind": "certificate", "title": title[:100], "number": number,
                           "level": LEVELS[level[1]] if level else None})
        return [{"issuer": "", **paper} for paper in papers]

    def _class(self, cell: Any) -> int | None:
        text = plain(cell).removesuffix("类")
        if text and text not in ("1", "2", "3", "4"):
            raise Wrong("class_invalid")
        return int(text) if text else None


def offer_of(services: Iterable[Any], alias: Mapping[str, str], regions: Iterable[Any]) -> Offer:
    """The catalogue as lists are read against it; districts by name, with and without 区 or 县, and by code."""
    district: dict[str, str] = {}
    for region in regions:
        for word in (region.code, region.name, region.name.removesuffix("区").removesuffix("县")):
            district[word] = region.code
    plain_alias = {_BLANK.sub("", plain(word)): code for word, code in alias.items()}
    return Offer(plain_alias, {service.code: service.unit for service in services}, district)
