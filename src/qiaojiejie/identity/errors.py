"""How identity refuses."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthorized


class WrongCode(Unauthorized):
    """验证码不正确或已失效，请核对后重试，或重新获取。
    The code is wrong, used or out of date; check it or ask for a new one."""

    keep = True


class CodeLimit(TooMany):
    """验证码获取过于频繁，请稍后再试。
    Too many codes were asked for; try again later."""


class TryLimit(TooMany):
    """登录尝试过于频繁，请稍后再试。
    Too many attempts to sign in; try again later."""


class BadRefreshToken(Unauthorized):
    """登录已失效，请重新登录。
    This refresh token is not valid any more; sign in again."""


class RefreshTokenReused(BadRefreshToken):
    """该刷新令牌已被使用过，为保护您的账号，本次登录已结束，请重新登录。
    This refresh token was used before; to protect the account its session was ended. Sign in again."""

    keep = True


class AccountClosed(Forbidden):
    """该账号已注销。
    This account was closed."""


class NotYoursToAppoint(Forbidden):
    """您不能授予或取消该身份。
    This role is not yours to give."""


class BadPhone(Invalid):
    """请填写中国大陆手机号码。
    Give a mainland China mobile number."""


class OrganisationRequired(Invalid):
    """该身份须指明所属机构。
    This role is held in an organisation; name it."""


class SessionNotFound(NotFound):
    """没有找到该登录。
    There is no such session of yours."""


class MembershipNotFound(NotFound):
    """没有找到该身份。
    There is no such membership, or it is not yours to end."""


class LastAdministrator(Conflict):
    """不能取消最后一位妇联管理员。
    The last federation administrator can't be removed."""
