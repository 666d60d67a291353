"""Where an engine's own doors are: as the settings name them, else on this machine, at the ports of its last run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from api.listening import NotSafe
from infra.settings import SettingInvalid, Settings
from infra.temporal_connection import ELSEWHERE
from workers.listening import require_safe
from workers.ports import LOCALHOST

_ADDRESS: Final = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
_ANYWHERE: Final[Mapping[str, str]] = {"0.0.0.0": LOCALHOST, "[::]": "[::1]"}  # noqa: S104 -- only compared with
PORT_MAX: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDoor:
    """A host, and a port; port 0: that of the last run, or any."""

    host: str = LOCALHOST
    port: int = 0

    @classmethod
    def named(cls, setting: str, address: str) -> Self:
        """Return the door that a setting names, "host:port"; the usual one where it is empty.

        Raises:
            SettingInvalid: it is no such address.
        """
        if not address:
            return cls()
        found = _ADDRESS.fullmatch(address)
        if found is None or int(found["port"]) > PORT_MAX:
            raise SettingInvalid(f"{setting} must be host:port, not {address!r}")
        return cls(host=found["host"], port=int(found["port"]))

    def bound(self, port: int) -> str:
        """Return where it listens, at the port that was chosen."""
        return f"{self.host}:{port}"

    def reached(self, port: int) -> str:
        """Return where this machine reaches it."""
        return f"{_ANYWHERE.get(self.host, self.host)}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDoors:
    """Those of the API and of the web server."""

    grpc: OwnDoor = OwnDoor()
    web: OwnDoor = OwnDoor()

    @classmethod
    def of(cls, environment: Mapping[str, str], *, grpc_port: int) -> Self:
        """Return the doors that the environment and `--grpc-port` name (0: none); raise `SettingInvalid`."""
        grpc = OwnDoor.named("ESCALERA_GRPC_ADDRESS", environment.get("ESCALERA_GRPC_ADDRESS", ""))
        if grpc.port and grpc_port and grpc.port != grpc_port:
            raise SettingInvalid(f"--grpc-port {grpc_port} and ESCALERA_GRPC_ADDRESS name two ports: give one")
        return cls(
            grpc=replace(grpc, port=grpc.port or grpc_port),
            web=OwnDoor.named("ESCALERA_WEB_ADDRESS", environment.get("ESCALERA_WEB_ADDRESS", "")),
        )


def require_meant(environment: Mapping[str, str], settings: Settings, *, own_temporal: bool) -> None:
    """Refuse, before anything is started, settings that an engine would have to pass over in silence.

    Raises:
        SettingInvalid: others could reach the API who are not asked who they are; or it is said how another Temporal
            is reached, and not where it is.
    """
    try:
        require_safe(settings)
    except NotSafe as error:
        raise SettingInvalid(f"ESCALERA_GRPC_ADDRESS: {error}") from error
    of_another = [name for name in ELSEWHERE if environment.get(name)]
    if own_temporal and of_another:
        raise SettingInvalid(
            f"{', '.join(of_another)}: for a Temporal elsewhere, and ESCALERA_TEMPORAL_ADDRESS is empty"
        )
