"""What an e-mail of ours looks like to a mail program."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtplib.email import quote_address
from hypothesis import given
from hypothesis import strategies as st

from application.messages import Message, Words
from domain.case.words import Channel
from infra.channels.email_address import ReturnAddresses
from infra.channels.email_text import sendable_address, written
from tests.house import START

KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:2.second_notice:EMAIL"
LINK = "https://acme.example/u/" + "x" * 200
ANSWERS = ReturnAddresses(address="mail@in.acme.example", key=b"k")
MESSAGE = Message(
    key=KEY,
    channel=Channel.EMAIL,
    address="ana@example.com",
    words=Words(subject="Próximo " + "vencimiento " * 10, body="Señora " * 60 + "\n", html="<p>Señora &amp; €</p>"),
    language="es",
    unsubscribe_at=LINK,
)


def raw(message: Message = MESSAGE, answers: ReturnAddresses | None = ANSWERS) -> bytes:
    return written(message, to=message.address, sender="cobros@acme.example", at=START, answers=answers)


def read(message: Message = MESSAGE, answers: ReturnAddresses | None = ANSWERS) -> EmailMessage:
    return message_from_bytes(raw(message, answers), policy=policy.default)


def test_text_and_html_are_two_ways_to_read_one_message() -> None:
    email = read()
    plain, html = email.get_body(("plain",)), email.get_body(("html",))

    assert email.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in email.iter_parts()] == ["text/plain", "text/html"]
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == MESSAGE.words.body
    assert html.get_content().strip() == "<p>Señora &amp; €</p>"


def test_without_html_it_is_plain_text() -> None:
    assert read(replace(MESSAGE, words=replace(MESSAGE.words, html=""))).get_content_type() == "text/plain"


def test_no_server_on_the_way_has_to_change_anything() -> None:
    lines = raw().split(b"\r\n")

    assert raw().isascii()
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 998
    body = raw().partition(b"\r\n\r\n")[2]
    assert max(len(line) for line in body.split(b"\r\n")) <= 78


def test_one_click_ends_it_and_so_does_a_letter_to_us() -> None:
    email = read()
    link, _, letter = str(email["List-Unsubscribe"]).partition(", ")
    back = ANSWERS.read(letter.removeprefix("<mailto:").partition("?")[0])

    assert link == f"<{LINK}>"
    assert b"<" + LINK.encode() + b">" in raw()
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert back
    assert back.is_about(KEY)


@pytest.mark.parametrize("link", ["", "http://acme.example/u/1"])
def test_one_click_is_promised_for_a_safe_link_only(link: str) -> None:
    assert read(replace(MESSAGE, unsubscribe_at=link))["List-Unsubscribe-Post"] is None


def test_nothing_personal_stands_in_the_headers_but_the_address() -> None:
    headers = {name: str(value) for name, value in read().items() if name not in ("To", "Subject")}

    assert "ana" not in " ".join(headers.values()).lower()
    assert headers["X-Escalera-Permit"] == KEY
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Feedback-ID"] == "none:es:contact:escalera"


def test_the_same_message_is_the_same_bytes() -> None:
    assert raw() == raw()


@given(st.text(max_size=300), st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120))
def test_whatever_is_said_is_read_as_it_was_written(body: str, subject: str) -> None:
    said = body.encode("utf-8", "replace").decode()
    subject = subject if subject.isprintable() else "x"
    email = read(replace(MESSAGE, words=replace(MESSAGE.words, body=said, subject=subject, html=f"<p>{said}</p>")))
    parts = [part.get_payload(decode=True) for part in email.iter_parts()]

    assert email["Subject"] == subject.strip() or " ".join(str(email["Subject"]).split()) == " ".join(subject.split())
    assert [as_read(part) for part in parts] == [as_read(said), as_read(f"<p>{said}</p>")]
    assert raw(replace(MESSAGE, words=replace(MESSAGE.words, body=said))).isascii()


def as_read(text: object) -> str:
    told = text.decode() if isinstance(text, bytes) else str(text)
    return told.replace("\r\n", "\n")


def test_no_text_can_end_its_own_part() -> None:
    boundary = read().get_boundary()
    email = read(replace(MESSAGE, words=replace(MESSAGE.words, body=f"a\n--{boundary}--\nb\n.\n")))
    plain = email.get_body(("plain",))

    assert plain is not None
    assert f"--{boundary}--" in plain.get_content()
    assert len(list(email.iter_parts())) == 2


@pytest.mark.parametrize(
    "message",
    [
        replace(MESSAGE, unsubscribe_at="https://a.example/\r\nBcc: all@example.com"),
        replace(MESSAGE, words=replace(MESSAGE.words, subject="F-1\r\nBcc: all@example.com")),
        replace(MESSAGE, key="a\nBcc: all@example.com"),
        replace(MESSAGE, address="ana@example.com, all@example.com"),
    ],
)
def test_no_value_can_add_a_header_or_a_reader(message: Message) -> None:
    with pytest.raises(ValueError, match=r"header|address|addr_spec|addr-spec"):
        raw(message)


@pytest.mark.parametrize(
    "address",
    ["ana@example..com", "@evil.example:a@example.com", "<b@evil.example>@example.com", "a@b@example.com", "a@", ""],
)
def test_what_the_library_finds_no_words_for_is_no_address_either(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|parser"):
        sendable_address(address)


@given(st.text(alphabet='ab@.,;:<>()[]\\" \r\n\t%!ä', max_size=30))
def test_whom_it_is_sent_to_is_whom_it_was_written_to_or_nobody(address: str) -> None:
    """The parser that judges an address and the client that names it to the server must read the same."""
    try:
        judged = sendable_address(address)
        raw(replace(MESSAGE, address=address))
    except ValueError:
        return
    told = quote_address(judged)
    assert (told[0], told[-1], told.count("\r"), told.count("\n")) == ("<", ">", 0, 0)
    assert told[1:-1].rpartition("@")[2] == judged.rpartition("@")[2]
    assert "," not in re.sub(r'"(?:[^"\\]|\\.)*"', "", told)
