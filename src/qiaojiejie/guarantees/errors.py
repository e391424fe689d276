"""How guarantees refuses."""

from qiaojiejie.core.errors import Conflict, NotFound


class GuaranteeNotFound(NotFound):
    """这笔预约没有换人保障：它从按天的服务开始时生效。
    This booking has no guarantee; one begins with an engagement by days."""


class TrialOver(Conflict):
    """试用期已于 {until} 结束；如需结束服务，请用“提前结束”。
    The trial ended on {until}; to end the engagement, end it early."""


class NothingLeft(Conflict):
    """今天是最后一天，没有余下的天数可以换人。
    Today is the last day; no days are left for another worker."""


class ReasonNotYours(Conflict):
    """请从这些原因中选一个：{reasons}。
    Give one of these reasons: {reasons}."""


class BeginsTooLate(Conflict):
    """新的服务人员须在 {first} 到 {last} 之间上门。
    She must begin between {first} and {last}."""


class NotAReplacement(Conflict):
    """您推荐的人选中，有人不能接替：须是本企业在册、证件齐全、服务该区县、从那天起空闲，且未在这笔服务中工作过。
    Not everybody you name can go on with it: each must be another of your listed workers, with the papers, who serves
    this district, is free from that day on, and has not worked in it before."""


class ReplacementNotOffered(Conflict):
    """她不在企业推荐的人选中。
    She is not among those the firm offers."""


class ReplacementGone(Conflict):
    """她刚刚不能再来了，请另选一位；企业已收到通知。
    She can't come any more; choose another. The firm has been told."""

    keep = True
