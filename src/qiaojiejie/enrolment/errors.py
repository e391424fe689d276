"""How enrolment refuses, and what may be wrong with a row of a survey."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class EntryNotFound(NotFound):
    """没有找到这条底册记录。
    There is no such entry in the register."""


class EntryKnown(Conflict):
    """底册中已有这家企业，请核对统一社会信用代码或名称。
    The register has this firm already; compare the credit code, or the name and district."""


class EntryStruck(Conflict):
    """这条记录已被划去。
    This entry was struck out already."""


class NoSurveyHeader(Invalid):
    """没有找到表头：前 30 行中须有一行写明“企业名称”“区县”“调查日期”等列名。
    No header was found: one of the first 30 rows must name the columns, 企业名称, 区县 and 调查日期 among them."""


class NoSurveyRows(Invalid):
    """表头下面没有企业。
    There is no firm below the header."""


class SurveyRowsWrong(Invalid):
    """有 {rows} 行有误，未导入任何一行；请按提示修改后重新上传。
    {rows} rows are wrong, so none was taken; mend them as listed and send the file again."""


class StandardNotFound(NotFound):
    """没有找到该版本的评级标准。
    There is no such version of the grading standard."""


class GradingNotFound(NotFound):
    """没有找到这次评级。
    There is no such grading."""


class GradingUnderWay(Conflict):
    """本企业已有一次评级正在进行，请先完成或撤回。
    A grading of this firm is under way already; finish it or withdraw it first."""


class FirmNotGradable(Conflict):
    """企业已入驻且未暂停，方可申请评级。
    Only a firm on the platform, and not suspended, can be graded."""


class UnknownIndicator(Invalid):
    """评级标准中没有指标“{indicator}”，或重复填写。
    The standard has no indicator {indicator}, or it was given twice."""


class PointsTooMany(Invalid):
    """指标“{indicator}”最多 {most} 分。
    The indicator {indicator} is worth {most} points at most."""


class ScoresMissing(Invalid):
    """以下指标尚未评分：{indicators}。
    These indicators have no score yet: {indicators}."""


class EvidenceMissing(Invalid):
    """以下指标得分须附证明材料：{indicators}。
    Points for these indicators need evidence: {indicators}."""


class EvidenceNotYours(Invalid):
    """证明材料须由本单位人员以“evidence”或“document”类型上传。
    Evidence must be a file of the kind evidence or document, uploaded by somebody of your own organisation."""


class NothingCorrected(Invalid):
    """更正的分数与企业自评相同，无需更正：{indicator}。
    The corrected score of {indicator} is what the firm gave itself; leave it out."""


class WhyRequired(Invalid):
    """请至少选择一条理由。
    Give at least one typed reason."""


class WhyDoesNotFit(Invalid):
    """理由“{reason}”不适用于此操作。
    The reason {reason} does not go with this."""


class FourEyes(Forbidden):
    """市级审核由您完成，本步须由另一个账号办理。
    You did the first review; this step takes another account."""


class CheckNotOpen(Conflict):
    """年度检查自 {opens_on} 起方可办理。
    The yearly check can be done from {opens_on} on."""


class NoCheckDue(Conflict):
    """本等级到期前无需再做年度检查。
    This grade needs no further yearly check before it ends."""


class VisitNotFound(NotFound):
    """没有找到这次走访。
    There is no such visit."""


class VisitInThePast(Invalid):
    """走访日期不能早于今天。
    A visit is planned for today or later."""


class VisitYetToCome(Conflict):
    """走访定于 {planned_on}，届时方可填写记录。
    The visit is planned for {planned_on}; report on it from that day on."""


class FindingsIncomplete(Invalid):
    """检查项“{item}”缺少、重复或不在清单中；每项须填写一次。
    The item {item} is missing, given twice or not on the checklist; each is given once."""


class FollowUpRequired(Invalid):
    """发现问题须写明整改期限（晚于走访当日）；未发现问题则不填。
    Faults need a day by which they are mended, after the visit; a visit without any has none."""


class WordsRequired(Invalid):
    """提出异议须写明理由；确认则不填。
    An objection needs its words; an acknowledgement has none."""


class AnswerStillDue(Conflict):
    """企业可在 {answer_by} 前确认或提出异议，届时未答复方可办结。
    The firm may answer until {answer_by}; a visit it has not answered can be closed after that."""


class OwnVisit(Forbidden):
    """企业对走访有异议，须由走访人以外的账号办结。
    The firm objected to this visit; somebody other than its visitor must close it."""


#: code → (Chinese, English) of what may be wrong with a row of a survey
PROBLEMS = {
    "name_missing": ("没有填写企业名称", "the firm's name is missing"),
    "name_invalid": ("企业名称应为 2 到 80 个字", "a firm's name has 2 to 80 characters"),
    "uscc_invalid": ("统一社会信用代码不正确，请核对 18 位代码；不知道可留空",
                     "this is no valid credit code of 18 characters; leave it empty when unknown"),
    "twice": ("与第 {value} 行是同一家企业", "this is the firm of row {value} again"),
    "district_missing": ("没有填写区县", "the district is missing"),
    "district_unknown": ("区县“{value}”不在平台服务范围", "the district {value} is not one we serve"),
    "kind_unknown": ("类型“{value}”不认识，请填公司、个体工商户、合作社、社会组织或其他",
                     "the kind {value} is unknown; write 公司, 个体工商户, 合作社, 社会组织 or 其他"),
    "staff_invalid": ("从业人数应为 0 到 100000 的整数", "the staff estimate is a whole number up to 100000"),
    "day_missing": ("没有填写调查日期", "the day of the survey is missing"),
    "day_unreadable": ("日期看不懂，请写成 2026-03-31 的样子", "the day can't be read; write it like 2026-03-31"),
    "day_to_come": ("调查日期不能晚于今天", "the day of the survey is yet to come"),
    "too_long": ("来源最多 80 个字", "the source has 80 characters at most"),
    "formula": ("单元格里是公式，请“粘贴为数值”", "the cell holds a formula; paste it as a value"),
}


class Wrong(ValueError):
    """A cell that can't be taken: a code of PROBLEMS and the value its words need."""

    def __init__(self, code: str, value: str = "") -> None:
        self.code, self.value = code, value
        super().__init__(code)


def problem(row: int, column: str, code: str, value: str = "") -> dict[str, str]:
    """A problem of a row as it is answered: where, code, the message in both languages."""
    chinese, english = (words.format(value=value) for words in PROBLEMS[code])
    return {"in": "file", "pointer": f"/{row}/{column}", "code": code, "message": f"{chinese} · {english}"}
