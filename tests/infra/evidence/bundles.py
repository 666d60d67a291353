"""Bundles for tests, and the verifier as whoever has been given one runs it."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from application.evidence import Evidence
from cli.evidence_told import tell, write
from domain.evidence import layout
from domain.evidence.archive import packed, unpacked
from infra.evidence.bundle import with_manifest
from tests.infra.evidence.story import DAY, told
from workers.evidence import bundle_of


@dataclass(frozen=True)
class Made:
    """A bundle, one with personal data, and where the public copy is."""

    archive: bytes
    personal: bytes
    evidence: Evidence
    public: Path

    @property
    def files(self) -> dict[str, bytes]:
        return unpacked(self.archive)

    @property
    def key(self) -> str:
        return str(self.evidence.key)


def made_once(dsn: str, folder: Path) -> Made:
    async def make() -> Made:
        async with told(dsn, folder) as story:
            settings, case = story.settings, story.case
            archive, evidence = await bundle_of(settings, case, tell=tell, write=write, on=DAY)
            personal, _ = await bundle_of(settings, case, tell=tell, write=write, on=DAY, personal=True)
            return Made(archive=archive, personal=personal, evidence=evidence, public=folder / "public")

    return asyncio.run(make())


def listed_again(files: Mapping[str, bytes], **claims: object) -> dict[str, bytes]:
    """Return files under a manifest made for them: what a liar would do who knows how bundles are made."""
    import json

    about = json.loads(files[layout.MANIFEST]) | claims
    del about["files"]
    bare = {path: content for path, content in files.items() if path not in (layout.MANIFEST, layout.FINGERPRINT)}
    return with_manifest(bare, about)


def run(*arguments: str, folder: Path, python: str = sys.executable) -> "subprocess.CompletedProcess[str]":
    """Run `verify.py` in an empty folder, isolated, without site packages."""
    return subprocess.run(
        (python, "-I", "-S", *arguments), cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
    )


__all__ = ["Made", "listed_again", "made_once", "packed", "run"]
