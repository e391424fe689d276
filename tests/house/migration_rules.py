"""What a migration must not do while the code of the release before it still runs: found by reading it, not by running.

A file that does one of these on purpose says so, and why: ``MEANT = {"drop_column": "nothing has read it since 0.3"}``.
"""

import ast
import re
from collections.abc import Iterator

#: tables with so many rows that to rewrite, scan or lock them is felt
BIG = frozenset({
    "account", "address", "booking", "chat_message", "credit_event", "employment", "household", "idempotency_record",
    "ledger_entry", "log_leaf", "log_node", "log_opening", "log_pending", "media", "notification", "payment", "posting",
    "posting_tx", "quote", "refresh_token", "refund", "review", "session", "stripe_movement", "text_message",
    "webhook_attempt", "webhook_delivery", "webhook_event", "workday", "worker", "worker_day", "worker_document",
    "worker_interval", "worker_service", "worker_skill"})

#: what is said of each thing that is refused
WHY = {
    "not_null": "rows there are have no value, and the old code writes none: add it nullable or with a server_default",
    "set_not_null": "the old code may still write none: fill first, ask in the next release",
    "drop_column": "the old code still reads it: stop reading in one release, drop in the next",
    "drop_table": "the old code still reads it: stop reading in one release, drop in the next",
    "rename": "the old code knows the old name: add the new one beside it",
    "type": "it rewrites the table under a lock, or the old code can't read it: add a column beside it",
    "index": "it stops every writer while it is built: autocommit_block and postgresql_concurrently=True",
    "constraint": "it scans the table under a lock: postgresql_not_valid=True, validated in a migration of its own",
}

_SQL = {
    "drop_column": r"\bDROP\s+COLUMN\b", "drop_table": r"\bDROP\s+TABLE\b", "rename": r"\bALTER\s+TABLE\b.*\bRENAME\b",
    "type": r"\bALTER\s+(?:COLUMN\s+)?\w+\s+(?:SET\s+DATA\s+)?TYPE\b", "set_not_null": r"\bSET\s+NOT\s+NULL\b",
    "index": r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY\b)[^;]*?\bON\s+(?:ONLY\s+)?"
             rf"(?:{'|'.join(sorted(BIG))})\b",
}


def faults(source: str) -> Iterator[tuple[str, int]]:
    """What a migration's text does on the way up that is refused and not meant: rule and line."""
    module = ast.parse(source)
    meant = _meant(module)
    up = [node for node in module.body if getattr(node, "name", "") != "downgrade"]
    calls = [each for node in up for each in ast.walk(node) if isinstance(each, ast.Call)]
    made = {_table(each) for each in calls if _verb(each) == "create_table"}
    for call in calls:
        for rule in _broken(call, made):
            if rule not in meant:
                yield rule, call.lineno


def _meant(module: ast.Module) -> dict[str, str]:
    """The rules a file sets aside. Raises ValueError where one has no reason, or is none."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MEANT":
            meant: dict[str, str] = ast.literal_eval(node.value)
            if not (meant.keys() <= WHY.keys() and all(len(reason) > 10 for reason in meant.values())):
                raise ValueError(f"MEANT takes a reason for each of {', '.join(WHY)}")
            return meant
    return {}


def _broken(call: ast.Call, made: set[str]) -> Iterator[str]:
    """The rules a call breaks. ``made``: tables that are new, with which anything may be done."""
    verb, table = _verb(call), _table(call)
    if verb == "execute":
        text = " ".join(each.value for each in ast.walk(call) if isinstance(each, ast.Constant)
                        and isinstance(each.value, str))
        yield from (rule for rule, pattern in _SQL.items() if re.search(pattern, text, re.I | re.S))
    elif table not in made:
        yield from _broken_by(verb, table, call)


def _broken_by(verb: str, table: str, call: ast.Call) -> Iterator[str]:
    said = {each.arg: ast.unparse(each.value) for each in call.keywords}
    if verb in ("drop_column", "drop_table"):
        yield verb
    if verb == "rename_table" or "new_column_name" in said:
        yield "rename"
    if verb == "add_column" and _needs_value(call):
        yield "not_null"
    if verb == "alter_column" and said.get("nullable") == "False":
        yield "set_not_null"
    if verb == "alter_column" and "type_" in said:
        yield "type"
    if verb == "create_index" and table in BIG and said.get("postgresql_concurrently") != "True":
        yield "index"
    if verb == "create_unique_constraint" and table in BIG:
        yield "index"
    if verb in ("create_check_constraint", "create_foreign_key", "create_exclude_constraint") and table in BIG:
        if said.get("postgresql_not_valid") != "True":
            yield "constraint"


def _needs_value(call: ast.Call) -> bool:
    for column in call.args[1:]:
        said = {each.arg: ast.unparse(each.value) for each in getattr(column, "keywords", [])}
        filled = "server_default" in said or "sa.Identity" in ast.unparse(column)
        return said.get("nullable") == "False" and not filled
    return False


def _verb(call: ast.Call) -> str:
    """What ``op`` is asked to do; nothing when it is not ``op`` that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "op" else ""


def _table(call: ast.Call) -> str:
    """The table it is done to: the second word for an index or a constraint, else the first."""
    place = 1 if _verb(call) in ("create_index", "create_unique_constraint", "create_check_constraint",
                                 "create_foreign_key", "create_exclude_constraint") else 0
    given = call.args[place] if len(call.args) > place else None
    return str(given.value) if isinstance(given, ast.Constant) else ""
