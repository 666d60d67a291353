"""Files with personal data: their owner's alone, also where a file of that name was there before."""

import os
from pathlib import Path
from typing import BinaryIO


def open_private(file: Path) -> BinaryIO:
    """Open a file for writing that only its owner can read; raise OSError, also where the name is a link's."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(handle, 0o600)  # refused where it is another's
        os.ftruncate(handle, 0)
    except BaseException:
        os.close(handle)
        raise
    return os.fdopen(handle, "wb")


def write_private(file: Path, content: bytes) -> None:
    """Write such a file; raise OSError."""
    with open_private(file) as new:
        new.write(content)
