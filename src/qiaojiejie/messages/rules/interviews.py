"""What is said of an interview at a station."""

from qiaojiejie.messages.rules.orders import Words

_ZH = "{worker_called} · {service_name} · {start} · {station}"
_EN = "{worker_called}, {service_name}: {start}, {station}"


def _meeting(zh: str, en: str, more_zh: str = "", more_en: str = "") -> tuple[Words, Words]:
    return (zh, _ZH + more_zh), (en, _EN + more_en)


TEMPLATES = {
    "interview_booked": _meeting("面谈已约好", "An interview is arranged", "，请按时到站", ". Please be there in time"),
    "interview_cancelled": _meeting("面谈已取消", "The interview was called off", "[，原因：{reason_zh}]",
                                    "[, because: {reason_en}]"),
    "interview_held": _meeting("已面谈", "The interview took place", "[，结果：{outcome_zh}]", "[, outcome: {outcome_en}]"),
    "interview_judged": _meeting("面谈结果已更新", "What came of an interview was said anew", "[，结果：{outcome_zh}]",
                                 "[, outcome: {outcome_en}]"),
    "interview_missed_by_family": _meeting("家庭未到面谈", "The family did not come to the interview"),
    "interview_missed_by_worker": _meeting("服务人员未到面谈", "The worker did not come to the interview"),
    "interview_lapsed": _meeting("面谈没有登记结果", "Nobody said what came of an interview",
                                 "，如已面谈，请在 7 天内登记结果", ". If it took place, say so within 7 days"),
}
