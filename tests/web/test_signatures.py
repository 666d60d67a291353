"""Signatures: the answers that the providers' own tests know, and what is not signed so."""

from datetime import UTC, datetime, timedelta

import pytest

from web.signatures import (
    meta_signed,
    standard_signature,
    standard_signed,
    twilio_signature,
    twilio_signed,
    twilio_signed_body,
)

# Known to the tests of Twilio's own library for Python, in its test_request_validator.py (MIT).
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
BODY = b'{"property": "value", "boolean": true}'
BODY_SHA256 = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"

# Known to the tests of Standard Webhooks' own library for Go, in its webhook_test.go (MIT).
SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID, STAMP, PAYLOAD = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
STANDARD = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
THEN = datetime.fromtimestamp(1614265330, UTC)


def test_twilio_s_own_example() -> None:
    assert twilio_signature(TOKEN, URL, FIELDS) == SIGNATURE
    assert twilio_signed(TOKEN, URL, list(reversed(FIELDS)), SIGNATURE)


@pytest.mark.parametrize(
    ("token", "url", "fields", "signature"),
    [
        ("12346", URL, FIELDS, SIGNATURE),
        (TOKEN, URL.replace("https", "http"), FIELDS, SIGNATURE),
        (TOKEN, URL + "&baz=3", FIELDS, SIGNATURE),
        (TOKEN, URL, FIELDS[1:], SIGNATURE),
        (TOKEN, URL, [*FIELDS, ("Body", "x")], SIGNATURE),
        (TOKEN, URL, FIELDS, ""),
        (TOKEN, URL, FIELDS, SIGNATURE.lower()),
        (TOKEN, URL, FIELDS, "ñandú"),
    ],
)
def test_what_twilio_did_not_sign(token: str, url: str, fields: list[tuple[str, str]], signature: str) -> None:
    assert not twilio_signed(token, url, fields, signature)


def test_twilio_may_sign_the_usual_port_or_leave_it_out() -> None:
    with_port = URL.replace("mycompany.com", "mycompany.com:443")

    assert twilio_signed(TOKEN, with_port, FIELDS, SIGNATURE)
    assert twilio_signed(TOKEN, URL, FIELDS, twilio_signature(TOKEN, with_port, FIELDS))
    assert not twilio_signed(TOKEN, URL.replace("mycompany.com", "mycompany.com:8443"), FIELDS, "x")


def test_a_field_with_several_values_is_signed_with_each_once() -> None:
    twice = [("To", "b"), ("To", "a"), ("To", "a")]

    assert twilio_signature(TOKEN, URL, twice) == twilio_signature(TOKEN, URL, [("To", "a"), ("To", "b")])


def test_twilio_signs_a_json_body_through_its_digest_in_the_url() -> None:
    url = f"{URL}&bodySHA256={BODY_SHA256}"
    signature = twilio_signature(TOKEN, url)

    assert twilio_signed_body(TOKEN, url, BODY, signature)
    assert not twilio_signed_body(TOKEN, url, BODY + b" ", signature)
    assert not twilio_signed_body(TOKEN, URL, BODY, twilio_signature(TOKEN, URL))
    assert not twilio_signed_body(TOKEN, f"{url}&bodySHA256={BODY_SHA256}", BODY, signature)


def test_meta_signs_the_bytes_of_the_body() -> None:
    # RFC 4231, test case 2
    signature = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    assert meta_signed("Jefe", b"what do ya want for nothing?", signature)
    assert not meta_signed("Jefe", b"what do ya want for nothing!", signature)
    assert not meta_signed("jefe", b"what do ya want for nothing?", signature)
    assert not meta_signed("Jefe", b"what do ya want for nothing?", signature.removeprefix("sha256="))


def test_standard_webhooks_own_example() -> None:
    assert standard_signature(SHARED, MESSAGE_ID, STAMP, PAYLOAD) == STANDARD
    assert signed()
    assert signed(signatures=f"v1,AAAA v2,{STANDARD} {STANDARD}")


def test_a_standard_webhook_that_is_too_old_too_new_or_changed_is_not_signed() -> None:
    assert signed(now=THEN + timedelta(minutes=5))
    assert not signed(now=THEN + timedelta(minutes=5, seconds=1))
    assert not signed(now=THEN - timedelta(minutes=5, seconds=1))
    assert not signed(body=PAYLOAD + b" ")
    assert not signed(message_id="msg_other")
    assert not signed(message_id="")
    assert not signed(timestamp="1614265331")
    assert not signed(timestamp="-1")
    assert not signed(timestamp="²")
    assert not signed(signatures="")
    assert not signed(signatures=STANDARD.removeprefix("v1,"))


def signed(
    *,
    message_id: str = MESSAGE_ID,
    timestamp: str = STAMP,
    body: bytes = PAYLOAD,
    signatures: str = STANDARD,
    now: datetime = THEN,
) -> bool:
    return standard_signed(
        SHARED, message_id=message_id, timestamp=timestamp, body=body, signatures=signatures, now=now
    )
