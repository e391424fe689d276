"""What a contract must say: the fields of 商务部令 2012 年第 11 号, which of them are personal, what changed. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from qiaojiejie.booking.rules import days as by_days
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.contracts.errors import ContractFieldMissing, ContractUnchanged
from qiaojiejie.core.money import display

VARIANTS = {"employs": "员工制", "introduces": "中介制"}
TITLES = {"employs": "家政服务合同（员工制）", "introduces": "家政服务合同（中介制）"}
#: who signs: an employee works for her firm, who is only introduced is a party herself
SIDES = {"employs": ("household", "firm"), "introduces": ("household", "firm", "worker")}
SIDE_NAMES = {"household": "甲方（消费者）", "firm": "乙方（家庭服务机构）", "worker": "丙方（家庭服务员）"}
SECTIONS = {"household": SIDE_NAMES["household"], "firm": SIDE_NAMES["firm"], "worker": "家庭服务员", "service": "服务",
            "price": "服务费用及支付"}
MODE_NAMES = {"hourly": "钟点", "package": "按天（套餐）", "monthly": "日间（不住家）", "live_in": "住家",
              "shift": "按班次（陪护）"}
PART_NAMES = {"full": "全款", "deposit": "定金", "balance": "尾款"}


class Field(NamedTuple):
    """A field: ``kind`` is how it is masked (core.secrets.MASKS) when it is personal."""

    code: str
    name: str
    section: str
    kind: str | None = None


FIELDS = (
    Field("firm_name", "名称", "firm"), Field("firm_uscc", "统一社会信用代码", "firm"),
    Field("firm_address", "地址", "firm"), Field("firm_head", "负责人", "firm", "name"),
    Field("firm_phone", "联系方式", "firm"), Field("variant", "服务方式", "firm"),
    Field("worker_name", "姓名", "worker", "name"), Field("worker_id_number", "身份证号码", "worker", "id_number"),
    Field("worker_health", "健康状况", "worker", "text"), Field("worker_training", "技能培训情况", "worker", "text"),
    Field("worker_insurance", "保险", "worker"), Field("worker_phone", "联系方式", "worker", "phone"),
    Field("household_name", "姓名", "household", "name"),
    Field("household_id_number", "身份证号码", "household", "id_number"),
    Field("household_home", "住所", "household", "text"), Field("household_phone", "联系方式", "household", "phone"),
    Field("service_place", "服务地点", "service", "text"), Field("service_content", "服务内容", "service"),
    Field("cared_for", "照护对象", "service", "text"), Field("service_mode", "服务形式", "service"),
    Field("service_start", "开始", "service"), Field("service_end", "结束", "service"),
    Field("service_days", "天数与日期", "service"), Field("service_holidays", "法定节假日", "service"),
    Field("service_hours", "每天的时长", "service"),
    Field("price_lines", "费用明细", "price"), Field("price_total", "合同总价", "price"),
    Field("price_parts", "分期", "price"), Field("price_payment", "支付形式", "price"),
)
#: a contract is complete without it: not every engagement is for somebody who is cared for
OPTIONAL = frozenset({"cared_for"})
#: personal fields by how they are masked
PERSONAL = {field.code: field.kind for field in FIELDS if field.kind is not None}
#: shown as tables on the paper, not as rows of it
TABLES = frozenset({"price_lines", "price_parts"})

PAYMENT = "通过巧姐姐平台以支付宝、微信支付、银行卡或预付卡支付，由平台托管；每一天经甲方确认后，当天的款项才结算给乙方"


def check_complete(values: Mapping[str, str | None]) -> None:
    """Is every mandatory field there? Raises ContractFieldMissing, which names those that are not."""
    missing = [field for field in FIELDS if not values.get(field.code) and field.code not in OPTIONAL]
    if missing:
        raise ContractFieldMissing(
            field=missing[0].code, words="、".join(map(called, missing)), errors=[{
                "in": "contract", "pointer": f"/{each.code}", "code": "missing",
                "message": f"缺少{called(each)}"} for each in missing])


def called(field: Field) -> str:
    """A field as it is called outside its section: 消费者的身份证号码."""
    whose = {"firm": "家庭服务机构的", "worker": "家庭服务员的", "household": "消费者的"}.get(field.section, "")
    return f"{whose}{field.name}"


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is another in a new version than in the one before; of what is personal, only that it changed."""
    found = []
    for field in FIELDS:
        old, new = before.get(field.code), after.get(field.code)
        if old != new:
            open_ = field.kind is None
            found.append({"field": field.code, "name": called(field), "before": old if open_ else None,
                          "after": new if open_ else None})
    return found


def check_changed(found: Sequence[object], version: int) -> None:
    """Is there anything to amend? Raises ContractUnchanged."""
    if not found:
        raise ContractUnchanged(version=version)


def moment(at: datetime) -> str:
    """A moment on paper."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def day(on: date) -> str:
    """A day on paper."""
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def last_day(end: datetime) -> date:
    """The last day of an engagement that ends at a midnight."""
    return (end - timedelta(microseconds=1)).astimezone(LOCAL).date()


def number(booking_id: UUID, version: int) -> str:
    """How a version is numbered on its paper."""
    return f"HT-{str(booking_id).upper()}-{version}"


def lines_in_words(lines: Sequence[Mapping[str, Any]]) -> str:
    """The price in its lines."""
    return "；".join(f"{line['name']} {display(line['amount'])}" for line in lines)


def parts_in_words(parts: Sequence[by_days.Part]) -> str:
    """In what parts it is paid, and when."""
    return "；".join(f"{PART_NAMES[part['part']]} {display(part['amount'])}，{payable(part)}" for part in parts)


def payable(part: Mapping[str, Any]) -> str:
    """When a part is paid."""
    if part["payable_from"] is None:
        return "预约时支付"
    return f"{moment(part['payable_from'])} 起、开始服务前付清"


def training_in_words(certificates: Sequence[Mapping[str, Any]]) -> str:
    """Certificates somebody verified; that there is none is said, not hidden."""
    held = [f"{each['title']}" + (f"（有效期至 {each['valid_until']}）" if each.get("valid_until") else "")
            for each in certificates if each.get("verified")]
    return "、".join(held) + "（均经核实）" if held else "无经核实的技能证书"


def health_in_words(until: date | None) -> str | None:
    """Until when her health certificate is good."""
    return None if until is None else f"健康证经核实，有效期至 {day(until)}"


def insurance_in_words(until: date | None, insured_class: int | None) -> str | None:
    """Until when she is insured, and for which class of work."""
    return None if until is None else f"意外保险经核实，职业类别 {insured_class or 1} 类，有效期至 {day(until)}"
