"""What comes back for our e-mail, in the words of real servers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.reports import Inbound, Report
from domain.case.words import Channel, ContactOutcome
from infra.channels.bounces import Answers
from infra.channels.email_address import Purpose, ReturnAddresses, message_id

KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:2.second_notice:EMAIL"
OTHER_KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:1.reminder:EMAIL"
ADDRESSES = ReturnAddresses(address="mail@in.acme.example", key=b"k")
ANSWERS = Answers(addresses=ADDRESSES, domain="acme.example")
BOUNCE, REPLY, UNSUBSCRIBE = (ADDRESSES.write(purpose, KEY) for purpose in Purpose)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

DSN = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 13:00:00 +0100
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry, ana@example.com could not be reached.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Original-Envelope-Id: {envelope}
Arrival-Date: Mon, 2 Mar 2026 12:00:00 +0100

Final-Recipient: rfc822; ana@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ana@example.com>: user unknown

--b
Content-Type: text/rfc822-headers

Return-Path: <{kept}>
From: cobros@acme.example
Message-ID: {message_id}
X-Escalera-Permit: {permit}

--b--
"""


def dsn(**fields: str) -> bytes:
    told = {"to": BOUNCE, "envelope": KEY, "action": "failed", "status": "5.1.1 (bad address)", "permit": KEY,
            "message_id": message_id(KEY, "acme.example"), "kept": BOUNCE}  # fmt: skip
    return DSN.format(**told | fields).replace("\n", "\r\n").encode()


def read(content: bytes, to: str = BOUNCE, sender: str = "") -> tuple[Report | Inbound, ...]:
    return ANSWERS.read(content, recipients=(to,), sender=sender)


FAILED = Report(
    permit_id=KEY,
    provider_id=message_id(KEY, "acme.example"),
    outcome=ContactOutcome.BOUNCED,
    at=NOON,
    detail="5.1.1",
)


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [
        ("failed", "5.1.1 (bad address)", ContactOutcome.BOUNCED),
        ("Failed", "5.1.1", ContactOutcome.BOUNCED),
        ("delayed", "4.4.1", ContactOutcome.SENT),
        ("relayed (to a server that reports nothing)", "2.1.9", ContactOutcome.SENT),
        ("expanded", "2.0.0", ContactOutcome.SENT),
        ("delivered", "2.1.5", ContactOutcome.DELIVERED),
    ],
)
def test_a_delivery_report_says_what_became_of_a_message(action: str, status: str, outcome: ContactOutcome) -> None:
    said = read(dsn(action=action, status=status))

    assert said == (replace(FAILED, outcome=outcome, detail=status.partition(" ")[0]),)


def test_a_server_without_the_extension_says_it_in_our_headers() -> None:
    assert read(dsn(envelope="")) == (FAILED,)


def test_the_address_alone_tells_which_message_it_is() -> None:
    assert read(dsn(envelope="", permit="")) == (replace(FAILED, permit_id=""),)


def test_a_report_that_names_another_message_than_its_address_counts_for_the_address() -> None:
    assert read(dsn(envelope=OTHER_KEY, permit=OTHER_KEY)) == (replace(FAILED, permit_id=""),)


def test_an_envelope_id_is_read_as_it_is_spelled_in_the_protocol() -> None:
    assert read(dsn(envelope=KEY.replace(":", "+3A"), permit="")) == (FAILED,)


def test_a_report_to_the_open_address_needs_an_address_of_ours_that_it_has_kept() -> None:
    forged = ReturnAddresses(address="mail@in.acme.example", key=b"x").write(Purpose.BOUNCE, KEY)

    assert read(dsn(), to="mail@in.acme.example") == (FAILED,)
    assert read(dsn(kept=forged), to="mail@in.acme.example") == ()


def test_a_report_without_an_action_that_we_know_says_nothing() -> None:
    assert read(dsn(action="lost")) == ()


def test_of_a_status_nothing_but_the_numbers_is_kept() -> None:
    (report,) = read(dsn(status="ana@example.com unknown"))

    assert isinstance(report, Report)
    assert report.detail == ""


COMPLAINT = """\
From: <abuse@provider.example>
To: mail@in.acme.example
Date: Mon, 2 Mar 2026 12:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{bounce}>

--b
Content-Type: message/rfc822

From: cobros@acme.example
To: redacted
Reply-To: {reply}
X-Escalera-Permit: {key}
Message-ID: <x>

Estimada Ana
--b--
"""


@pytest.mark.parametrize("kind", ["abuse", "Abuse", "fraud", "other", "opt-out"])
def test_a_complaint_ends_the_channel(kind: str) -> None:
    content = COMPLAINT.format(kind=kind, bounce=BOUNCE, reply="", key=KEY).encode()

    opted_out = replace(FAILED, outcome=ContactOutcome.OPTED_OUT, detail=f"complaint:{kind.lower()}")
    assert read(content, to="mail@in.acme.example", sender="abuse@provider.example") == (opted_out,)


def test_a_complaint_with_our_message_alone_is_enough() -> None:
    content = COMPLAINT.format(kind="abuse", bounce="redacted", reply=REPLY, key="").encode()

    (report,) = read(content, to="mail@in.acme.example", sender="abuse@provider.example")
    assert report == replace(FAILED, permit_id="", outcome=ContactOutcome.OPTED_OUT, detail="complaint:abuse")


@pytest.mark.parametrize(
    ("kind", "bounce"), [("not-spam", BOUNCE), ("", BOUNCE), ("abuse", "mail+b" + "a" * 40 + "@in.acme.example")]
)
def test_no_complaint_and_a_forged_one_end_nothing(kind: str, bounce: str) -> None:
    content = COMPLAINT.format(kind=kind, bounce=bounce, reply="", key=KEY).encode()

    assert read(content, to="mail@in.acme.example", sender="abuse@provider.example") == ()


def letter(body: str = "Ya pagué ayer.", **headers: str) -> bytes:
    told = {"From": "Ana <ana@example.com>", "Date": "Mon, 2 Mar 2026 12:00:00 +0000", "Message-ID": "<1@example.com>",
            "Content-Type": "text/plain; charset=utf-8"}  # fmt: skip
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n" + body).encode()


REPLIED = Inbound(
    channel=Channel.EMAIL,
    address="ana@example.com",
    text="Ya pagué ayer.",
    message_id="<1@example.com>",
    at=NOON,
    in_reply_to=message_id(KEY, "acme.example"),
)


def test_a_reply_is_of_the_message_that_it_answers() -> None:
    ours = message_id(KEY, "acme.example")

    assert read(letter(), to=REPLY, sender="ana@example.com") == (REPLIED,)
    for headers in ({"In_Reply_To": ours}, {"References": f"<0@example.com> {ours}"}):
        assert read(letter(**headers), to="mail@in.acme.example", sender="ana@example.com") == (REPLIED,)


def test_a_letter_out_of_the_blue_answers_nothing() -> None:
    said = read(letter(In_Reply_To="<5@elsewhere.example>"), to="mail@in.acme.example", sender="ana@example.com")

    assert said == (replace(REPLIED, in_reply_to=""),)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=x"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<debtors.example.com>"},
    ],
)
def test_a_machine_that_answers_is_nobodys_word(headers: dict[str, str]) -> None:
    assert read(letter(**headers), to=REPLY, sender="ana@example.com") == ()


def test_a_message_of_a_server_or_to_the_bounce_address_that_is_no_report_says_nothing() -> None:
    assert read(letter(), to=REPLY, sender="") == ()
    assert read(letter(), to=BOUNCE, sender="ana@example.com") == ()


def test_a_letter_to_the_unsubscribe_address_ends_the_channel_whatever_it_says() -> None:
    said = read(letter(""), to=UNSUBSCRIBE, sender="ana@example.com")

    assert said == (replace(FAILED, permit_id="", outcome=ContactOutcome.OPTED_OUT, detail="mailto"),)


def test_a_message_without_an_id_has_the_same_one_when_it_comes_again() -> None:
    once, twice = (read(letter(Message_ID=""), to=REPLY, sender="ana@example.com") for _ in range(2))
    other = read(letter("No.", Message_ID=""), to=REPLY, sender="ana@example.com")

    assert once == twice
    assert isinstance(once[0], Inbound)
    assert isinstance(other[0], Inbound)
    assert once[0].message_id != other[0].message_id


@given(st.binary(max_size=400), st.sampled_from([BOUNCE, REPLY, UNSUBSCRIBE, "mail@in.acme.example"]))
def test_whatever_comes_in_is_read_or_not_and_never_a_failure(content: bytes, to: str) -> None:
    ANSWERS.read(content, recipients=(to,), sender="ana@example.com")


@given(st.data())
def test_a_broken_report_is_no_failure_either(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([dsn(), COMPLAINT.encode(), letter()])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    read(bytes(content))


def test_parts_within_parts_without_end_are_nobodys_word() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(2_000)).encode()

    assert read(deep, to=REPLY, sender="ana@example.com") == ()
