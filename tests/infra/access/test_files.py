"""What is wrong in the files of access is told with file, line and field."""

from pathlib import Path

import pytest

from domain.access import Role
from domain.access.read import read_access_rules
from domain.decider import Rejected
from infra.access.entries import load_entries
from infra.access.rules import SHIPPED, load_access_rules

TEXT = SHIPPED.read_text()
ISSUER = '[[issuer]]\nurl = "https://login.example.com"\naudience = "escalera"\n'
CERTIFICATE = '[[certificate]]\nnames = ["DNS:erp.example.com"]\nid = "erp"\nroles = ["system"]\nportfolios = ["*"]\n'


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('scope = "new-case"', 'scope = "newcase"', "rules.toml/rule/1/scope"),
        ('roles = ["back-office", "system"]', 'roles = ["backoffice"]', "rules.toml/rule/1/roles"),
        ('methods = ["OpenCase"]', "methods = []", "rules.toml/rule/1/methods"),
        ('methods = ["OpenCase"]', 'methods = ["OpenCases"]', "rules.toml/rule/2/methods"),
        ('roles = ["back-office", "system"]', 'roles = ["debtor"]', "rules.toml/rule/1/roles"),
        ('service = "escalera.v1.CaseService"', 'service = "cases"', "rules.toml/rule/1/service"),
        ('roles = ["back-office", "system"]', "roles = []", "rules.toml/rule/1/roles"),
        ("anybody = true", 'anybody = true\nroles = ["admin"]', "roles"),
        ('debtor = { reach = "own" }\n', "", "rules.toml/role/debtor"),
        ('format = "access-rules/1"', 'format = "access-rules/2"', "rules.toml/format"),
        ('scope = "new-case"', 'scope = "new-case"\nwhen = "noon"', "rules.toml/rule/1/when"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_place(old: str, new: str, field: str) -> None:
    with pytest.raises(Rejected, match=r"rules\.toml, line \d+") as refused:
        read_access_rules(TEXT.replace(old, new, 1), "rules.toml")
    assert refused.value.reason == "RULES_INVALID"
    assert (refused.value.field or "").endswith(field)


def test_a_table_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("format = ")
    for file in (tmp_path / "mine.toml", tmp_path / "none.toml"):
        with pytest.raises(Rejected, match=file.name) as refused:
            load_access_rules(file)
        assert refused.value.reason == "RULES_UNREADABLE"


def entries(folder: Path, text: str) -> Path:
    file = folder / "access.toml"
    file.write_text('format = "access/1"\n' + text)
    return file


def test_who_is_let_in_is_read(tmp_path: Path) -> None:
    own = '[issuer.claims]\nroles = "realm_access.roles"\n[issuer.roles]\nagents = "collector"\n'
    found = load_entries(entries(tmp_path, ISSUER + own + CERTIFICATE))
    (issuer,), (certificate,) = found.issuers, found.certificates
    assert issuer.claims["roles"] == "realm_access.roles"
    assert issuer.claims["id"] == "sub"
    assert issuer.roles == {"agents": Role.COLLECTOR}
    assert issuer.portfolios == frozenset()
    assert certificate.principal.portfolios is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "issuer"),
        (ISSUER.replace("https", "http"), "url"),
        (ISSUER.replace('"escalera"', '""'), "audience"),
        (ISSUER + ISSUER, "url"),
        (ISSUER + ISSUER.replace("login", "other"), "prefix"),
        (ISSUER + 'prefix = "a."\n' + ISSUER.replace("login", "other") + 'prefix = "a.b."\n', "prefix"),
        (ISSUER + "[issuer.claims]\nrole = 'x'\n", "role"),
        (ISSUER + '[issuer.roles]\nagents = "agents"\n', "agents"),
        (CERTIFICATE + CERTIFICATE, "names"),
        (CERTIFICATE.replace("DNS:", ""), "names"),
        (CERTIFICATE.replace('"erp"', '"e r p"'), "id"),
        (CERTIFICATE.replace("system", "debtor"), "roles"),
        (CERTIFICATE.replace("system", "agency"), "partner"),
        (CERTIFICATE.replace('roles = ["system"]\n', ""), "roles"),
        (ISSUER + 'secret = "x"\n', "secret"),
    ],
)
def test_an_entry_that_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(Rejected, match=r"access\.toml, line \d+") as refused:
        load_entries(entries(tmp_path, text))
    assert (refused.value.field or "").endswith(field)
