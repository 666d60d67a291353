"""Facts to try templates with: as they usually are, as long as they may get, and with nothing but the needed."""

from dataclasses import replace
from datetime import date, timedelta

from application.messages import Facts
from domain.money import Money

DUE = date(2026, 3, 16)
CURRENCIES = {
    "AR": "ARS",
    "BR": "BRL",
    "CL": "CLP",
    "CO": "COP",
    "CR": "CRC",
    "DO": "DOP",
    "EC": "USD",
    "ES": "EUR",
    "GB": "GBP",
    "GT": "GTQ",
    "MX": "MXN",
    "PE": "PEN",
    "US": "USD",
}


def usual(language: str, jurisdiction: str = "", duties: tuple[str, ...] = ()) -> Facts:
    """Return facts as most cases have them, with everything known."""
    currency = CURRENCIES.get(jurisdiction.partition("-")[0], "EUR")

    def sum_of(minor: int) -> Money:
        return Money(minor, currency)

    return Facts(
        name="Ana Ruiz",
        creditor_id="andes",
        creditor="Crédito Andes",
        sender="Gestiones Sur",
        reference="F-1042",
        owed=sum_of(143_700),
        due_on=DUE,
        on=DUE + timedelta(days=8),
        language=language,
        duties=duties,
        jurisdiction=jurisdiction,
        pay_at="https://pay.example/f1042",
        unsubscribe_at="https://contact.example/stop/1042",
        contact_at="+57 601 555 0100",
        principal=sum_of(120_000),
        interest=sum_of(13_700),
        fees=sum_of(5_000),
        costs=sum_of(5_000),
        paid=sum_of(20_000),
        paid_on=DUE + timedelta(days=7),
        installments=tuple((DUE + timedelta(days=30 * each), sum_of(47_900)) for each in range(1, 4)),
        itemized=sum_of(150_000),
        itemized_on=DUE,
        dispute_until=DUE + timedelta(days=45),
    )


def longest(language: str, jurisdiction: str = "", duties: tuple[str, ...] = ()) -> Facts:
    """Return facts with the longest names, sums and addresses that a case may plausibly have."""
    facts = usual(language, jurisdiction, duties)
    large = Money(999_999_999_99, facts.owed.currency)
    return replace(
        facts,
        name="María de los Ángeles Fernández-Villaverde y Ordóñez de Peñaranda",
        creditor="Cooperativa de Ahorro y Crédito de los Trabajadores del Altiplano Ltda.",
        sender="Servicios Integrales de Recuperación y Gestión de Cartera S. A. de C. V.",
        reference="K-2026-0000123456789-AB-0000001-01",
        owed=large,
        due_on=date(2026, 9, 30),
        on=date(2026, 12, 31),
        pay_at="https://pagos.cooperativa-altiplano.example/c/0000123456789",
        unsubscribe_at="https://contact.cooperativa-altiplano.example/stop/" + "0" * 120,
        contact_at="atencion.al.cliente@cooperativa-altiplano.example",
        principal=large,
        interest=large,
        fees=large,
        costs=large,
        paid=large,
        installments=tuple((DUE + timedelta(days=30 * each), large) for each in range(1, 37)),
    )


def least(language: str, jurisdiction: str = "", duties: tuple[str, ...] = ()) -> Facts:
    """Return facts of which only what every case has is known, and not even the person's name."""
    facts = usual(language, jurisdiction, duties)
    return Facts(
        name="",
        creditor_id=facts.creditor_id,
        reference=facts.reference,
        owed=facts.owed,
        due_on=facts.due_on,
        on=facts.on,
        language=language,
        duties=duties,
        jurisdiction=jurisdiction,
    )
