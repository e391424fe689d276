"""How firms refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class FirmNotFound(NotFound):
    """没有找到该企业。
    There is no such firm."""


class FirmAlreadyRegistered(Conflict):
    """统一社会信用代码 {uscc} 已登记，请勿重复申请；如非本企业所为，请联系妇联。
    The code {uscc} is registered already; if it was not you, tell the federation."""


class LicenceNotYours(Invalid):
    """营业执照须由您本人以“licence”类型上传。
    The licence must be a file you uploaded yourself, of the kind licence."""


class LicenceLapsed(Invalid):
    """营业执照已于 {valid_until} 到期，请先换证。
    The business licence ran out on {valid_until}; renew it first."""


class NotChangeableNow(Conflict):
    """企业{state_name}，不能直接修改：{field_names}；营业执照到期请提交换证申请。
    In the state {state} a firm can't change {fields} by itself; send a new licence in as a renewal."""


class ReasonsRequired(Invalid):
    """请至少选择一条理由。
    Give at least one reason for this step."""


class ReasonDoesNotFit(Invalid):
    """理由“{reason}”不适用于“{step}”。
    The reason {reason} does not go with the step {step}."""


class OwnFirm(Forbidden):
    """您是该企业的成员，须由他人审核。
    You belong to this firm; somebody else must decide."""


class RenewalWaiting(Conflict):
    """已有一份换证申请正在审核，请等待结果。
    A renewal waits for the federation already."""


class RenewalNotFound(NotFound):
    """没有找到这份换证申请。
    There is no such renewal."""


class RenewalNotNow(Conflict):
    """企业{state_name}，无需换证申请，请直接修改申请资料。
    In the state {state} the licence is part of the application; change it there."""
