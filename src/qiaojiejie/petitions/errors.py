"""How petitions refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class PetitionNotFound(NotFound):
    """没有找到这份申请。
    There is no such petition."""


class CreditEventNotFound(NotFound):
    """没有找到这些信用事件，或与您无关。
    There are no such credit events, or they don't concern you."""


class NothingNamed(Invalid):
    """请指明对哪些信用事件提出；只有评价权重可以不指明。
    Name the credit events it is about; only an appeal against one's weight as a rater names none."""


class SeveralConcerned(Invalid):
    """一份申请只能涉及同一人或同一企业。
    One petition is about one person or one firm."""


class GroundDoesNotFit(Invalid):
    """理由“{ground}”不适用于此类申请。
    The ground {ground} does not go with this petition."""


class NotAppealable(Conflict):
    """事件“{type}”不能由您申诉；名单和处罚请提出异议。
    You can't appeal against {type}; to lists and sanctions raise an objection."""


class StillHeard(Conflict):
    """投诉尚未裁定，裁定后才能申诉。
    The complaint is still being heard; appeal once it is decided."""


class FiledTooLate(Conflict):
    """已超过提出期限（{days} 天）。
    The {days} days for this are over."""


class AlreadyPetitioned(Conflict):
    """同一事项已有一份申请在处理。
    A petition about the same is open already."""


class AlreadyDecided(Conflict):
    """该事项已有决定；再次提出须有新的理由。
    This was decided already; another petition needs another ground."""


class NotRepairable(Conflict):
    """事件“{type}”不需要或不能申请信用修复。
    {type} needs no repair, or can't be repaired."""


class TooEarlyToRepair(Conflict):
    """{on} 起才能申请修复。
    Repair can be asked for from {on} on."""


class PromiseRequired(Invalid):
    """请签署信用承诺。
    The promise must be signed."""


class RemedyNotProven(Invalid):
    """请上传整改证明。
    Upload what proves that it was made good."""


class AuthorityRequired(Invalid):
    """最严重等级须附有关机关的证明文件。
    The gravest tier needs the authority's document."""


class BlamedSince(Conflict):
    """此后又有较重失信记录，不能修复。
    Something grave was found since; it can't be repaired."""


class TooMuchEvidence(Invalid):
    """最多上传 {most} 份证据。
    At most {most} files of evidence."""


class OutcomeDoesNotFit(Invalid):
    """只能对申请中的事件作决定，理由“{reason}”须与结论相符。
    Decide on the events of the petition only, with a reason ({reason}) that goes with the outcome."""
