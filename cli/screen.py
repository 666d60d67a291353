"""The terminal as commands print to it. What they print is told them by others: see `cli.harmless`."""

import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.measure import Measurement
from rich.segment import Segment

from cli.harmless import ACTS, MARK


class Screen(Console):
    """A console that reads no markup in what it is told, and lets no character of it act; styles are said beside it."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)
        self.push_render_hook(_Harmless())


class _Harmless(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(each) for each in renderables]


class _Shown:
    """Something to be shown, without what would act. Columns stay where they are: nearly all of that has no width."""

    def __init__(self, renderable: RenderableType) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from _without_acts(console.render(self._renderable, options))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._renderable)


def _without_acts(segments: Iterable[Segment]) -> Iterable[Segment]:
    for segment in segments:
        if segment.control:  # rich's own
            yield segment
        else:
            yield Segment(ACTS.sub(_as_wide, segment.text), segment.style)


def _as_wide(found: re.Match[str]) -> str:
    if found[0] == "\r":  # ours, after a count that goes on; rich takes it out of texts
        return "\r"
    return MARK * cell_len(found[0])
