"""Everything under `templates/`, loaded: ours, and on top of it what folders of one's own replace or add."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template as Layout

from domain.decider import Rejected
from infra.templates.languages import Language, Languages
from infra.templates.read import read_disclosures, read_frame, read_languages, read_template, read_topics
from infra.templates.records import Disclosure, Frame, Template, Topic
from infra.templates.text import environment

SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All texts, by language tag."""

    languages: Languages
    frames: Mapping[str, Frame]
    templates: Mapping[str, Mapping[str, Template]]
    disclosures: Mapping[str, Mapping[str, Disclosure]]
    topics: Mapping[str, tuple[Topic, ...]]  # by the language alone: "es"
    layout: Layout
    layout_source: str

    def disclosure(self, tag: str, jurisdiction: str, duty: str) -> Disclosure | None:
        """Return what a duty asks to be said: as the subdivision's law has it, its country's, else as anybody's."""
        kept = self.disclosures[tag]
        country = jurisdiction.partition("-")[0]
        return kept.get(f"{jurisdiction}.{duty}") or kept.get(f"{country}.{duty}") or kept.get(f"any.{duty}")


def load_languages() -> Languages:
    """Return the languages that we write, and who reads which."""
    return read_languages(SHIPPED / "languages.toml")


def load_shelf(*folders: Path) -> Shelf:
    """Return the shipped texts, and over them those of `folders`, which have the same layout.

    A folder may replace or add templates (`<language>/<template>.toml`) and disclosures, and add forbidden phrases; it
    cannot take any phrase away. Raises `Rejected` TEMPLATE_UNREADABLE, TEMPLATE_INVALID or TEMPLATES_INCOMPLETE.
    """
    languages = load_languages()
    frames = {tag: read_frame(SHIPPED / "frames" / f"{tag}.toml") for tag in languages.by_tag}
    templates: dict[str, dict[str, Template]] = {tag: {} for tag in languages.by_tag}
    disclosures: dict[str, dict[str, Disclosure]] = {tag: {} for tag in languages.by_tag}
    topics: dict[str, tuple[Topic, ...]] = {}
    for folder in (SHIPPED, *folders):
        for language in languages.by_tag.values():
            tag = language.tag
            for file in sorted((folder / tag).glob("*.toml")):
                templates[tag][file.stem] = read_template(file, frames[tag].blocks)
            if (file := folder / "disclosures" / f"{tag}.toml").exists():
                disclosures[tag] |= read_disclosures(file)
        for base in sorted({language.base for language in languages.by_tag.values()}):
            if (file := folder / "forbidden" / f"{base}.toml").exists():
                topics[base] = (*topics.get(base, ()), *read_topics(file))
    source = (SHIPPED / "layout.html").read_text(encoding="utf-8")
    _same_in_every_language(templates, disclosures)
    return Shelf(
        languages=languages,
        frames=frames,
        templates=templates,
        disclosures=disclosures,
        topics=topics,
        layout=environment(html=True).from_string(source),
        layout_source=source,
    )


def language_of(shelf: Shelf, tag: str) -> Language:
    """Return a language by its tag."""
    return shelf.languages.by_tag[tag]


def _same_in_every_language(
    templates: Mapping[str, Mapping[str, Template]], disclosures: Mapping[str, Mapping[str, Disclosure]]
) -> None:
    names = sorted({name for each in templates.values() for name in each})
    for tag, kept in templates.items():
        for name in names:
            if name not in kept:
                _incomplete(f"{name} is not written in {tag}", f"{tag}/{name}.toml")
            other = next(each[name] for each in templates.values() if name in each)
            if kept[name].shape != other.shape:
                _incomplete(f"{kept[name].file} and {other.file} have different tables or stages", kept[name].file)
    duties = sorted({duty for each in disclosures.values() for duty in each})
    for tag, said in disclosures.items():
        for duty in duties:
            if duty not in said:
                _incomplete(f"{duty} is not written in {tag}", f"disclosures/{tag}.toml")


def _incomplete(detail: str, where: str) -> None:
    raise Rejected("TEMPLATES_INCOMPLETE", detail, field=where, accepted="the same templates in every language")
