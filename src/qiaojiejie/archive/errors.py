"""How the archive refuses."""

from qiaojiejie.core.errors import Conflict, NotFound, Unavailable


class TooYoung(Conflict):
    """{month} 太近：结束未满 {months} 个月的预约不归档。
    {month} is too young: bookings are not archived until {months} months after its end."""


class NotAsWritten(Conflict):
    """{file} 读回的内容与数据库不一致；没有删除任何数据。
    What was read back from {file} is not what stands in the database. Nothing was deleted."""


class NoParquet(Unavailable):
    """未安装 pyarrow：pip install 'qiaojiejie[archive]'。
    pyarrow is not installed: pip install 'qiaojiejie[archive]'."""


class CantWrite(Unavailable):
    """归档文件写不进去：{why}。
    The file can't be written: {why}."""


class HoldNotFound(NotFound):
    """没有这个预约，或它没有被保留。
    There is no such booking, or it is not held here."""
