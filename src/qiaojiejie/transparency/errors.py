"""Refusals of the public log."""

from qiaojiejie.core.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound


class LeafNotFound(NotFound):
    """公开日志中没有这一条；若刚刚发生，请几秒后再查。
    The public log has no leaf for this; if it has only just happened, ask again in a few seconds."""


class TileNotFound(NotFound):
    """公开日志没有这一块；请先取 /log/checkpoint，按其大小计算。
    The log has no such tile; take /log/checkpoint first and work it out from the size there."""


class CheckpointNotFound(NotFound):
    """没有这个大小的检查点。
    No checkpoint of this size was published; see /api/v1/log/checkpoints."""


class SizesNotPossible(Invalid):
    """起始大小不能大于截止大小，截止大小不能超过日志现在的大小（{size}）。
    "from" may not exceed "to", nor "to" the present size of the log ({size})."""


class UnreadableNote(BadRequest):
    """内容不是检查点或其提交格式。
    This is no checkpoint in C2SP's format (for add-checkpoint: "old N", proof lines, an empty line, the note)."""


class OriginUnknown(NotFound):
    """本见证人不见证这个日志。
    The witness here does not watch the log of this origin."""


class LogNotSigned(Forbidden):
    """检查点没有该日志的有效签名。
    The checkpoint bears no valid signature of its log."""


class WitnessUnknown(Forbidden):
    """没有已登记见证人的签名。
    None of the signatures is a registered witness's."""


class CosignatureBroken(Invalid):
    """见证人的签名无效或时间在未来。
    A witness's signature is not valid, or of a time to come."""


class ProofBroken(Invalid):
    """一致性证明不成立。
    The consistency proof does not lead to these roots."""


class ForkFound(Conflict):
    """日志给出了互相矛盾的两个检查点，已保存两份证据（/api/v1/log/alarms）。
    The log has signed two checkpoints that can't both be true; both notes are kept (/api/v1/log/alarms)."""

    keep = True
