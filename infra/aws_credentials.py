"""Who we are to AWS and to services that speak its protocols, where a setting does not say it itself.

The environment first (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), then the shared file
(AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials) with the profile AWS_PROFILE, else "default".
"""

from collections.abc import Mapping
from configparser import Error as Unreadable
from configparser import RawConfigParser
from pathlib import Path
from typing import Final

from infra.aws_signature import Credentials

_NAMES: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_FILE: Final = Path(".aws") / "credentials"


def credentials_in(environment: Mapping[str, str]) -> Credentials | None:
    """Return the credentials that an environment has or leads to; None if it does not. The file is read each time."""
    named = {name: environment.get(name.upper(), "") for name in _NAMES}
    return _complete(named) or _complete(_profile(environment))


def _profile(environment: Mapping[str, str]) -> Mapping[str, str]:
    file = environment.get("AWS_SHARED_CREDENTIALS_FILE", "") or str(Path(environment.get("HOME", "")) / _FILE)
    found = RawConfigParser()
    try:
        found.read_string(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Unreadable):  # whoever needs them says that there are none
        return {}
    profile = environment.get("AWS_PROFILE", "") or "default"
    return dict(found[profile]) if profile in found else {}


def _complete(named: Mapping[str, str]) -> Credentials | None:
    access, secret, token = (named.get(name, "") for name in _NAMES)
    return Credentials(access, secret, token) if access and secret else None
