"""No personal data in logs or traces: looks at every logging call and span attribute in our code.

A logging call may carry keywords of our own choosing, but none whose name says that it holds what only a person's key
may open; and its message is a constant, so that nothing is spliced into it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

LOG_METHODS = {
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "critical",
    "log",
    "msg",
    "bind",
    "new",
    "bind_contextvars",
}
SPAN_METHODS = {"set_attribute", "add_event"}
PERSONAL = {
    "address", "birth_date", "body", "contact_point", "document", "email", "first_name", "full_name", "last_name",
    "message_body", "name", "national_id", "note", "phone", "postal_address", "recipient", "street", "subject",
    "tax_id", "text", "to_address", "whatsapp",
}  # fmt: skip


def problems(root: Path, folders: tuple[str, ...]) -> list[str]:
    """One line for each offending call, with file and line."""
    found = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if not path.name.endswith(("_pb2.py", "_pb2_grpc.py")):
                tree = ast.parse(path.read_text(), str(path))
                found += [f"{path.relative_to(root)}:{line}: {what}" for line, what in offences(tree)]
    return found


def offences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in LOG_METHODS and _last_name(node.func.value).lower().strip("_").endswith(("log", "logger")):
            yield from _in_log_call(node)
        elif node.func.attr in SPAN_METHODS and node.args and isinstance(node.args[0], ast.Constant):
            key = str(node.args[0].value).rpartition(".")[2]
            if key in PERSONAL:
                yield node.lineno, f"a span attribute `{key}`"


def _in_log_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    for argument in call.args:
        if isinstance(argument, ast.JoinedStr | ast.BinOp):
            yield call.lineno, "a log message put together from values: give them as keywords"
        elif (name := _last_name(argument)) in PERSONAL:
            yield call.lineno, f"`{name}` in a log call"
    for keyword in call.keywords:
        for name in {keyword.arg or "", _last_name(keyword.value)} & PERSONAL:
            yield call.lineno, f"`{name}` in a log call"


def _last_name(node: ast.expr) -> str:
    """`email` of `email`, `point.email` and `point.email.lower()`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(value=inner)):
            return _last_name(inner)
        case ast.Call(func=ast.Name(id=name)):
            return name
        case _:
            return ""
