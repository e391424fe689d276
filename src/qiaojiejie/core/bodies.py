"""JSON bodies as they come in: UTF-8, no NaN, no half of a surrogate pair, no deeper or longer than can be read."""

import json
import re
from typing import Any, NoReturn

from qiaojiejie.core.errors import BadRequest, Unsupported

#: the most bytes a body may have that is no upload
MOST_BYTES = 2**20
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


class NotJson(Unsupported):
    """请以 application/json 提交。
    Send the body as application/json."""


class BadJson(BadRequest):
    """提交的内容不是有效的 JSON（须为 UTF-8）。
    The body is not valid JSON in UTF-8."""


def read(content: bytes) -> Any:
    """The value of a JSON text. Raises BadJson."""
    try:
        value = json.loads(content.decode(), parse_constant=_no_number)
        if _HALF_PAIR.search(content):  # JSON can write half a pair; neither UTF-8 nor PostgreSQL can
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as unreadable:  # ValueError: also too many digits, and not UTF-8
        raise BadJson() from unreadable
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
