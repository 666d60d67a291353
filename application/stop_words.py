"""Words by which people say that they want no more messages, or want them again, in our three languages.

English: 47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel and unsubscribe; the others are what
carriers and people use. Only a whole message counts: "I will stop by and pay" asks for nothing.
"""

import unicodedata
from enum import StrEnum
from typing import Final

from domain.case.words import Channel

TEXT_LENGTH_MAX: Final = 200  # nobody says it at greater length; what is longer is read by a person


class Wish(StrEnum):
    """What a message asks for, if it is one of the words."""

    STOP = "STOP"
    START = "START"


# Without spaces, accents and punctuation, in lower case: as `_bare` leaves them.
_STOP: Final = frozenset(
    {
        "stop",
        "stopall",
        "stopplease",
        "pleasestop",
        "quit",
        "end",
        "revoke",
        "optout",
        "cancel",
        "unsubscribe",
        "remove",
        "removeme",
        "stopit",
        "stoptexting",
        "donotcontact",
        "donotcontactme",
        "stoppromotions",
        # Spanish
        "baja",
        "alto",
        "cancelar",
        "parar",
        "detener",
        "salir",
        "fin",
        "remover",
        "desuscribir",
        "desuscribirme",
        "desuscribirse",
        "darmedebaja",
        "dardebaja",
        "darsedebaja",
        "demedebaja",
        "quierodarmedebaja",
        "nomas",
        "nomasmensajes",
        "nomemandenmas",
        "nomeescribanmas",
        "eliminar",
        "detenerpromociones",
        "cancelarsuscripcion",
        # Portuguese
        "sair",
        "pare",
        "parem",
        "descadastrar",
        "descadastro",
        "descadastreme",
        "descadastrarme",
        "cancelarinscricao",
        "removerme",
        "naoqueroreceber",
        "naoenviarmais",
        "pararpromocoes",
    }
)
_START: Final = frozenset(
    {
        "start",
        "unstop",
        "startall",
        "subscribe",
        "resume",
        "optin",
        # Spanish
        "alta",
        "dardealta",
        "darmedealta",
        "suscribir",
        "suscribirme",
        "reanudar",
        "comenzar",
        # Portuguese
        "voltar",
        "voltarareceber",
        "cadastrar",
        "inscrever",
        "retomar",
    }
)
assert not _STOP & _START


def wish_of(text: str, channel: Channel) -> Wish | None:
    """Return what a person's message asks for; None if it is not one of the words.

    In an e-mail the first line is the message: what follows is a signature or what is quoted.
    """
    said = text.strip()
    if channel is Channel.EMAIL:
        said = next((line for line in said.splitlines() if line.strip()), "")
    if len(said) > TEXT_LENGTH_MAX:
        return None
    bare = _bare(said)
    if bare in _STOP:
        return Wish.STOP
    return Wish.START if bare in _START else None


def _bare(text: str) -> str:
    """Leave letters and digits: no case, accents, punctuation, spaces, emoji, or full-width forms."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
