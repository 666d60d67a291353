"""A bundle as one zip file, of which every byte follows from the files in it: nothing is compressed, dated or owned."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from domain.decider import Rejected

FILES_MAX = 65_534  # what the format can count to
BYTES_MAX = 1 << 30
_DAY_ONE = 0x0021  # 1980-01-01, the first day that the format knows
_UTF8 = 0x0800
_REGULAR = 0o100644 << 16


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of files by path, in the order of their paths; raise `Rejected` BUNDLE_TOO_LARGE."""
    size = sum(map(len, files.values()))
    if len(files) > FILES_MAX or size > BYTES_MAX:
        what = f"{len(files)} files, {size} bytes"
        raise Rejected("BUNDLE_TOO_LARGE", what, accepted=f"{FILES_MAX} files, {BYTES_MAX} bytes")
    written, directory = bytearray(), bytearray()
    for path in sorted(files):
        content, name = files[path], path.encode()
        told = struct.pack(
            "<HHHHIIIHH", _UTF8, 0, 0, _DAY_ONE, zlib.crc32(content), len(content), len(content), len(name), 0
        )
        entry = struct.pack("<IHH", 0x02014B50, 0x0314, 20) + told
        directory += entry + struct.pack("<HHHII", 0, 0, 0, _REGULAR, len(written)) + name
        written += struct.pack("<IH", 0x04034B50, 20) + told + name + content
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(files), len(files), len(directory), len(written), 0)
    return bytes(written + directory + end)


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Return the files of an archive by path; raise `Rejected` ARCHIVE_DAMAGED, naming the file where it is known."""
    path = ""
    try:
        with ZipFile(BytesIO(archive)) as opened:
            entries = opened.infolist()
            if len(entries) > FILES_MAX or sum(entry.file_size for entry in entries) > BYTES_MAX:
                raise Rejected("ARCHIVE_DAMAGED", "it holds more than a bundle can")
            files: dict[str, bytes] = {}
            for entry in entries:
                path = entry.filename
                if path in files:
                    raise Rejected("ARCHIVE_DAMAGED", "it is there twice", field=path)
                files[path] = opened.read(entry)
            return files
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, zlib.error) as error:
        raise Rejected("ARCHIVE_DAMAGED", str(error), field=path) from error
