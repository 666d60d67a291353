"""Tokens that are not good, each with the reason that is recorded. What the caller hears is the same for all."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.issuer import Issuer


def _part(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(issuer: Issuer) -> str:
    return ".".join([_part(b'{"alg":"none","typ":"JWT"}'), issuer.token().split(".")[1], ""])


def unsigned_in_capitals(issuer: Issuer) -> str:
    return ".".join([_part(b'{"alg":"nOnE","typ":"JWT"}'), issuer.token().split(".")[1], ""])


def with_others_claims(issuer: Issuer) -> str:
    head, _, signature = issuer.token().split(".")
    return ".".join([head, issuer.token(roles=["admin", "supervisor"]).split(".")[1], signature])


def with_something_critical(issuer: Issuer) -> str:
    _, body, signature = issuer.token().split(".")
    return ".".join([_part(b'{"alg":"RS256","kid":"rsa-1","crit":["exp"],"exp":1}'), body, signature])


def bringing_its_own_key(issuer: Issuer) -> str:
    other = Issuer(1, issuer.now)
    key = other.keys["rsa-1"][1]
    head = {"alg": "RS256", "kid": "rsa-1", "typ": "JWT", "jwk": key.as_dict(private=False)}
    return issuer.signed(head, issuer.claims(), key)


def with_the_kind_of_another_key(issuer: Issuer) -> str:
    """Signed by an elliptic key of the attacker's that goes by the name of the issuer's RSA key."""
    other = Issuer(1, issuer.now)
    other.add("ec", "ES256")
    return issuer.signed({"alg": "ES256", "kid": "rsa-1", "typ": "JWT"}, issuer.claims(), other.keys["ec"][1])


def from_elsewhere(issuer: Issuer) -> str:
    """Says where its key is to be had; it is the attacker's."""
    other = Issuer(1, issuer.now)
    places = {"jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/chain", "x5c": ["AAAA"]}
    return issuer.signed(
        {"alg": "RS256", "kid": "rsa-1", "typ": "JWT"} | places, issuer.claims(), other.keys["rsa-1"][1]
    )


def of_nothing(octets: bytes) -> Callable[[Issuer], str]:
    """A signature of an elliptic key of the issuer's, put in the place of the right one."""

    def made(issuer: Issuer) -> str:
        head = _part(b'{"alg":"EdDSA","kid":"ed","typ":"JWT"}')
        return f"{head}.{_part(json.dumps(issuer.claims()).encode())}.{_part(octets)}"

    return made


def within_another(issuer: Issuer) -> str:
    """A good token as the content of one that nobody signed for (RFC 7519, 5.2)."""
    head = _part(b'{"alg":"RS256","kid":"rsa-1","typ":"JWT","cty":"JWT"}')
    return ".".join([head, _part(issuer.token().encode()), _part(bytes(256))])


def encrypted(_: Issuer) -> str:
    return ".".join([_part(b'{"alg":"RSA-OAEP","enc":"A256GCM"}'), "x", "x", "x", "x"])


def raw(issuer: Issuer, *claims: str) -> str:
    """A token of the issuer's whose claims are written by hand, behind those that are good."""
    good = json.dumps(issuer.claims())[1:-1]
    return issuer.signed_text({"alg": "RS256", "kid": "rsa-1", "typ": "JWT"}, f"{{{good},{','.join(claims)}}}")


def soon(issuer: Issuer) -> float:
    return issuer.now.timestamp() + 90


_WAYS: dict[str, dict[str, Callable[[Issuer], str]]] = {
    "TOKEN_ALGORITHM": {
        "not signed": unsigned,
        "not signed, in capitals": unsigned_in_capitals,
        "signed by a list of ways": lambda issuer: ".".join(
            [_part(b'{"alg":["RS256"],"kid":"rsa-1"}'), *issuer.token().split(".")[1:]]
        ),
        "signed with the public key as a secret": Issuer.confused,
    },
    "TOKEN_SIGNATURE": {
        "others claims": with_others_claims,
        "another signature": lambda issuer: issuer.token()[:-6] + "AAAAAA",
        "its own key": bringing_its_own_key,
        "a key from elsewhere": from_elsewhere,
        "none": lambda issuer: ".".join([*issuer.token().split(".")[:2], ""]),
        "of another length": lambda issuer: issuer.token()[:-8],
        "a longer one": lambda issuer: issuer.token() + "AAAA",
    },
    "TOKEN_AUDIENCE": {
        "for another": lambda issuer: issuer.token(aud="another"),
        "for others": lambda issuer: issuer.token(aud=["another", "escalera2"]),
        "for nobody": lambda issuer: issuer.token(aud=None),
        "for one among words": lambda issuer: issuer.token(aud="another escalera"),
        "for one with something behind": lambda issuer: issuer.token(aud=["escalera/", "escalera "]),
        "for one in a table": lambda issuer: issuer.token(aud={"escalera": True}),
        "for one within a list": lambda issuer: issuer.token(aud=[["escalera"]]),
        "for us, and then for another": lambda issuer: raw(issuer, '"aud":"another"'),
    },
    "TOKEN_ISSUER": {
        "of a stranger": lambda issuer: issuer.token(iss="https://elsewhere.example"),
        "of nobody": lambda issuer: issuer.token(iss=None),
        "of a list": lambda issuer: issuer.token(iss=[issuer.url]),
        "with a slash": lambda issuer: issuer.token(iss=f"{issuer.url}/"),
        "in capitals": lambda issuer: issuer.token(iss=issuer.url.upper()),
        "of ours, and then of a stranger": lambda issuer: raw(issuer, '"iss":"https://elsewhere.example"'),
    },
    "TOKEN_TYPE": {
        "a proof of possession": lambda issuer: issuer.token(header={"typ": "dpop+jwt"}),
        "a logout": lambda issuer: issuer.token(header={"typ": "application/logout+jwt"}),
    },
    "TOKEN_HEADER": {
        "a number as key id": lambda issuer: ".".join(
            [_part(b'{"alg":"RS256","kid":7}'), *issuer.token().split(".")[1:]]
        ),
        "something critical": with_something_critical,
    },
    "TOKEN_KEY": {
        "a key that nobody knows": lambda issuer: issuer.token(header={"kid": "nobodys"}),
        "another kind of key": with_the_kind_of_another_key,
        "a path for a name": lambda issuer: issuer.token(header={"kid": "../../dev/null"}),
        "a question for a name": lambda issuer: issuer.token(header={"kid": "rsa-1' UNION SELECT 'x"}),
        "a name in capitals": lambda issuer: issuer.token(header={"kid": "RSA-1"}),
        "a signature of zeros": of_nothing(bytes(64)),
    },
    "TOKEN_NOT_YET": {
        "before its time": lambda issuer: issuer.token(nbf=soon(issuer)),
        "made in the future": lambda issuer: issuer.token(iat=soon(issuer)),
    },
    "TOKEN_WITHOUT_END": {"good for ever": lambda issuer: issuer.token(exp=None)},
    "TOKEN_SUBJECT": {
        "of nobody": lambda issuer: issuer.token(sub=None),
        "of nothing": lambda issuer: issuer.token(sub=""),
        "of a number": lambda issuer: issuer.token(sub=7),
    },
    "TOKEN_MALFORMED": {
        "no token": lambda _: "x",
        "no token in three parts": lambda _: "a.b.c",
        "a list": lambda _: f"{_part(b'[]')}.{_part(b'{}')}.x",
        "deep": lambda _: f"{_part(b'[' * 3000)}.x.x",
        "ends soon": lambda issuer: issuer.token(exp="soon"),
        "ends truly": lambda issuer: issuer.token(exp=True),
        "ends after all days": lambda issuer: issuer.token(exp=1e300),
        "ends after all numbers": lambda issuer: raw(issuer, f'"exp":1{"0" * 400}'),
        "ends at no number": lambda issuer: raw(issuer, '"exp":NaN'),
        "of half a character": lambda issuer: raw(issuer, '"sub":"\\ud800"'),
        "for half a portfolio": lambda issuer: raw(issuer, '"portfolios":["\\udfff"]'),
        "within another": within_another,
        "encrypted": encrypted,
        "in four parts": lambda issuer: issuer.token() + ".more",
    },
    "TOKEN_TOO_LARGE": {"large": lambda issuer: issuer.token(more="x" * 4_700)},
}

BAD: list[Any] = [
    pytest.param(reason, made, id=f"{reason}-{name}") for reason, ways in _WAYS.items() for name, made in ways.items()
]
