"""What is said of an order, from its hold to its reviews and complaints."""

Words = tuple[str, str]

_VISIT_ZH = "{service_name} · {worker_called} · {start}"
_VISIT_EN = "{service_name} with {worker_called}, {start}"


def _visit(zh: str, en: str, more_zh: str = "", more_en: str = "") -> tuple[Words, Words]:
    return (zh, _VISIT_ZH + more_zh), (en, _VISIT_EN + more_en)


TEMPLATES = {
    "booking_held": _visit("预约已保留，请在 10 分钟内付款", "Held for you: pay within 10 minutes",
                           "[，应付 {amount}]", "[; {amount} to pay]"),
    "booking_confirmed": _visit("预约已确认", "Booking confirmed", "[，已付 {amount}]", "[; {amount} paid]"),
    "booking_balance_due": _visit("尾款待支付", "The balance is due", "[，应付 {amount}]，付清后服务人员才能上门",
                                  "[; {amount} to pay] before she can begin"),
    "booking_balance_paid": _visit("尾款已付清", "The balance is paid", "[，已付 {amount}]", "[; {amount} paid]"),
    "booking_ended_early": _visit("服务提前结束，按实际工作天数结算", "Ended early: only days worked are paid",
                                  "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "booking_days_unworked": _visit("未工作天数的费用将退回", "What was paid for days not worked goes back",
                                    "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "workday_recorded": _visit("服务人员记了一天工，请在 48 小时内确认", "A day of work was written down: agree within 48 hours",
                               "[，{day}][，{length_zh}]", "[, {day}][, {length_en}]"),
    "workday_contested": _visit("家庭对一天的记工有异议", "A day of work is contested", "[，{day}][，{length_zh}]",
                                "[, {day}][, {length_en}]"),
    "workday_agreed": _visit("有异议的一天已认定为工作日", "A contested day counts as worked", "[，{day}][，{length_zh}]",
                             "[, {day}][, {length_en}]"),
    "workday_struck": _visit("一天的记工已撤销", "A day of work was struck out", "[，{day}]", "[, {day}]"),
    "booking_cancelled": _visit("预约已取消", "Booking cancelled", "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "booking_declined": _visit("家政企业未能接单，费用全额退回", "The firm declined; everything is refunded",
                               "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "booking_substituted": _visit("服务人员已更换，价格不变，上门验证码已更新",
                                  "Another worker comes, at the price agreed; the door code is new"),
    "booking_taken_over": _visit("这笔预约已改由他人上门，您的时间已释放", "Somebody else does this booking; your time is free"),
    "substitute_proposed": _visit("原定服务人员不能上门，请从企业推荐的人选中选一位；也可不接受，全额退款",
                                  "She can't come: choose one of those offered, or take nobody and get all back",
                                  "[，{until} 前答复]", "[; answer by {until}]"),
    "substitute_withdrawn": _visit("原定服务人员照常上门", "She comes after all"),
    "substitute_gone": _visit("推荐的人选中有人已不能上门，请另荐", "One of those you offered can't come any more: offer another"),
    "substitutes_needed": (("有预约的服务人员已不在贵企业名下，请为家庭另荐人选", "需要另荐的预约共 {count} 笔。"),
                           ("She left and had bookings ahead: offer the families others",
                            "Bookings that need somebody else: {count}.")),
    "booking_expired": _visit("预约未付款，已释放", "The held booking lapsed unpaid"),
    "booking_checked_in": _visit("服务人员已到达，服务开始", "She has arrived; the service has begun"),
    "booking_served": _visit("服务已结束，请确认", "The service has ended; please confirm it"),
    "booking_completed": _visit("订单已完成", "Booking completed"),
    "booking_worker_absent": _visit("服务人员未到，费用全额退回", "The worker did not come; everything is refunded",
                                    "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "booking_household_absent": _visit("家中无人，按约定收费", "Nobody was at home; charged as agreed",
                                       "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "booking_refund_granted": _visit("企业退还部分费用", "The firm gives money back",
                                     "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "review_invited": (("请评价本次服务", "双方都评价后（或 7 天后）公开[：{service_name}][，{worker_called}]。"),
                       ("Please review the service", "Reviews show once both have written, or after 7 days"
                                                     "[: {service_name}][, {worker_called}].")),
    "review_published": (("评价已公开", "本次服务的评价现在可以看到了[：{service_name}]。"),
                         ("Reviews published", "The reviews of this service can now be read[: {service_name}].")),
    "complaint_opened": (("收到一件投诉", "请及时答复[：{service_name}][，{start}]。"),
                         ("A complaint was opened", "Please answer it in time[: {service_name}][, {start}].")),
    "complaint_answered": (("投诉已有答复", "请查看对方的答复[：{service_name}]。"),
                           ("The complaint was answered", "Read what the other side says[: {service_name}].")),
    "complaint_decided": (("投诉已有结论", "请查看处理结论[：{service_name}]。"),
                          ("The complaint was decided", "Read the decision[: {service_name}].")),
    "complaint_mediated": (("投诉的调解结果已登记", "请查看结果[：{service_name}]。"),
                           ("Mediation of the complaint has ended", "See how[: {service_name}].")),
    "complaint_reopened": (("投诉将重新裁定", "家庭的申诉成立，由调解员重新裁定[：{service_name}]。"),
                           ("The complaint is heard anew",
                            "The family's appeal was upheld; a mediator decides again[: {service_name}].")),
    "complaint_overturned": (("投诉的认定已撤销", "申诉成立，原来的认定不再有效[：{service_name}]。"),
                             ("What was found of the complaint is undone",
                              "An appeal was upheld; the finding stands no more[: {service_name}].")),
    "booking_barred": _visit("服务人员或企业已列入黑名单，可免费取消", "On the block list now: you can cancel for nothing"),
}
