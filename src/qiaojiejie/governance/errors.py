"""How governance refuses."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class ProposalNotFound(NotFound):
    """没有找到这份规则草案。
    There is no such proposal."""


class RollbackNotFound(NotFound):
    """没有找到这次回退。
    There is no such rollback."""


class RuleNotSensible(Invalid):
    """评分规则草案有误：{field}。
    The draft can't be a rule: {field}."""


class OneRuleRequired(Invalid):
    """请给出一份完整规则（rule），或一个随产品提供的版本（packaged），只能一个。
    Give either a whole rule (rule) or a version that comes with the product (packaged), one of them."""


class VersionProposed(Conflict):
    """名为 {version} 的规则已在提议或已生效，请换一个版本名。
    A rule named {version} is proposed or in force already: choose another name."""


class NothingChanges(Conflict):
    """草案与现行规则完全相同。
    The draft is the rule in force."""


class NoticeTooShort(Invalid):
    """须提前 {days} 天公告：最早可于 {earliest} 生效。
    It takes {days} days' notice: it can come into force on {earliest} at the earliest."""


class NoticeTooLong(Invalid):
    """生效日不得晚于 {latest}。
    It must come into force by {latest}."""


class ShadowOutdated(Conflict):
    """影子测算对比的已不是现行规则，请重新测算。
    The shadow compared another rule than the one in force now: have it computed anew."""


class SameOfficer(Forbidden):
    """起草与公告、提出与确认须由两位工作人员分别进行。
    Somebody else than who drafted or proposed it must do this."""


class NotAFormerVersion(Conflict):
    """只能回退到曾经生效、现在不生效的版本。
    Only a version that was in force before, and is not now, can be gone back to."""


class RollbackOpen(Conflict):
    """已有一次回退在等待复核。
    A rollback waits to be confirmed already."""
