"""How substitutions refuses."""

from qiaojiejie.core.errors import Conflict, NotFound


class SubstitutionNotFound(NotFound):
    """没有找到这次换人。
    There is no such substitution."""


class SubstitutionOpen(Conflict):
    """这笔预约已有一次换人在等家庭答复；要推荐其他人选，请加到那一次里。
    A substitution of this booking waits for the family's answer; offer others in that one."""


class NotASubstitute(Conflict):
    """您推荐的人选中，有人不能接这笔预约：须是本企业在册、证件齐全、服务该区县且当时空闲的另一位。
    Not everybody you name can take this booking: each must be another of your listed workers, with the papers, who
    serves this district and is free then."""


class TooManySubstitutes(Conflict):
    """最多同时推荐 {most} 位。
    At most {most} are offered at a time."""


class SubstituteNotOffered(Conflict):
    """她不在企业推荐的人选中。
    She is not among those the firm offers."""


class StillNeeded(Conflict):
    """原定服务人员已不在贵企业名下或已列入黑名单，不能撤回换人。
    Who was booked left your firm or is on the block list; she can't come after all."""


class SubstituteGone(Conflict):
    """她刚刚不能再接这笔预约了，请另选一位；企业已收到通知。
    She can't take this booking any more; choose another. The firm has been told."""

    keep = True
