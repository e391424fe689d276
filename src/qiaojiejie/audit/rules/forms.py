"""What can be audited, what is asked on the phone, what can be found, what is flagged: in Chinese and English. Data."""

from typing import Any

Names = dict[str, tuple[str, str]]

#: type of leaf that can be sampled
POPULATIONS: Names = {
    "order_paid": ("已付款订单", "paid orders"),
    "order_completed": ("已完成订单", "completed orders"),
    "rating": ("评价", "ratings"),
    "complaint_opened": ("收到的投诉", "complaints received"),
    "complaint_substantiated": ("认定属实的投诉", "complaints upheld"),
    "complaint_dismissed": ("认定不属实的投诉", "complaints dismissed"),
    "no_show": ("爽约", "no-shows"),
    "cancel_worker": ("服务员取消", "cancellations by the worker"),
    "identity_verified": ("身份核验", "identities verified"),
    "background_check": ("背景核查", "background checks"),
    "health_cert": ("健康证", "health certificates"),
    "certificate": ("职业证书", "certificates"),
    "insurance": ("保险", "insurances"),
    "licence": ("营业执照", "business licences"),
    "standing": ("公布的信用分", "published standings"),
    "appeal_upheld": ("申诉成立", "appeals upheld"),
    "credit_repair": ("信用修复", "credit repairs"),
}

#: what somebody may find
VERDICTS: Names = {"sound": ("属实无误", "sound"), "defect": ("有问题", "defect"),
                   "unverifiable": ("无法核实", "not verifiable")}

DEFECTS: Names = {
    "never_happened": ("服务没有发生", "the service never happened"),
    "other_worker": ("上门的是另一个人", "somebody else came"),
    "not_their_rating": ("评价不是家庭本人所写", "the family did not write the rating"),
    "bought_or_pressed": ("评价受利诱或施压", "the rating was bought or pressed for"),
    "amount_differs": ("金额与实际不符", "another amount was paid"),
    "paid_beside": ("另有私下付款", "money was paid beside the platform"),
    "complaint_kept_back": ("投诉被压下或劝撤", "a complaint was kept back or talked away"),
    "finding_unfounded": ("处理结论没有依据", "the finding has nothing to stand on"),
    "not_heard": ("当事人没有被听取", "somebody concerned was not heard"),
    "paper_false": ("证件不真实", "the paper is not genuine"),
    "paper_of_another": ("证件不是本人的", "the paper is somebody else's"),
    "date_differs": ("日期或有效期不符", "a date differs"),
    "record_differs": ("平台记录与日志不符", "the platform's record differs from the log"),
    "score_differs": ("信用分重算不一致", "the score comes out otherwise when replayed"),
    "other": ("其他", "something else"),
}

#: why nobody was asked
UNREACHED: Names = {"no_answer": ("无人接听", "no answer"), "wrong_number": ("号码有误", "wrong number"),
                    "refused": ("不愿接受回访", "did not want to answer")}

ANSWERS: Names = {"yes": ("是", "yes"), "no": ("否", "no"), "unsure": ("记不清", "not sure")}

#: what the daily sweep notices; never part of a score
FLAGS: Names = {
    "rated_share": ("评价率异常", "far more or fewer of her orders are rated than elsewhere"),
    "one_order_households": ("一次性家庭偏多", "far more of her orders come from families that ordered once"),
    "shared_address": ("家庭或企业同址", "families that order from a firm share an address, or have the firm's"),
    "shared_phone": ("服务员与家庭同一手机号", "a worker's phone is that of a family that orders from her firm"),
    "own_people": ("企业人员以家庭身份下单", "somebody who runs a firm orders from it as a family"),
    "rating_burst": ("评价扎堆", "far more ratings on one day than usual"),
    "rising_falling": ("等级上升而回头率下降", "the score rises while fewer families come again"),
}


def _ask(whom: str, code: str, zh: str, en: str) -> dict[str, Any]:
    return {"code": code, "whom": whom, "zh": zh, "en": en}


_VISIT = (
    _ask("household", "happened", "这次服务确实发生过吗？", "Did this service really take place?"),
    _ask("household", "same_worker", "上门的是这位服务员吗？", "Was it this worker who came?"),
    _ask("household", "amount_right", "实际支付的金额与记录一致吗？", "Is the amount on record the amount you paid?"),
    _ask("household", "nothing_beside", "除平台付款外，没有另外付过钱，对吗？",
         "You paid nothing beside the platform, is that right?"),
    _ask("worker", "went_there", "这次服务是您本人上门的吗？", "Did you yourself go there?"),
    _ask("worker", "was_paid", "这次服务的报酬您已收到了吗？", "Have you had your pay for it?"),
)
_RATING = (
    _ask("household", "own_words", "这条评价是您家人自己写的吗？", "Did somebody of your family write this rating?"),
    _ask("household", "own_will", "没有人要求、代写或以好处换取评价，对吗？",
         "Nobody asked for it, wrote it for you or gave something for it?"),
    _ask("household", "marks_right", "这些分数符合您当时的看法吗？", "Are these the marks you meant to give?"),
)
_COMPLAINT = (
    _ask("household", "complained", "这件投诉是您提出的吗？", "Did you make this complaint?"),
    _ask("household", "was_heard", "有人听取过您的说法吗？", "Did somebody listen to your side?"),
    _ask("household", "no_pressure", "没有人劝您撤回或不要投诉，对吗？", "Nobody urged you to take it back?"),
    _ask("household", "knows_outcome", "处理结论告诉过您吗？", "Were you told what was decided?"),
    _ask("worker", "heard_too", "处理前有人听取过您的说法吗？", "Did somebody listen to you before it was decided?"),
)
_CANCELLED = (
    _ask("household", "as_recorded", "当时的情况与记录一致吗？", "Was it as the record says?"),
    _ask("worker", "as_recorded_too", "当时的情况与记录一致吗？", "Was it as the record says?"),
)
_PAPER = (
    _ask("worker", "own_paper", "这份证件是您本人的吗？", "Is this paper your own?"),
    _ask("worker", "showed_it", "审核时您出示过原件吗？", "Did you show the original when it was verified?"),
)
_STANDING = (
    _ask("worker", "knows_score", "您看到过自己的信用分和理由吗？", "Have you seen your score and its reasons?"),
    _ask("worker", "knows_appeal", "您知道可以怎样申诉吗？", "Do you know how to appeal?"),
)

#: population → what is asked of whom; each answer ``yes``, ``no`` or ``unsure``, ``yes`` being as it should be
FORMS: dict[str, tuple[dict[str, Any], ...]] = {
    **dict.fromkeys(("order_paid", "order_completed"), _VISIT), "rating": _RATING,
    **dict.fromkeys(("complaint_opened", "complaint_substantiated", "complaint_dismissed"), _COMPLAINT),
    **dict.fromkeys(("no_show", "cancel_worker"), _CANCELLED),
    **dict.fromkeys(("identity_verified", "background_check", "health_cert", "certificate", "insurance"), _PAPER),
    "licence": (), **dict.fromkeys(("standing", "appeal_upheld", "credit_repair"), _STANDING),
}
