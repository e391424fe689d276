"""The clauses of a contract and the terms of a visit, in plain Chinese. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qiaojiejie.contracts.rules.fields import PART_NAMES, SIDE_NAMES, SIDES, moment, payable
from qiaojiejie.core.money import display

Clause = tuple[str, list[str]]

_NUMERALS = "一二三四五六七八九十"
_COMPLAINTS = ("发生争议先协商；协商不成的，可以在平台对本次预约投诉，由调解员调解，也可以向妇联、家庭服务业协会或商务主管部门"
               "投诉；仍不能解决的，可以向服务地人民法院起诉。")


def contract(*, variant: str, parts: Sequence[Mapping[str, Any]], total_fen: int, policy: Mapping[str, Any],
             tiers: Iterable[Mapping[str, Any]], plan: Mapping[str, Any]) -> list[list[Any]]:
    """All clauses as [[heading, [sentences]]], numbered; figures are those of the booking."""
    found: list[Clause] = [
        _relation(variant), _service(), _payment(parts, total_fen), ("取消", cancelling(policy, tiers)),
        ("更换服务人员与提前结束", [*_trial(plan), *_ending(plan)]), _household(), _firm(variant), _worker(variant),
        ("违约责任", _breach(variant)), ("争议解决", [_COMPLAINTS]), ("个人信息", [
            "各方身份证号码在纸面上以掩码显示，完整号码加密保存在平台，只用于订立、履行本合同和处理争议；每一次查看都留有记录。"]),
        ("生效与变更", _effect(variant))]
    return [[f"{_numeral(number)}、{heading}", sentences] for number, (heading, sentences) in enumerate(found, 1)]


def visit(*, parts: Sequence[Mapping[str, Any]], total_fen: int, policy: Mapping[str, Any],
          tiers: Iterable[Mapping[str, Any]], by_days: bool) -> list[list[Any]]:
    """The terms of a booking as [[heading, [sentences]]]."""
    done = ("每天的工作由甲乙双方在平台逐日确认，只为上工的天数付款。" if by_days else
            "服务结束后请确认完成；48 小时内没有投诉的，自动确认完成，款项结算给企业。")
    found: list[Clause] = [
        ("价格与支付", [
            f"总价 {display(total_fen)}，以价格明细为准，不另收任何费用。",
            *(f"{PART_NAMES[part['part']]} {display(part['amount'])}，{payable(part)}。" for part in parts),
            "款项由平台托管。", done]),
        ("取消", cancelling(policy, tiers)),
        ("争议解决", [_COMPLAINTS])]
    return [[f"{_numeral(number)}、{heading}", sentences] for number, (heading, sentences) in enumerate(found, 1)]


def cancelling(policy: Mapping[str, Any], tiers: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a household pays for cancelling, tier by tier, as it is frozen onto its booking."""
    return [*(f"{tier['words']}（{moment(tier['until'])} 及以前{_fee(tier['fee'])}）。" for tier in tiers),
            f"开始后取消或家中无人，收取总价的 {_percent(policy['no_show_permille'])}，不超过已付金额。",
            f"付款后 {policy['grace_minutes']} 分钟内且在开始以前取消的，免费。企业不能提供服务或服务人员未到的，全额退款。"]


def _numeral(number: int) -> str:
    return _NUMERALS[number - 1] if number <= 10 else f"十{_NUMERALS[number - 11]}"


def _fee(fen: int) -> str:
    return f"，收取 {display(fen)}" if fen else ""


def _percent(permille: int) -> str:
    return f"{permille / 10:g} %"


def _relation(variant: str) -> Clause:
    if variant == "employs":
        return "服务关系", ["家庭服务员是乙方的员工，由乙方指派到甲方处服务。乙方负责她的招聘、培训、管理、劳动报酬和社会保险，"
                        "并就她的服务向甲方负责。"]
    return "服务关系", ["乙方为甲方介绍家庭服务员（丙方），由丙方直接为甲方服务。乙方核实丙方的身份、健康和技能情况，协助各方订立和履行"
                    "本合同，跟踪服务质量并协助处理争议。"]


def _service() -> Clause:
    return "服务地点、内容、方式和期限", [
        "服务地点、内容、形式、起止、逐日安排和节假日以本合同首部“服务”一栏为准。",
        "要求增加约定以外的工作、地点或天数的，由各方先行商定并订立本合同的新版本。"]


def _payment(parts: Sequence[Mapping[str, Any]], total_fen: int) -> Clause:
    return "服务费用及其支付形式", [
        f"合同总价 {display(total_fen)}，以费用明细为准；除此之外，乙方和家庭服务员不向甲方收取任何费用、押金或保证金。",
        "；".join(f"{PART_NAMES[part['part']]} {display(part['amount'])}，{payable(part)}" for part in parts) + "。",
        "款项由平台托管。每一天的工作由家庭服务员或乙方在 72 小时内记录，甲方可以在 48 小时内确认或提出异议，逾期没有异议视为确认；"
        "经确认的一天，当天的款项才结算给乙方。没有上工的天数不收费，已付的原路退回。"]


def _trial(plan: Mapping[str, Any]) -> list[str]:
    trial, within = plan.get("trial_days"), plan.get("replacement_days")
    said = []
    if trial:
        said.append(f"前 {trial} 天为试用期；试用期内甲方可以提前结束，只付上工的天数，不付违约金。")
    if trial and within:
        said.append(f"甲方认为不合适的，乙方应当在 {within} 天内提供更换的人选；更换后试用期重新计算。")
    return [*said, "家庭服务员不能继续服务的，乙方应当立即告知甲方。甲方同意更换的，各方订立本合同的新版本；甲方不同意的，由乙方在平台结束本合同，甲方不付违约金。"]


def _ending(plan: Mapping[str, Any]) -> list[str]:
    fee = plan["early_permille"]
    asked = (f"甲方提前结束的，按放弃天数款项的 {_percent(fee)} 支付违约金" if fee else "甲方提前结束的，不付违约金")
    return [f"服务开始后，甲方或乙方可以在平台提前结束本合同：上工的天数照付，其余退回；{asked}，乙方提前结束的，甲方不付违约金。"
            "退款金额在结束前报出，退款与报价一致。"]


def _household() -> Clause:
    return "甲方的权利与义务", [
        "甲方有权查看家庭服务员的身份、健康、技能和保险证明，有权要求按约定的内容和标准服务。",
        "甲方应当如实告知服务对象和家庭的有关情况，提供安全的工作条件；住家的，提供适当的食宿和休息。",
        "甲方应当尊重家庭服务员的人格和劳动，不得扣留她的身份证件和财物，不得要求她从事违法的、危险的或约定以外的工作。"]


def _firm(variant: str) -> Clause:
    paid = ("乙方应当按时足额支付家庭服务员的劳动报酬，不得克扣或拖欠。" if variant == "employs" else
            "属于家庭服务员的劳务费，乙方应当按时足额转付，不得克扣或拖欠。")
    return "乙方的权利与义务", [
        "乙方应当如实提供家庭服务员的身份、健康、技能和保险情况，跟踪服务质量，受理甲方和家庭服务员的投诉并及时处理。", paid,
        "乙方不得扣押家庭服务员的身份证件、学历和资格证明原件，不得向她收取押金，不得泄露甲方的家庭信息。"]


def _worker(variant: str) -> Clause:
    name = "家庭服务员的权利与义务" if variant == "employs" else "丙方的权利与义务"
    return name, [
        "家庭服务员应当出示上门服务证，按约定的内容、时间和标准服务，爱护甲方财物，保守甲方的家庭信息，不得擅自离岗或由他人代替。",
        "家庭服务员有权按时足额取得报酬，有权休息，有权拒绝违法的、危险的和约定以外的工作，人身安全受到威胁时可以立即停止服务。"]


def _breach(variant: str) -> list[str]:
    answers = ("家庭服务员在服务中造成甲方人身或财产损害的，由乙方依法承担赔偿责任。" if variant == "employs" else
               "丙方在服务中造成甲方人身或财产损害的，由丙方依法承担赔偿责任；乙方没有尽到核实、告知义务的，承担相应的责任。")
    return [answers, "甲方造成家庭服务员人身或财产损害的，依法承担赔偿责任。",
            "任何一方不履行或不按约定履行本合同的，承担继续履行、补救、赔偿损失等违约责任；取消和提前结束的费用按本合同的约定计算。"]


def _effect(variant: str) -> list[str]:
    sides = "、".join(SIDE_NAMES[side].partition("（")[0] for side in SIDES[variant])
    return [f"本合同由{sides}在平台以发送到本人手机的一次性验证码签署，各方都签署后生效。签署人、时间和所签文件的 SHA-256 由平台记录。",
            "变更以新版本订立；新版本经各方签署之前，已签署的版本继续有效。预约被取消的，本合同作废。"]
