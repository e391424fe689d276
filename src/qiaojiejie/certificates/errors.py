"""What certificates refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class BodyNotFound(NotFound):
    """没有找到该发证机构。
    There is no such awarding body."""


class CertificateNotFound(NotFound):
    """没有找到该证书。
    There is no such certificate."""


class StatusListNotFound(NotFound):
    """该机构没有这份吊销名单。
    The body has no such status list."""


class SlugTaken(Conflict):
    """机构代号「{slug}」已被使用，请另取一个。
    The name "{slug}" is another body's; choose another."""


class SecondAccountNeeded(Forbidden):
    """须由提出申请之外的另一位妇联工作人员决定。
    Another officer than the one who proposed it must decide."""


class BodyMayNotIssue(Conflict):
    """该机构目前不能颁发此类证书：未获认可、已暂停，或不含该职业。
    The body can't issue this now: it is not accredited, is suspended, or not for this occupation."""


class AssessorIsWorker(Forbidden):
    """不能给自己颁发证书。
    Nobody certifies herself."""


class ValidityDoesNotFit(Invalid):
    """有效期须晚于发证日期。
    A certificate is valid until a day after it was issued."""


class KeyTooYoung(Conflict):
    """当前密钥今天刚启用；如未泄露，请明天再更换。
    The key in use began today; unless it is compromised, rotate it tomorrow."""
