"""What the tests of the doctor ask, and what is said of it: of files alone, or with servers."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from application.diagnosis import Diagnosis, Finding
from cli.doctor import explained
from cli.language import LANGUAGES
from workers.doctor import diagnose

# Of the machine and the day.
OF_THE_DAY = {"TIME_ZONES_OLD", "RATES_END", "RATES_END_SOMEWHERE", "DISK_LOW", "LIBRARY_DIFFERS"}
# A server for tests is fast and forgetful, archives nothing, and none of our processes runs.
LACKING = {"NOT_DURABLE", "LOG_NOT_ARCHIVED", "API_UNREACHABLE", "WEB_UNREACHABLE", "NO_WORKER"}
NOBODY = 65_534


async def offline(environment: Mapping[str, str], folder: Path | None = None) -> Diagnosis:
    return await diagnose(environment, folder=folder, running=False, offline=True)


async def online(environment: Mapping[str, str]) -> Diagnosis:
    return await diagnose(environment, folder=None, running=True, offline=False)


async def found_offline(environment: Mapping[str, str], folder: Path | None = None) -> set[str]:
    """Return the codes, without those of the machine and the day."""
    return {each.code for each in (await offline(environment, folder)).findings} - OF_THE_DAY


async def found(environment: Mapping[str, str]) -> set[str]:
    """Return the codes beside what is lacking anyway."""
    return {each.code for each in (await online(environment)).findings} - LACKING - OF_THE_DAY


def told(findings: Iterable[Finding], code: str) -> Mapping[str, str]:
    """Return the values of the one finding with a code, once every language has words for it, each its own."""
    (finding,) = [each for each in findings if each.code == code]
    said = [explained(finding, language) for language in LANGUAGES]
    assert len({each["why"] for each in said}) == len(LANGUAGES)
    assert all(each["what"] and each["do"] for each in said)
    return finding.values


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user to whom modes matter; only root need become one."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
