"""How competitions refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class CompetitionNotFound(NotFound):
    """没有找到这场比赛。
    There is no such competition."""


class EntrantNotFound(NotFound):
    """没有找到这位选手。
    There is no such entrant."""


class JudgeNotFound(NotFound):
    """没有找到这位评委。
    There is no such judge."""


class ObjectionNotFound(NotFound):
    """没有找到这份异议。
    There is no such objection."""


class HonourNotFound(NotFound):
    """没有找到这项荣誉。
    There is no such honour."""


class ResultsNotFound(NotFound):
    """成绩尚未公布，或没有这个版次。
    The results are not published yet, or there is no such edition."""


class RulesDoNotFit(Invalid):
    """比赛规则有误：{what_zh}。
    The rules of the competition do not fit: {what_en}."""


class ParentDoesNotFit(Invalid):
    """上级比赛须是同一年度、未结束的更高一级比赛。
    The parent must be a competition of the next level, of the same year, that is not over."""


class EventUnknown(Invalid):
    """这场比赛没有“{event}”这个工种。
    The competition has no event {event}."""


class NotAdmitted(Invalid):
    """不符合参赛条件：{reasons_zh}。
    The entry rules are not met: {reasons_en}."""


class FirmQuotaFull(Conflict):
    """该企业的参赛名额（{most} 人）已满。
    The firm has its {most} entrants already."""


class AlreadyEntered(Conflict):
    """她已报名这场比赛。
    She is entered already."""


class EntryWindowClosed(Conflict):
    """不在报名时间内（{opens} 至 {until}）。
    Entries are taken from {opens} to {until}."""


class NobodyEntered(Conflict):
    """还没有选手报名，不能截止报名；可以取消比赛。
    Nobody is entered; cancel the competition instead."""


class JuryIncomplete(Conflict):
    """评审组不完整：须有一位裁判长、至少 {least} 位评委，有理论考试的还须有一位考务员。
    The jury is not complete: one chief, at least {least} who judge, and an examiner where theory counts."""


class JuryFixed(Conflict):
    """评分已开始，评审组不能再改变。
    Judging has begun; the jury stays as it is."""


class AlreadyOnJury(Conflict):
    """这个账号已在评审组，或裁判长、考务员已有人担任。
    The account is on the jury already, or that seat is taken."""


class JudgeHasConflict(Forbidden):
    """评委与选手所在企业有关联，或就是选手本人（{count} 处），须由他人担任。
    A judge belongs to the firm of an entrant, or is an entrant ({count} times); somebody else must judge."""


class NotAJudgesAccount(Invalid):
    """没有这个账号，不能聘为评委。
    There is no such account to appoint."""


class SheetDoesNotFit(Invalid):
    """评分表有误：{what_zh}。
    The sheet does not fit: {what_en}."""


class ImportRowsDoNotFit(Invalid):
    """成绩表有 {count} 行不能导入，请按提示修改后整份重新上传；没有导入任何一行。
    {count} rows can't be taken in; mend them as the errors say and send the whole list again. None was taken."""


class MarksMissing(Conflict):
    """还有 {count} 份评分未交；裁判长可说明原因后封卷。
    {count} sheets are missing; the chief may seal all the same by saying why."""


class ObjectionPeriodOver(Conflict):
    """异议期到 {until} 为止，已经结束。
    Objections were possible until {until}."""


class ObjectionPeriodRunning(Conflict):
    """异议期到 {until} 为止，之后才能确定成绩。
    Objections are possible until {until}; the results become final after that."""


class ObjectionsOpen(Conflict):
    """还有 {count} 份异议未处理。
    {count} objections are still to be decided."""


class AlreadyObjected(Conflict):
    """您已有一份异议在处理。
    An objection of yours is being decided already."""


class NothingToCorrect(Invalid):
    """异议成立须更正至少一个分数，且与原分数不同；不成立则不能更正。
    To uphold an objection is to correct at least one mark to another value; to dismiss it, none."""


class SecondOfficerNeeded(Forbidden):
    """须由另一位未参与此前决定、也不在评审组的工作人员处理。
    Another officer must do this: one who did not take the step before and is not on the jury."""


class OwnFirmConcerned(Forbidden):
    """您是有关企业的成员，须由他人处理。
    You belong to the firm concerned; somebody else must do this."""


class TitleDoesNotFit(Invalid):
    """这项称号不能授予：{what_zh}。
    The title can't be given: {what_en}."""


class AlreadyHonoured(Conflict):
    """已授予过这项称号，或名额已满。
    The title was given to them already, or all of them are given."""


class DecisionDocumentRequired(Invalid):
    """请附命名决定的文件（由您本人以“evidence”类型上传）。
    Attach the decision by which it is named: a file you uploaded yourself, of the kind evidence."""


class EntriesStillOpen(Conflict):
    """报名到 {until} 为止，之后才能截止。
    Entries are taken until {until}; they can be closed after that day."""
