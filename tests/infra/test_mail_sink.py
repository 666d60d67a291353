"""The mail sink keeps every message that it acknowledged, and counts what came twice."""

import os
import stat
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from infra.mail_sink import MailSink, read_mail, sink_file, tally


def message(message_id: str, text: str = "Recordatorio: su factura vence mañana.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "cobranza@andes.example", "c000001@debtors.example"
    made["Subject"], made["Message-ID"] = "Su factura – atención", message_id
    made.set_content(text)
    return made


async def send(port: int, *messages: EmailMessage) -> None:
    for one in messages:
        await aiosmtplib.send(one, hostname="127.0.0.1", port=port)


async def test_a_message_is_kept_with_its_id_its_people_and_its_text(tmp_path: Path) -> None:
    sink = MailSink(tmp_path)
    await send(await sink.start(), message("<a@escalera>"))
    await sink.stop()
    (mail,) = read_mail(tmp_path)
    assert (mail.message_id, mail.recipients, mail.subject) == (
        "<a@escalera>",
        ("c000001@debtors.example",),
        "Su factura – atención",
    )
    assert "vence mañana" in mail.text


async def test_counts_survive_a_restart_and_a_line_torn_by_a_kill(tmp_path: Path) -> None:
    first = MailSink(tmp_path)
    await send(await first.start(), message("<a@escalera>"), message("<b@escalera>"))
    await first.stop()
    with sink_file(tmp_path).open("a") as file:
        file.write('{"message_id": "<torn@esc')
    second = MailSink(tmp_path)
    await send(await second.start(), message("<c@escalera>"))
    await second.stop()
    assert tally(tmp_path).message_ids == {"<a@escalera>", "<b@escalera>", "<c@escalera>"}
    assert tally(tmp_path).messages == 3


async def test_a_message_id_that_came_twice_is_named(tmp_path: Path) -> None:
    sink = MailSink(tmp_path)
    await send(await sink.start(), message("<a@escalera>"), message("<b@escalera>"), message("<a@escalera>"))
    await sink.stop()
    assert tally(tmp_path).duplicates == ("<a@escalera>",)


def test_a_sink_that_never_ran_has_nothing(tmp_path: Path) -> None:
    assert tally(tmp_path).messages == 0


async def test_what_people_are_told_is_kept_for_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        sink = MailSink(tmp_path / "mail")
        await send(await sink.start(), message("<a@escalera>"))
        await sink.stop()
    finally:
        os.umask(before)
    kept = sink_file(tmp_path / "mail")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (kept.parent, kept)] == [0o700, 0o600]
