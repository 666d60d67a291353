"""docs/reference/grpc.md: services, calls and messages with comments and rules, from the .proto files."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.message import Message

from api.calls import ACTOR_KEY
from protos.buf.validate import validate_pb2
from tools.pages.source import GENERATED, ROOT, opening, sentences, table
from tools.wire_format import image

PACKAGE = ".escalera.v1."
OURS = "protos/escalera/v1/"
FD = descriptor_pb2.FieldDescriptorProto

# Where a descriptor keeps its parts: the numbers of SourceCodeInfo's paths.
MESSAGES, ENUMS, SERVICES = 4, 5, 6
FIELDS, NESTED, VALUES, METHODS = 2, 3, 2, 2

Comments = Mapping[tuple[int, ...], str]


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    files = _files()
    yield f"# The gRPC API\n\n{GENERATED}\n\n{opening('grpc', ACTOR_KEY=ACTOR_KEY)}"
    for file in files:
        said = _comments(file)
        for number, service in enumerate(file.service):
            yield from _service(service, said, (SERVICES, number))
    yield "## Messages\n"
    for file in files:
        if not file.message_type and not file.enum_type:
            continue
        said = _comments(file)
        yield f"### {Path(file.name).name}\n\n{_about(file.name)}\n"
        for number, message in enumerate(file.message_type):
            yield from _message(message, said, (MESSAGES, number))
        for number, enum in enumerate(file.enum_type):
            yield from _enum(enum, said, (ENUMS, number))


def _files() -> list[descriptor_pb2.FileDescriptorProto]:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "api.binpb")
        image(path, ROOT)
        # The rules are extensions: they can be read because the module that knows them is imported here.
        found = descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())
    return sorted((file for file in found.file if file.name.startswith(OURS)), key=lambda file: file.name)


def _comments(file: descriptor_pb2.FileDescriptorProto) -> Comments:
    """Return the comment above each part of a file, one sentence a line."""
    found = {}
    for place in file.source_code_info.location:
        text = (place.leading_comments or place.trailing_comments).strip()
        if text:
            found[tuple(place.path)] = sentences(" ".join(text.split()))
    return found


def _about(name: str) -> str:
    """Return the comment that a file begins with, as it is written."""
    lines = (ROOT / name).read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if not line.startswith("//"))
    return "\n".join(line.removeprefix("//").removeprefix(" ") for line in lines[:first])


def _service(service: descriptor_pb2.ServiceDescriptorProto, said: Comments, at: tuple[int, ...]) -> Iterator[str]:
    yield f"## {service.name}\n"
    if at in said:
        yield f"{said[at]}\n"
    rows = []
    for number, method in enumerate(service.method):
        asked = f"{'stream of ' if method.client_streaming else ''}{_link(method.input_type)}"
        answer = f"{'stream of ' if method.server_streaming else ''}{_link(method.output_type)}"
        about = said.get((*at, METHODS, number), "").replace("\n", " ")
        rows.append((f"`{method.name}`", asked, answer, about))
    yield table(("call", "request", "answer", ""), rows)


def _message(message: descriptor_pb2.DescriptorProto, said: Comments, at: tuple[int, ...]) -> Iterator[str]:
    yield f"#### {message.name}\n"
    if at in said:
        yield f"{said[at]}\n"
    rules = _extended(message.options, validate_pb2.message)
    if rules:
        yield f"Rule: {rules}.\n"
    rows = []
    for number, field in enumerate(message.field):
        about = said.get((*at, FIELDS, number), "").replace("\n", " ")
        rows.append((f"`{field.name}`", str(field.number), _kind(field, message), _rules(field), about))
    yield table(("field", "no.", "type", "rules", "meaning"), rows) if rows else "No fields.\n"
    for number, nested in enumerate(message.nested_type):
        if not nested.options.map_entry:
            yield from _message(nested, said, (*at, NESTED, number))


def _enum(enum: descriptor_pb2.EnumDescriptorProto, said: Comments, at: tuple[int, ...]) -> Iterator[str]:
    yield f"#### {enum.name}\n"
    if at in said:
        yield f"{said[at]}\n"
    values = enumerate(enum.value)
    yield table(
        ("value", "no.", "meaning"),
        (
            (f"`{value.name}`", str(value.number), said.get((*at, VALUES, number), "").replace("\n", " "))
            for number, value in values
        ),
    )


def _kind(field: FD, message: descriptor_pb2.DescriptorProto) -> str:
    entries = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
    entry = entries.get(field.type_name.rsplit(".", 1)[-1])
    if entry is not None:
        key, value = (_plain(each) for each in entry.field)
        return f"map of {key} to {value}"
    kind = _plain(field)
    if field.label == FD.LABEL_REPEATED:
        return f"list of {kind}"
    if field.HasField("oneof_index"):
        return (
            f"{kind}, optional"
            if field.proto3_optional
            else f"{kind}, one of `{message.oneof_decl[field.oneof_index].name}`"
        )
    return kind


def _plain(field: FD) -> str:
    if field.type_name:
        return _link(field.type_name)
    return f"`{FD.Type.Name(field.type).removeprefix('TYPE_').lower()}`"


def _link(name: str) -> str:
    if name.startswith(PACKAGE):
        short = name.removeprefix(PACKAGE).rsplit(".", 1)[-1]
        return f"[{short}](#{short.lower()})"
    return f"`{name.removeprefix('.')}`"


# ── protovalidate's rules in a few words


def _rules(field: FD) -> str:
    return _extended(field.options, validate_pb2.field)


def _extended(options: Any, extension: Any) -> str:
    """Return what an option says that protovalidate has added to a field or a message."""
    return "; ".join(_told(options.Extensions[extension])) if options.HasExtension(extension) else ""


def _told(rules: Message) -> Iterator[str]:
    for field, value in rules.ListFields():
        match field.name, value:
            case "required", _:
                yield "required"
            case "ignore", _:
                yield "checked item by item"
            case "defined_only", _:
                yield "a known value"
            case "not_in", numbers if list(numbers) == [0]:
                yield "not unspecified"
            case "cel", expressions:
                yield from (f"{expression.message or expression.expression}" for expression in expressions)
            case "in", texts:
                yield f"one of {', '.join(f'`{text}`' for text in texts if text)}, or empty"
            case "pattern", text:
                yield f"matches `{text}`"
            case "items", items:
                yield f"each: {'; '.join(_told(items))}"
            case _, Message():
                yield from _told(value)
            case name, _:
                yield f"{WORDS.get(name, name)} {_value(value)}"


WORDS = {
    "min_len": "length from",
    "max_len": "length up to",
    "min_items": "items from",
    "max_items": "items up to",
    "gte": "from",
    "lte": "up to",
    "gt": "more than",
    "lt": "less than",
}


def _value(value: Any) -> str:
    return str(list(value)) if hasattr(value, "__len__") and not isinstance(value, str) else str(value)
