"""How audit refuses."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class AuditNotFound(NotFound):
    """没有找到这次核查。
    There is no such audit."""


class AuditTaskNotFound(NotFound):
    """没有找到这项核查任务。
    There is no such audit task."""


class FlagNotFound(NotFound):
    """没有找到这条提示。
    There is no such flag."""


class ReportNotFound(NotFound):
    """核查报告尚未公布。
    This audit has no published report yet."""


class CheckNotFound(NotFound):
    """没有这一项完整性检查。
    There is no such completeness check."""


class PeriodDoesNotFit(Invalid):
    """起止日期有误：起始日不晚于截止日，截止日须早于抽样日。
    The period must end on or after the day it begins, and before the day of the draw."""


class DrawTooSoon(Invalid):
    """抽样日须在提交承诺值至少 {days} 天之后，最早为 {earliest}。
    The draw must be at least {days} days after the commitment: {earliest} at the earliest."""


class CommitmentUsed(Conflict):
    """该承诺值已用于另一次核查，请换一个随机数。
    This commitment was used for another audit; make a new nonce."""


class TooEarlyToDraw(Conflict):
    """未到抽样日 {draw_on}，请届时再公布随机数。
    The draw is on {draw_on}; reveal the nonce then, not before."""


class NonceDoesNotMatch(Invalid):
    """随机数与承诺值不符，请核对后重试。
    SHA-256 of this nonce is not the commitment that was handed in; reveal the one it was made from."""


class NoCheckpointYet(Conflict):
    """抽样日零时之后还没有日志检查点，请稍后再试。
    The log has no checkpoint since the day of the draw began; try again once one was published."""


class NothingToSample(Conflict):
    """该时段的公开日志中没有此类记录，请说明理由取消本次核查。
    The log holds nothing of this kind for the period; cancel the audit, saying so."""


class NotAnAuditor(Invalid):
    """任务只能分派给妇联审核员或管理员的在用账号。
    Tasks go to live accounts of the federation only."""


class AuditNotUnderWay(Conflict):
    """这次核查不在进行中，任务不能再改动。
    This audit is not under way; its tasks stay as they are."""


class AnswersDoNotFit(Invalid):
    """已联系上时请逐题回答表中问题；未联系上时请只写明原因。
    Someone who was reached answers each question of the form and no other; someone who was not, none."""


class DefectDoesNotFit(Invalid):
    """认定有问题时须选择问题类别，其他结论不能有。
    A defect needs its kind; another verdict has none."""


class ReasonMissing(Invalid):
    """请写明原因。
    Say why."""


class FourEyes(Forbidden):
    """不能复核自己的结论，请由另一账号复核。
    Nobody reviews a finding of her own; another account must."""


class TasksUnderWay(Conflict):
    """还有 {count} 项任务未通过复核，暂不能公布报告。
    {count} tasks are not accepted yet; the report waits for them."""
