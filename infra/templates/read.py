"""The files under `templates/` as records; what is wrong in one is refused with its name, line and field."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from domain.case.words import Stage
from domain.decider import Rejected
from infra.templates.languages import Language, Languages
from infra.templates.records import (
    Checklist,
    Conduct,
    Disclosure,
    Frame,
    Letterlike,
    Provided,
    Script,
    Short,
    Template,
    Topic,
)
from infra.templates.text import Place, Text

Table = Mapping[str, Any]
AS_EMAIL = "email"  # a letter that says what the e-mail says
SEGMENTS = 2  # parts of a text message with usual values, unless its template says otherwise

_TEMPLATE_KEYS = {"from_stage", "confirms_opt_out", "says", "email", "sms", "whatsapp", "letter", "script", "checklist"}
_FRAME_KEYS = {
    "unnamed",
    "greeting",
    "greeting_letter",
    "closing",
    "opt_out",
    "labels",
    "blocks",
    "phone",
    "visit",
    "never",
}


class _File:
    """One file while it is read."""

    def __init__(self, path: Path) -> None:
        self.name = "/".join(path.parts[-2:])
        try:
            self.source = path.read_text(encoding="utf-8").replace("\r\n", "\n")
            self.tables: Table = tomllib.loads(self.source)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Rejected("TEMPLATE_UNREADABLE", f"{self.name}: {error}", field=self.name, accepted="TOML") from error

    def place(self, table: str, key: str) -> Place:
        return Place(file=self.name, table=table, key=key, source=self.source)

    def known(self, table: str, found: Table, keys: set[str]) -> None:
        for key in found:
            if key not in keys:
                self.place(table, key).wrong("means nothing here", accepted=", ".join(sorted(keys)))

    def text(self, table: str, found: Table, key: str) -> Text:
        value = found.get(key)
        if not isinstance(value, str) or not value.strip():
            self.place(table, key).wrong("must be a text that is not empty")
        return Text(value.strip(), self.place(table, key))

    def texts(self, table: str, found: Table, key: str) -> tuple[Text, ...]:
        values = found.get(key, [])
        if not isinstance(values, list) or not all(isinstance(each, str) and each.strip() for each in values):
            self.place(table, key).wrong("must be a list of texts")
        return tuple(Text(each.strip(), self.place(table, key)) for each in values)


def read_languages(path: Path) -> Languages:
    """Return the languages that are written and who reads them."""
    file = _File(path)
    entries: Sequence[Table] = file.tables.get("language", [])
    languages = tuple(
        Language(tag=each["tag"], readers=tuple(each.get("readers", ())), provider=each["provider"]) for each in entries
    )
    return Languages(languages, file.tables["default"], frozenset(file.tables["not_shouted"]))


def read_template(path: Path, blocks: Mapping[str, Text]) -> Template:
    """Return the template in a file; `blocks` are the paragraphs that it may name with "@"."""
    file = _File(path)
    found = file.tables
    file.known("", found, _TEMPLATE_KEYS)
    stage = found.get("from_stage")
    if not isinstance(stage, str) or stage not in Stage.__members__:
        file.place("", "from_stage").wrong("must be a stage", accepted=", ".join(Stage))
    email, sms, whatsapp, letter = (found.get(each) for each in ("email", "sms", "whatsapp", "letter"))
    script, checklist = found.get("script"), found.get("checklist")
    written = _letterlike(file, "email", email, blocks) if email else None
    on_paper = written if letter == AS_EMAIL else _letterlike(file, "letter", letter, blocks) if letter else None
    return Template(
        name=path.stem,
        file=file.name,
        from_stage=Stage(stage),
        confirms_opt_out=found.get("confirms_opt_out", False),
        says=tuple(found.get("says", ())),
        email=written,
        sms=_short(file, sms) if sms else None,
        whatsapp=_provided(file, whatsapp) if whatsapp else None,
        letter=on_paper,
        script=_script(file, script) if script else None,
        checklist=_checklist(file, checklist) if checklist else None,
    )


def read_frame(path: Path) -> Frame:
    """Return what surrounds every message of a language."""
    file = _File(path)
    found = file.tables
    file.known("", found, _FRAME_KEYS)
    blocks = {name: file.text("blocks", found["blocks"], name) for name in found["blocks"]}
    return Frame(
        unnamed=found["unnamed"],
        greeting=file.text("", found, "greeting"),
        greeting_letter=file.text("", found, "greeting_letter"),
        closing=file.texts("", found, "closing"),
        opt_out={name: file.text("opt_out", found["opt_out"], name) for name in found["opt_out"]},
        labels=found["labels"],
        blocks=blocks,
        phone=_conduct(file, "phone", found["phone"]),
        visit=_conduct(file, "visit", found["visit"]),
        never={country: tuple(lines) for country, lines in found["never"].items()},
    )


def read_disclosures(path: Path) -> dict[str, Disclosure]:
    """Return what duties ask to be said, by "<jurisdiction or any>.<duty>"."""
    file = _File(path)
    read: dict[str, Disclosure] = {}
    for jurisdiction, duties in file.tables.items():
        for duty, found in duties.items():
            table = f"{jurisdiction}.{duty}"
            file.known(table, found, {"text", "short", "place"})
            if found.get("place", "end") not in ("start", "end"):
                file.place(table, "place").wrong("must be start or end", accepted="start, end")
            text = file.text(table, found, "text")
            short = file.text(table, found, "short") if "short" in found else text
            if short.conditional:
                short.place.wrong("must say the same whatever is known: a provider approves it beforehand")
            read[table] = Disclosure(key=table, text=text, short=short, at_start=found.get("place") == "start")
    return read


def read_topics(path: Path) -> tuple[Topic, ...]:
    """Return what must not be said in a language."""
    file = _File(path)
    topics = []
    for found in file.tables.get("topic", []):
        file.known("topic", found, {"name", "where", "before", "subjects_only", "phrases", "cite"})
        topics.append(
            Topic(
                name=found["name"],
                where=tuple(found["where"]),
                before=Stage(found.get("before", "CLOSED")),
                subjects_only=found.get("subjects_only", False),
                phrases=tuple(found["phrases"]),
                cite=found["cite"],
            )
        )
    return tuple(topics)


def _letterlike(file: _File, table: str, found: Table, blocks: Mapping[str, Text]) -> Letterlike:
    file.known(table, found, {"subject", "paragraphs"})
    paragraphs = []
    for text in file.texts(table, found, "paragraphs"):
        name = text.source.removeprefix("@")
        if name == text.source:
            paragraphs.append(text)
        elif name in blocks:
            paragraphs.append(blocks[name])
        else:
            text.place.wrong(f"there is no block {name!r}", accepted=", ".join(sorted(blocks)))
    return Letterlike(subject=file.text(table, found, "subject"), paragraphs=tuple(paragraphs))


def _short(file: _File, found: Table) -> Short:
    file.known("sms", found, {"text", "segments"})
    return Short(text=file.text("sms", found, "text"), segments=found.get("segments", SEGMENTS))


def _provided(file: _File, found: Table) -> Provided:
    file.known("whatsapp", found, {"name", "text"})
    text = file.text("whatsapp", found, "text")
    if text.conditional:
        text.place.wrong("must say the same whatever is known: the provider approves it beforehand")
    if len(set(text.names)) != len(text.names):
        text.place.wrong("a value stands in it twice, which the provider's numbering does not know")
    return Provided(name=found["name"], text=text)


def _script(file: _File, found: Table) -> Script:
    file.known("script", found, {"title", "say", "ask"})
    texts = {key: file.texts("script", found, key) for key in ("say", "ask")}
    return Script(title=file.text("script", found, "title"), say=texts["say"], ask=texts["ask"])


def _checklist(file: _File, found: Table) -> Checklist:
    file.known("checklist", found, {"title", "items"})
    return Checklist(title=file.text("checklist", found, "title"), items=file.texts("checklist", found, "items"))


def _conduct(file: _File, table: str, found: Table) -> Conduct:
    file.known(table, found, {"opening", "other", "absent", "log"})
    return Conduct(**{key: file.texts(table, found, key) for key in ("opening", "other", "absent", "log")})
