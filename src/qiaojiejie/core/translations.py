"""Field messages in Chinese: marshmallow's own words, matched by pattern."""

import re

_PATTERNS: list[tuple[re.Pattern[str], str]] = [(re.compile(pattern), chinese) for pattern, chinese in [
    (r"Missing data for required field\.", "必填"),
    (r"Unknown field\.", "不认识的字段"),
    (r"Field may not be null\.", "不能为空"),
    (r"Invalid input type\.", "格式不正确"),
    (r"Shorter than minimum length (\d+)\.", r"至少 \1 个字"),
    (r"Longer than maximum length (\d+)\.", r"最多 \1 个字"),
    (r"Length must be between (\d+) and (\d+)\.", r"长度须在 \1 到 \2 之间"),
    (r"Length must be (\d+)\.", r"长度须为 \1"),
    (r"Must be greater than or equal to (-?[\d.]+)\.?", r"不能小于 \1"),
    (r"Must be less than or equal to (-?[\d.]+)\.?", r"不能大于 \1"),
    (r"Must be greater than or equal to (-?[\d.]+) and less than or equal to (-?[\d.]+)\.", r"须在 \1 到 \2 之间"),
    (r"Must be one of: (.*)\.", r"只能是：\1"),
    (r"String does not match expected pattern\.", "格式不正确"),
    (r"Not a valid (?:aware |naive )?datetime\.", "请写成 2026-12-01T09:00:00+08:00 的样子，须带时区"),
    (r"Not a valid date\.", "请写成 2026-12-01 的样子"),
    (r"Not a valid integer\.", "须为整数"),
    (r"Not a valid number\.", "须为数字"),
    (r"Not a valid boolean\.", "只能是 true 或 false"),
    (r"Not a valid UUID\.", "编号不正确"),
    (r"Not a valid .*", "格式不正确"),
    (r"Invalid JSON body\.|Invalid value\.", "无法解析"),
]]


def message(english: str, language: str) -> str:
    """A field message in the wanted language. ``中文|English`` pairs written by our own validators are split."""
    if "|" in english:
        chinese, _, other = english.partition("|")
        return chinese if language == "zh" else other
    if language != "zh":
        return english
    for pattern, chinese in _PATTERNS:
        match = pattern.fullmatch(english)
        if match:
            return match.expand(chinese)
    return english
