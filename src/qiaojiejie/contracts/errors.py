"""How contracts refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class ContractNotFound(NotFound):
    """没有找到该合同。
    There is no such contract."""


class ContractNotNeeded(Conflict):
    """一次性的钟点服务不签合同，以预约的服务约定为准（见“服务约定”）。
    A single visit has terms (`GET /bookings/…/terms`), not a contract."""


class ContractNotNow(Conflict):
    """预约确认后、服务结束前才能起草或签署合同，现在是“{state_name}”状态。
    A contract is drafted and signed while its booking is confirmed or under way; it is {state}."""


class ContractFieldMissing(Conflict):
    """合同缺少“{words}”，请补全后再起草。
    The contract lacks `{field}`: complete it and draft again."""


class ContractUnchanged(Conflict):
    """与第 {version} 版相比没有任何变化，无需新的版本。
    Nothing has changed since version {version}."""


class ContractChanged(Conflict):
    """您要签的不是现在的版本，请重新阅读后再签（现在的 SHA-256：{sha256}）。
    This is not what is to be signed now: read the contract again (its SHA-256 is {sha256})."""


class ContractSideNotAsked(Conflict):
    """这份合同不需要您这一方签署。
    This contract is not signed by your side."""


class ContractSignedAlready(Conflict):
    """您这一方已经签过这份合同。
    Your side has signed this contract already."""


class SigningCodeWrong(Invalid):
    """验证码不正确或已失效，请核对后重试，或重新获取。
    The code is wrong, used or out of date; check it or ask for a new one."""

    keep = True


class ContractIdentityNotFound(NotFound):
    """尚未填写签约身份信息。
    No name and ID number for contracts were given."""


class ConsentNeeded(Invalid):
    """请单独同意我们为订立合同处理您的身份证号码。
    Agree separately that your ID number is used for the contract."""
