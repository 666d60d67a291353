"""The lines of a file that nobody has looked at yet: none of them longer than there is room for."""

from collections.abc import Iterator
from typing import BinaryIO, TextIO

LINE_MAX = 1 << 20  # characters or bytes; real lines have some hundreds


class LineTooLong(ValueError):
    """A line that no sound file has; `line` is its number."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is longer than {LINE_MAX} characters")
        self.line = line


def text_lines(source: TextIO) -> Iterator[str]:
    """Yield the lines of a text with their ends. Raises `LineTooLong`."""
    number = 1
    while line := source.readline(LINE_MAX + 1):
        if len(line) > LINE_MAX:
            raise LineTooLong(number)
        yield line
        number += 1


def byte_lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file with their ends. Raises `LineTooLong`."""
    number = 1
    while line := source.readline(LINE_MAX + 1):
        if len(line) > LINE_MAX:
            raise LineTooLong(number)
        yield line
        number += 1
