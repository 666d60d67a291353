"""Words that end a channel, and words that do not."""

import pytest

from application.stop_words import Wish, wish_of
from domain.case.words import Channel


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop. ", "¡STOP!", "stop all", "STOPALL", "Unsubscribe", "CANCEL", "End", "quit", "opt-out",
     "Opt out", "Revoke", "S T O P", "ＳＴＯＰ", "stop 🙏", "\"stop\"", "BAJA", "Baja", "dar de baja", "ALTO",
     "Cancelar", "No más", "no mas mensajes", "SAIR", "Sair!", "PARAR", "Remover", "Descadastrar",
     "descadastre-me", "PARE\n"],
)  # fmt: skip
def test_a_whole_message_that_says_stop(text: str) -> None:
    assert wish_of(text, Channel.SMS) is Wish.STOP


@pytest.mark.parametrize("text", ["START", "unstop", "Alta", "ALTA.", "VOLTAR", "voltar a receber", "Dar de alta"])
def test_a_whole_message_that_says_start(text: str) -> None:
    assert wish_of(text, Channel.WHATSAPP) is Wish.START


@pytest.mark.parametrize(
    "text",
    ["", "  ", "no", "sí", "yes", "I will stop by and pay", "Pago en la parada", "No puedo parar de pensar en la deuda",
     "cancelé la deuda", "bajaré mañana", "stopp", "¿Cómo cancelo?", "stop " * 50, "👍", "não", "1"],
)  # fmt: skip
def test_what_only_sounds_like_it(text: str) -> None:
    assert wish_of(text, Channel.SMS) is None


def test_the_first_line_of_an_e_mail_is_what_it_says() -> None:
    text = "\n Baja \n\nEnviado desde mi teléfono\n> ¿Cuándo paga?"

    assert wish_of(text, Channel.EMAIL) is Wish.STOP
    assert wish_of(text, Channel.SMS) is None
