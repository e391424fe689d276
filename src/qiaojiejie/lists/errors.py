"""How lists refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class ListNotFound(NotFound):
    """没有这份名单；名单有 honour（红名单）、block（黑名单）、sanction（处罚）。
    There is no such list: there are honour, block and sanction."""


class ListEntryNotFound(NotFound):
    """没有找到这条名单记录。
    There is no such entry."""


class SubjectRequired(Invalid):
    """请指明一位服务人员或一家企业，只能一个。
    Name one worker or one firm, not both."""


class ReasonNotOfList(Invalid):
    """理由“{reason}”不适用于这份名单。
    The reason {reason} does not go with this list."""


class LevelMismatch(Invalid):
    """处罚须给出等级（1–3），其他名单不能有。
    A sanction needs a level (1–3), the other lists have none."""


class EvidenceNotYours(Invalid):
    """证据须由您本人以“evidence”类型上传。
    Evidence must be files you uploaded yourself, of the kind evidence."""


class AlreadyListed(Conflict):
    """该对象在这份名单上已有一条待复核或在列的记录。
    There is a waiting or standing entry of this kind about them already."""


class NoticeRunning(Conflict):
    """告知期到 {until} 为止，之后才能列入。
    They may object until {until}; it can be entered after that day."""


class ObjectionOpen(Conflict):
    """对方已提出异议，请先处理异议。
    An objection is open; decide that first."""


class SameOfficer(Forbidden):
    """提出与复核须由两位工作人员分别进行。
    Somebody else than who proposed it must decide."""


class OwnConcern(Forbidden):
    """您是有关企业的成员，须由他人处理。
    You belong to the firm concerned; somebody else must do this."""
