"""A refusal can always be put into words: whoever raises it gives every value its message names, in both languages."""

import ast
import inspect
from pathlib import Path
from string import Formatter

from flask import Flask

from qiaojiejie.core import errors
from tests.house.test_structure import SOURCE


def placeholders(kind: type[errors.Refusal]) -> set[str]:
    """What its two messages name."""
    return {name for line in kind.messages() for _, name, _, _ in Formatter().parse(line) if name}


def refusals(root: type[errors.Refusal] = errors.Refusal) -> dict[str, type[errors.Refusal]]:
    """Every refusal by its code."""
    found: dict[str, type[errors.Refusal]] = {}
    for kind in root.__subclasses__():
        found |= {kind.__name__: kind, **refusals(kind)}
    return found


def accepted(kind: type[errors.Refusal]) -> set[str]:
    """Values a refusal with a constructor of its own works out from these arguments."""
    return set(inspect.signature(kind.__init__).parameters) - {"self", "errors", "retry_after", "params"}


def test_every_raised_refusal_is_given_what_its_words_name(app: Flask) -> None:
    known, missing, seen = refusals(), [], 0
    for path in sorted(Path(SOURCE).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or any(each.arg is None for each in node.keywords):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in known and not accepted(known[name]):
                seen += 1
                lacking = placeholders(known[name]) - {each.arg for each in node.keywords}
                if lacking:
                    missing.append(f"{path.relative_to(SOURCE)}:{node.lineno} {name} lacks {sorted(lacking)}")
    assert missing == [] and seen > 100
