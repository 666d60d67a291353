"""A bearer token out of a file: on a command line every user of the machine can see it (`ps`)."""

import os
import stat
import sys
from typing import Final

from cli.parse import Unreadable

STANDARD_INPUT: Final = "-"
BYTES_MAX: Final = 16 * 1024  # what a server takes of headers in all
_OTHERS: Final = 0o077


def read_token(name: str) -> str:
    """Return the token on the first line of a file, or of standard input for "-".

    Raises:
        Unreadable: the file is open to others than its owner, or holds no token; what it holds is never repeated.
        OSError: it cannot be read.
    """
    if name == STANDARD_INPUT:
        line = sys.stdin.buffer.readline(BYTES_MAX)
    else:
        with open(name, "rb") as file:
            # Asked of what was opened: under the name there may be another file by now, or a link to one.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _OTHERS:
                raise Unreadable(name, "token_file_open", mode=f"{mode:04o}")
            line = file.readline(BYTES_MAX)
    token = line.decode("ascii", "replace").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Unreadable(name, "token_file_empty" if not token else "token_file_unlike")
    return token
