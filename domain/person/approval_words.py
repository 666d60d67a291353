"""What may need a second person before it is done with what is known of somebody: handing it out, and forgetting it."""

from dataclasses import dataclass
from enum import StrEnum

from domain.person.erasure_words import ErasureReason


class PersonAct(StrEnum):
    """The kinds of things that are asked for. Values are a wire format: add, never rename."""

    EXPORT = "EXPORT"
    FORGET = "FORGET"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWanted:
    """What is wanted once somebody has approved it. Nothing here is personal. Fields are a wire format.

    EXPORT: `reason` says why everything is handed out, and `formats` in which forms ("JSON", "PDF"), each of them once.
    FORGET: `erasure_id`, `erasure_reason` and `despite_open_cases` are those of the request to be forgotten.
    """

    act: PersonAct
    reason: str = ""
    formats: tuple[str, ...] = ()
    erasure_id: str = ""
    erasure_reason: ErasureReason | None = None
    despite_open_cases: bool = False
