"""A person's own words in a reply, without ours."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import compat32

import pytest

from infra.channels.email_reply import TEXT_MAX, own_words

OURS = "Responda BAJA para no recibir más mensajes."


def words(text: str, html: str = "") -> str:
    email = EmailMessage()
    if text:
        email.set_content(text)
    if html and text:
        email.add_alternative(html, subtype="html")
    elif html:
        email.set_content(html, subtype="html")
    return own_words(message_from_bytes(email.as_bytes(), policy=compat32))


@pytest.mark.parametrize(
    "quoted",
    [
        f"> {OURS}",
        f"El lun, 2 mar 2026 a las 9:00, Acme (<cobros@acme.example>) escribió:\n\n> {OURS}",
        f"El lun, 2 mar 2026 a las 9:00, Acme\n<cobros@acme.example> escribió:\n{OURS}",
        f"On Mon, Mar 2, 2026 at 9:00 AM Acme wrote:\n{OURS}",
        f"Em seg., 2 de mar. de 2026, Acme <c@acme.example> escreveu:\n{OURS}",
        f"-----Mensaje original-----\n{OURS}",
        f"________________________________\nDe: Acme\n{OURS}",
        f"De: Acme <cobros@acme.example>\nEnviado: lunes\n{OURS}",
    ],
)
def test_what_a_mail_program_quotes_is_not_what_the_person_says(quoted: str) -> None:
    assert words(f"Ya pagué ayer.\nSaludos\n\n{quoted}\n") == "Ya pagué ayer.\nSaludos"


def test_a_wish_of_the_persons_own_is_heard() -> None:
    assert words(f"BAJA\n\n> {OURS}") == "BAJA"


def test_html_alone_is_read_as_text() -> None:
    html = f"<style>p {{}}</style><p>Ya pagu&eacute;</p><div>ayer</div><blockquote>{OURS}</blockquote>"

    assert words("", html) == "Ya pagué\nayer"


def test_plain_text_goes_before_html() -> None:
    assert words("Uno", "<p>Otro</p>") == "Uno"


def test_a_long_letter_is_cut_and_a_strange_one_read_as_well_as_it_can_be() -> None:
    assert len(words("a " * TEXT_MAX)) == TEXT_MAX
    strange = b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff caf\xc3\xa9"
    assert own_words(message_from_bytes(strange, policy=compat32)).endswith("café")
