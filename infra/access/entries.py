"""Who is let in, from a file of one's own (`ESCALERA_ACCESS_FILE`): issuers of tokens, and client certificates.

format = "access/1"

[[issuer]]
url = "https://login.example.com/realms/house"
audience = "escalera"

[[certificate]]
names = ["URI:spiffe://example.com/erp"]
id = "erp"
roles = ["system"]
portfolios = ["*"]
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from domain.access import Principal, Role, Way
from domain.decider import Rejected
from domain.rule_text.table import Source, Table

FORMAT: Final = "access/1"
ALL: Final = "*"
ID = re.compile(r"[A-Za-z0-9._@-]{1,95}")
CLAIMS: Final = {
    "id": "sub",
    "roles": "roles",
    "portfolios": "portfolios",
    "person": "person_id",
    "cases": "case_ids",
    "partner": "partner",
    "acts_for": "",
}
TYPES: Final = ("at+jwt", "jwt", "")
_NAME = re.compile(r"(DNS|URI|SUBJECT):.+|SHA256:[0-9a-f]{64}")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerEntry:
    """An issuer of tokens, and how its claims are read.

    prefix:     stands before the ids of its people in the log; needed where there are several issuers.
    types:      what the header's `typ` may say, in small letters, without "application/".
    claims:     where the token says what; a dot goes into a table. Empty: it does not.
    roles:      what the issuer calls roles of ours; None: as we do.
    portfolios: of people whose tokens name none; None: all.
    single_use: each token is good for one call, and needs a `jti`.
    ca_file:    the authority of its web server, where that is one's own.
    """

    url: str
    audience: str
    prefix: str = ""
    types: tuple[str, ...] = TYPES
    claims: Mapping[str, str] = field(default_factory=lambda: dict(CLAIMS))
    roles: Mapping[str, Role] | None = None
    portfolios: frozenset[str] | None = frozenset()
    single_use: bool = False
    ca_file: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where plain HTTP will do."""
        return urlsplit(self.url).hostname in _LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateEntry:
    """Any of these names on a certificate makes its holder this principal."""

    names: tuple[str, ...]
    principal: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All who are let in."""

    issuers: tuple[IssuerEntry, ...]
    certificates: tuple[CertificateEntry, ...]


def load_entries(file: Path) -> Entries:
    """Return who is let in; raise `Rejected` RULES_UNREADABLE or RULES_INVALID with file, line and field."""
    try:
        text = file.read_text(encoding="utf-8")
        values: dict[str, Any] = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Rejected("RULES_UNREADABLE", f"{file.name}: {error}", field=file.name, accepted="TOML 1.0") from error
    whole = Table(values, (), Source(text, file.name), file.name)
    whole.only(("format", "issuer", "certificate"))
    if whole.text("format") != FORMAT:
        raise whole.wrong("format", "is another format", FORMAT)
    issuers = tuple([_issuer(each) for each in whole.tables("issuer")])
    certificates = tuple([_certificate(each) for each in whole.tables("certificate")])
    if not issuers and not certificates:
        raise whole.wrong("issuer", "is missing: nobody would be let in", "[[issuer]] or [[certificate]]")
    _require_apart(whole, issuers)
    seen: set[str] = set()
    for table, entry in zip(whole.tables("certificate"), certificates, strict=True):
        for item, name in enumerate(entry.names):
            if name in seen:
                raise table.wrong("names", f"has {name} a second time", "each name once", item)
            seen.add(name)
    return Entries(issuers=issuers, certificates=certificates)


def _require_apart(whole: Table, issuers: tuple[IssuerEntry, ...]) -> None:
    """Two people of two issuers must not have one name in the log."""
    for table, entry in zip(whole.tables("issuer"), issuers, strict=True):
        others = [each for each in issuers if each is not entry]
        if any(each.url == entry.url for each in others):
            raise table.wrong("url", "stands twice", "each issuer once")
        if any(each.prefix.startswith(entry.prefix) for each in others):
            raise table.wrong("prefix", "does not tell its people from another issuer's", 'such as "staff."')


def _issuer(table: Table) -> IssuerEntry:
    known = ("url", "audience", "prefix", "types", "claims", "roles", "portfolios", "single_use", "ca_file")
    table.only(known)
    url, prefix = table.text("url"), table.text("prefix", "")
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise table.wrong("url", "is not reached over https", "https://login.example.com")
    if prefix and not ID.fullmatch(prefix):
        raise table.wrong("prefix", "cannot stand in a name", "letters, digits, dots and dashes")
    types = table.texts("types")
    return IssuerEntry(
        url=url,
        audience=table.text("audience"),
        prefix=prefix,
        types=tuple(each.lower().removeprefix("application/") for each in types) or TYPES,
        claims=_claims(table),
        roles=_roles(table),
        portfolios=_portfolios(table),
        single_use=table.truth("single_use", False),
        ca_file=table.text("ca_file", ""),
    )


def _claims(table: Table) -> Mapping[str, str]:
    told = table.table("claims")
    if told is None:
        return CLAIMS
    told.only(tuple(CLAIMS))
    return {name: told.text(name, default) for name, default in CLAIMS.items()}


def _roles(table: Table) -> Mapping[str, Role] | None:
    told = table.table("roles")
    return None if told is None else {name: told.word(name, Role) for name in told.values}


def _portfolios(table: Table) -> frozenset[str] | None:
    return portfolios_of(table.texts("portfolios"))


def portfolios_of(names: list[str]) -> frozenset[str] | None:
    """Return the portfolios of a list; None: all, for the list has "*"."""
    return None if ALL in names else frozenset(names)


def _certificate(table: Table) -> CertificateEntry:
    table.only(("names", "id", "roles", "portfolios", "partner", "acts_for"))
    names, name = table.texts("names"), table.text("id")
    if not names:
        raise table.wrong("names", "is missing", '["DNS:erp.example.com"]')
    for item, each in enumerate(names):
        if not _NAME.fullmatch(each):
            raise table.wrong("names", f"has {each!r}", "DNS:..., URI:..., SUBJECT:CN=... or SHA256:...", item)
    if not ID.fullmatch(name):
        raise table.wrong("id", "cannot stand in a name", "letters, digits, dots and dashes")
    roles = table.words("roles", Role)
    if not roles:
        raise table.wrong("roles", "names none", ", ".join(Role))
    if Role.DEBTOR in roles:
        raise table.wrong("roles", "has debtor, who has no case here", "a role of the house, of an agency, or system")
    partner = table.text("partner", "")
    if (Role.AGENCY in roles) != bool(partner):
        raise table.wrong("partner", "goes with the role agency", "as PlaceCase names it")
    return CertificateEntry(
        names=tuple(names),
        principal=Principal(
            id=name,
            roles=ordered(roles),
            way=Way.CERTIFICATE,
            portfolios=_portfolios(table),
            partner=partner,
            acts_for=table.words("acts_for", Role),
        ),
    )


def ordered(roles: frozenset[Role]) -> tuple[Role, ...]:
    """Return roles in the order of the vocabulary: who has several calls in the first that may."""
    return tuple(role for role in Role if role in roles)
