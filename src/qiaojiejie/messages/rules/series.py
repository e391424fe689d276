"""What is said of visits that come again."""

from qiaojiejie.messages.rules.orders import Words


def _series(zh: str, en: str, more_zh: str = "", more_en: str = "") -> tuple[Words, Words]:
    return ((zh, "{service_name} · {worker_called}" + more_zh), (en, "{service_name} with {worker_called}" + more_en))


_DAYS = ("[：{days}]，共 {visits} 次", "[: {days}], {visits} visits")
_REFUND = (_DAYS[0] + "[，退款 {amount}]", _DAYS[1] + "[; {amount} will be refunded]")

TEMPLATES = {
    "series_confirmed": _series("周期服务已确认", "A series of visits is confirmed", "，{start} 起，共 {visits} 次",
                                ", {visits} visits from {start} on"),
    "series_let_go": _series("首次未付款，整组周期服务已释放", "The first visit was not paid: the whole series lapsed",
                             "，{start} 起，共 {visits} 次", ", {visits} visits from {start} on"),
    "series_skipped": _series("周期服务跳过一次", "A visit of a series is skipped", *_REFUND),
    "series_lapsed": _series("节假日这一次未答复，已跳过", "Nothing was said of a visit on a holiday: it is skipped", *_DAYS),
    "series_restored": _series("周期服务恢复一次", "A visit of a series is back", *_DAYS),
    "series_moved": _series("周期服务改了时间", "Visits of a series have another time", _DAYS[0] + "，首次改到 {start}",
                            _DAYS[1] + ", the first of them on {start}"),
    "series_reseated": _series("周期服务换了服务人员", "Another worker comes for visits of a series", *_DAYS),
    "series_visit_expired": _series("周期服务有一次未付款，已释放，其余不变",
                                    "A visit of a series lapsed unpaid; the rest stands", *_DAYS),
    "series_visit_turned_down": _series(
        "周期服务有一次无法上门，其余不变", "A visit of a series can't be kept; the rest stands",
        _DAYS[0] + "，未付款；可在该组周期服务里恢复这一次或换人", _DAYS[1] + "; it was not paid; bring it back in the series"),
    "series_cancelled": _series("周期服务的剩余各次已取消", "What was left of a series is cancelled", *_REFUND),
    "series_visit_due": _series("周期服务有一次待支付", "A visit of a series is to be paid",
                                "：{start}，应付 {amount}，请在 {until} 前付款",
                                ": {start}; {amount} to pay before {until}"),
}
