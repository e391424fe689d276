"""The words of every kind of notification, in Chinese and English. ``[…]`` is left out when its values are missing."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

Words = tuple[str, str]

_VISIT_ZH = "{service_name} · {worker_called} · {start}"
_VISIT_EN = "{service_name} with {worker_called}, {start}"


def _visit(zh: str, en: str, more_zh: str = "", more_en: str = "") -> tuple[Words, Words]:
    return (zh, _VISIT_ZH + more_zh), (en, _VISIT_EN + more_en)


#: kind → ((Chinese title, body), (English title, body))
TEMPLATES: dict[str, tuple[Words, Words]] = {
    "booking_held": _visit("预约已保留，请在 10 分钟内付款", "Held for you: pay within 10 minutes",
                           "[，应付 {amount}]", "[; {amount} to pay]"),
    "booking_confirmed": _visit("预约已确认", "Booking confirmed", "[，已付 {amount}]", "[; {amount} paid]"),
    "booking_cancelled": _visit("预约已取消", "Booking cancelled", "[，退款 {amount}]", "[; {amount} will be refunded]"),
    "booking_declined": _visit("家政企业未能接单，费用全额退回", "The firm declined; everything is refunded",
                               "[，退款 {amount}]", "[; {amount} will be refunded]"),
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
    "payment_failed": (("付款未成功", "请更换支付方式后重试[：{service_name}][，{start}][，{amount}]。"),
                       ("Payment failed", "Try another way to pay[: {service_name}][, {start}][, {amount}].")),
    "refund_submitted": (("退款已提交", "款项将原路退回[：{amount}][，{service_name}]。"),
                         ("Refund submitted", "The money goes back the way it came[: {amount}][, {service_name}].")),
    "refund_succeeded": (("退款已到账", "款项已原路退回[：{amount}][，{service_name}]。"),
                         ("Refund received", "The money went back the way it came[: {amount}][, {service_name}].")),
    "refund_failed": (("退款未到账", "退款被退回，我们会与您联系[：{amount}][，{service_name}]。"),
                      ("Refund failed", "The money was sent back; we will be in touch[: {amount}][, {service_name}].")),
    "refund_repaid": (("退款已转账", "款项已通过银行转账退还[：{amount}][，{service_name}]。"),
                      ("Refund paid by transfer",
                       "The money was returned by bank transfer[: {amount}][, {service_name}].")),
    "fee_rule_set": (("平台收费规则将变更", "{line_name}自 {valid_from} 起为劳务费的 {percent}；此前的报价不变。"),
                     ("What is charged will change",
                      "{line_name}: {percent} of the wage from {valid_from} on; quotes made before keep their price.")),
    "coupon_granted": (("您收到一张优惠券", "{name}，优惠码 {code}，{valid_until} 前（含当日）可用。"),
                       ("A coupon was given to you", "{name}: code {code}, good until the end of {valid_until}.")),
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
    "list_proposed": (("拟将您列入名单", "拟列入{list_zh}[：{name}]，理由：{reason}。{objection_until} 前可提出异议。"),
                      ("You are to be put on a list", "The {list_en}[: {name}], because: {reason_en}. You can object "
                                                      "until {objection_until}.")),
    "list_waiting": (("有一条名单记录待复核", "拟列入{list_zh}[：{name}]，理由：{reason}。"),
                     ("An entry waits for a second officer", "The {list_en}[: {name}], because: {reason_en}.")),
    "list_entered": (("已列入名单", "已列入{list_zh}[：{name}]，理由：{reason}[，至 {until}]。可提出异议或申请修复。"),
                     ("Put on a list", "On the {list_en}[: {name}], because: {reason_en}[, until {until}]. You can "
                                       "object or apply for repair.")),
    "list_rejected": (("未予列入名单", "未予列入{list_zh}[：{name}]。"),
                      ("Not put on the list", "Not on the {list_en}[: {name}].")),
    "list_withdrawn": (("已撤回列入名单的提议", "不再拟列入{list_zh}[：{name}]。"),
                       ("The proposal was withdrawn", "No longer to be put on the {list_en}[: {name}].")),
    "list_left": (("已移出名单", "已移出{list_zh}[：{name}]。"), ("Off the list", "Off the {list_en}[: {name}].")),
    "petition_opened": (("有一份{kind_zh}待处理", "理由：{ground}，{due_on} 前须作出决定。"),
                        ("An {kind_en} waits for a decision", "Because: {ground_en}; to be decided by {due_on}.")),
    "petition_returned": (("您的{kind_zh}需要补充", "请按说明补充后重新提交。"),
                          ("Your {kind_en} was returned", "Complete it as the note says and hand it in again.")),
    "petition_proposed": (("有一份{kind_zh}待复核", "理由：{ground}，{due_on} 前须作出决定。"),
                          ("A decision on an {kind_en} waits to be confirmed",
                           "Because: {ground_en}; to be decided by {due_on}.")),
    "petition_sent_back": (("{kind_zh}的拟定结论被退回", "请重新拟定，{due_on} 前须作出决定。"),
                           ("A proposed decision was sent back", "On an {kind_en}; to be decided by {due_on}.")),
    "petition_decided": (("您的{kind_zh}已有决定", "结论：{state_zh}，请查看理由和对信用分的影响。"),
                         ("Your {kind_en} was decided", "It was {state_en}; see why, and what it does to the score.")),
    "petition_overdue": (("有一份{kind_zh}已逾期", "应于 {due_on} 前作出决定，请立即处理。"),
                         ("An {kind_en} is overdue", "It was to be decided by {due_on}; see to it now.")),
    "firm_applied": (("有家政企业申请入驻", "请审核[：{firm_name}]。"),
                     ("A firm has applied", "Please review it[: {firm_name}].")),
    "firm_returned": (("入驻申请被退回", "请按退回原因修改后重新提交[：{firm_name}]。"),
                      ("The application was returned", "Mend what is named in the reasons and send it again"
                                                       "[: {firm_name}].")),
    "firm_accepted": (("企业已入驻平台", "现在可以登记服务人员和接单了[：{firm_name}]。"),
                      ("The firm is on the platform", "You can now add staff and take bookings[: {firm_name}].")),
    "firm_suspended": (("企业已被暂停", "暂停期间不能接新单[：{firm_name}]。"),
                       ("The firm is suspended", "It can take no new bookings meanwhile[: {firm_name}].")),
    "firm_resumed": (("企业已恢复", "可以继续接单[：{firm_name}]。"),
                     ("The firm is back", "It can take bookings again[: {firm_name}].")),
    "firm_closed": (("入驻申请已关闭", "请查看原因；统一社会信用代码已释放，可重新申请[：{firm_name}]。"),
                    ("The application was closed", "See the reasons; the credit code is free to apply with again"
                                                   "[: {firm_name}].")),
    "firm_renewal_submitted": (("有企业提交换证申请", "请审核新的营业执照[：{firm_name}]。"),
                               ("A firm sent a new licence in", "Please review it[: {firm_name}].")),
    "firm_renewal_accepted": (("营业执照换证已通过", "新执照已生效[：{firm_name}][，有效期至 {valid_until}]。"),
                              ("The new licence was accepted", "It counts from now on[: {firm_name}]"
                                                               "[, until {valid_until}].")),
    "firm_renewal_refused": (("营业执照换证未通过", "请按原因重新提交[：{firm_name}][，{note}]。"),
                             ("The new licence was refused", "Send it again as the note says[: {firm_name}]"
                                                             "[, {note}].")),
    "staff_import_finished": (("员工名单导入完成", "请查看结果[：新增 {added} 人][，更新 {updated} 人][，退回 {rejected} 行]。"),
                              ("The staff list was imported",
                               "See the result[: {added} added][, {updated} updated][, {rejected} rows rejected].")),
    "staff_import_refused": (("员工名单未能导入", "[{reason_zh}]请改好后重新上传。"),
                             ("The staff list was not imported",
                              "[{reason_en} ]Mend it and send it again.")),
    "certificate_issued": (("证书已颁发", "可在「我的证书」中查看和下载[：{title}][，编号 {serial}]。"),
                           ("A certificate was issued", "It is yours to keep and show[: {title}][, {serial}].")),
    "certificate_revoked": (("证书已吊销", "该证书即时失效[：{title}][，编号 {serial}][，{reason_zh}]。"),
                            ("A certificate was revoked", "It fails from now on[: {title}][, {serial}]"
                            "[, {reason_en}].")),
    "job_applied": (("有人申请您发布的岗位", "请尽快答复[：{title}]。"),
                    ("Somebody asks for your opening", "Please answer soon[: {title}].")),
    "job_placed": (("您已被录用", "上岗后请在「我的求职」中确认[：{employer}，{title}]。"),
                   ("You got the job", "Once you have begun, please confirm it[: {employer}, {title}].")),
    "job_refused": (("求职未被录用", "请查看其他岗位，或到工作站咨询[：{employer}，{title}]。"),
                    ("Not this job", "See other openings, or ask at a station[: {employer}, {title}].")),
    "activity_admitted": (("活动候补成功", "您已有名额[：{title}][，{starts} 开始]。"),
                          ("A place is yours", "You moved up from the waiting list[: {title}][, begins {starts}].")),
    "activity_called_off": (("活动取消", "请留意工作站的其他活动[：{title}][，原定 {starts}]。"),
                            ("An activity was called off", "See what else the station holds[: {title}][, {starts}].")),
    "desk_called": (("叫到您的号了", "请到 {window} 号窗口[（{number} 号）]。"),
                    ("Your number is called", "Please come to window {window}[ (number {number})].")),
    "handwork_judged": (("手工活已验收", "合格 {accepted} 件[：{title}][，领取 {pieces} 件]。"),
                        ("Your piece-work was judged", "{accepted} good[: {title}][, {pieces} taken].")),
    "handwork_paid": (("手工活工钱已支付", "收到后请在「我的手工活」中确认[：{title}][，{accepted} 件]。"),
                      ("Your piece-work was paid", "Please confirm once you have it[: {title}][, {accepted} pieces].")),
    "course_waiting": (("已加入培训排队", "有空位时按先后通知[：{title}][，{called}][，{starts} 开课]。"),
                       ("On the waiting list", "You are told when it is your turn[: {title}][, {called}]"
                                               "[, begins {starts}].")),
    "course_enrolled": (("培训报名成功", "请按时参加[：{title}][，{called}][，{starts} 开课]。"),
                        ("Enrolled in a course", "Be there in time[: {title}][, {called}][, begins {starts}].")),
    "course_offered": (("轮到您了，请确认名额", "名额保留至 {until}，逾期给下一位[：{title}][，{called}]。"),
                       ("A seat is yours to take", "It is kept until {until}, then goes to who is next[: {title}]"
                                                   "[, {called}].")),
    "course_lapsed": (("名额已过期", "未在规定时间确认，名额已给下一位[：{title}][，{called}]。"),
                      ("The seat went on", "It was not taken in time[: {title}][, {called}].")),
    "course_called_off": (("本次培训未能成行", "班次已取消或已开课而没有空位[：{title}][，{called}]，请报名其他班次。"),
                          ("Not this time", "The session was cancelled, or began without a free seat[: {title}]"
                                            "[, {called}]; look for another.")),
    "course_marked": (("考核成绩已登记", "{part_zh} {points} 分，{passed_zh}[：{title}][，{called}]。"),
                      ("A mark was given", "{part_en}: {points} of 100, {passed_en}[: {title}][, {called}].")),
    "course_passed": (("培训考核合格", "恭喜，证书将随即颁发[：{title}][，{called}]。"),
                      ("The course is passed", "The certificate follows at once[: {title}][, {called}].")),
    "course_failed": (("本班已结业，考核未合格", "仍可在规定次数内补考[：{title}][，{called}]。"),
                      ("The session ended, not passed yet", "Re-sits are still possible[: {title}][, {called}].")),
    "subsidy_approved": (("培训补贴已核准", "[{year} 年]补贴将按流程拨付。"),
                         ("The subsidy is approved", "It will be paid[ for {year}].")),
    "subsidy_refused": (("培训补贴未核准", "[{year} 年]请查看原因，可补充后重新申请。"),
                        ("The subsidy was refused", "See why; it can be claimed again[ for {year}].")),
    "subsidy_paid": (("培训补贴已拨付", "[{year} 年]补贴已拨付。"), ("The subsidy was paid", "It was paid[ for {year}].")),
    "document_rejected": (("证件未通过审核", "请按原因补正[：{title}][，{reason}]。"),
                          ("A document was rejected", "Mend it as the reason says[: {title}][, {reason}].")),
    "document_verified": (("证件已通过审核", "证件已核验[：{title}]。"),
                          ("A document was verified", "It is now shown as verified[: {title}].")),
    "document_withdrawn": (("证件核验已撤销", "该证件不再有效，请按原因重新登记[：{title}][，{reason}]。"),
                           ("A verification was taken back",
                            "The document counts no more; record it anew as the reason says[: {title}][, {reason}].")),
    "grading_submitted": (("有企业提交质量评级自评", "请审核[：{firm_name}]。"),
                          ("A firm sent its self-score in", "Please review it[: {firm_name}].")),
    "grading_step": (("质量评级有进展", "请查看评级详情[：{firm_name}][，{step_zh}]。"),
                     ("The quality grading has moved on", "See its details[: {firm_name}][, {step_en}].")),
    "firm_graded": (("质量等级已公布", "质量等级与信用分相互独立[：{firm_name}][，{grade_zh}][，有效期至 {valid_until}]。"),
                    ("The quality grade is published",
                     "It is separate from the credit score[: {firm_name}][, {grade_en}][, until {valid_until}].")),
    "grading_check_due": (("质量等级年度检查将到期", "请准备年度检查[，{due} 前完成][：{firm_name}]；逾期未检查，等级将失效。"),
                          ("The yearly check of the quality grade comes due",
                           "Prepare for it[, by {due}][: {firm_name}]; left undone, the grade lapses.")),
    "firm_grade_ended": (("质量等级不再有效", "请查看评级详情[：{firm_name}][，{step_zh}]。"),
                         ("The quality grade counts no more", "See its details[: {firm_name}][; it {step_en}].")),
    "visit_news": (("现场走访", "请查看走访记录[：{firm_name}][，{day}][，{step_zh}]。"),
                   ("On-site visit", "See the visit[: {firm_name}][, {day}][; {step_en}].")),
    "credit_changed": (("信用分有变化", "请查看每一分的来由[：{before} → {after}][，等级 {grade}]。"),
                       ("The credit score has changed",
                        "See where every point comes from[: {before} → {after}][, grade {grade}].")),
    "credit_fall": (("信用等级将下降，您有时间提出异议",
                     "等级将由 {before} 变为 {grade}（{after} 分），自 {until} 起公开显示[。主要原因：{reasons}]。如不认可，请在此前申诉。"),
                    ("Your credit grade is going to fall; you have time to object",
                     "From {before} to {grade} ({after} points), shown to others from {until} on[. Why: {reasons_en}]. "
                     "If you disagree, appeal before then.")),
    "credit_alarm": (("有服务员近期表现明显下滑", "{called}最近 {of} 单中有 {bad} 单情况不好，请及时了解、帮助。这不影响信用分。"),
                     ("A worker's orders lately go much worse",
                      "{called}: {bad} of the last {of} orders went badly; please look into it and help. "
                      "This is no part of the score.")),
    "rule_shadowed": (("评分规则草案已完成影子测算", "请查看对各等级和各类人员的影响，由另一位工作人员决定是否公告[：{version}]。"),
                      ("A draft of the scoring rule has its shadow scores",
                       "See whom it would move, then announce it or give it up; another officer must[: {version}].")),
    "rule_rollback_proposed": (("有评分规则回退待复核", "确认后立即生效，须由另一位工作人员复核[：回退到 {version}]。"),
                               ("A rollback of the scoring rule waits to be confirmed",
                                "Once another officer confirms, it is in force at once[: back to {version}].")),
    "audit_tasks_assigned": (("有核查任务分派给您", "请按时核查[：共 {count} 项]。"),
                             ("Audit tasks are yours", "Please look into them in time[: {count} of them].")),
    "audit_finding_returned": (("核查结论被退回", "请按复核意见补充后重新提交。"),
                               ("Your audit finding was returned", "Mend it as the reviewer says and send it again.")),
    "competition_entered": (("已报名技能大赛", "{competition_name}，工种：{event}，比赛日期 {held_on}。"),
                            ("Entered in a competition", "{competition_name}: {event_en}, on {held_on}.")),
    "competition_number": (("参赛号码已抽定", "{competition_name}，{event}[，号码 {number}]；评委只看到号码。"),
                           ("Your number is drawn", "{competition_name}: {event_en}[, number {number}]; judges see the "
                                                    "number only.")),
    "competition_placed": (("比赛成绩已公布", "{competition_name}，{event}[，第 {rank} 名][，{medal}]；{objection_until} 前可提出异议。"),
                           ("The results are published",
                            "{competition_name}: {event_en}[, rank {rank}]; you can object until {objection_until}.")),
    "competition_cancelled": (("比赛已取消", "{competition_name}[，原因：{reason}]。"),
                              ("The competition is cancelled", "{competition_name}[, because: {reason}].")),
    "competition_judge_appointed": (("您已受聘为{seat}", "{competition_name}，比赛日期 {held_on}。"),
                                    ("You are on a jury", "{competition_name}, on {held_on}.")),
    "competition_objected": (("有一份比赛成绩异议待处理", "{competition_name}，{event}，须由未参与公布和评审的工作人员处理。"),
                             ("An objection to results waits",
                              "{competition_name}: {event_en}; by somebody who neither published nor judged.")),
    "competition_objection_upheld": (("您的成绩异议成立", "分数已更正，名次已重新计算：{competition_name}，{event}[，第 {rank} 名]。"),
                                     ("Your objection was upheld",
                                      "Marks were put right, ranks worked out again: {competition_name}, {event_en}"
                                      "[, rank {rank}].")),
    "competition_objection_dismissed": (("您的成绩异议不成立", "请查看答复：{competition_name}，{event}。"),
                                        ("Your objection was dismissed", "See why: {competition_name}, {event_en}.")),
    "competition_honour": (("获得荣誉", "{title}，命名单位：{body}。"), ("An honour was given", "{title}, named by {body}.")),
    "competition_honour_revoked": (("荣誉已撤销", "{title}，请查看原因。"), ("An honour was revoked", "{title}; see why.")),
}

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def words(kind: str, data: Mapping[str, Any], language: str) -> Words:
    """(title, body) of a notification in ``zh`` or ``en``.

    Raises KeyError for an unknown kind or a missing value that the words can't do without.
    """
    given = {name: value for name, value in data.items() if value is not None}
    title, body = TEMPLATES[kind][0 if language == "zh" else 1]
    return _fill(title, given), _fill(body, given)


def _fill(template: str, given: Mapping[str, Any]) -> str:
    always, optional = _OPTIONAL.split(template)[::2], _OPTIONAL.findall(template)
    filled = [part.format_map(given) for part in always]
    chosen = [part.format_map(given) if _names(part) <= given.keys() else "" for part in optional]
    return "".join(one + two for one, two in zip(filled, [*chosen, ""], strict=True))


def _names(part: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(part) if name}
