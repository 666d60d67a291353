"""What the occurrence codes of CNAB returns mean. Only liquidations are money; the rest is told as notices.

FEBRABAN's movement codes (C044) for 240 columns. In 400 columns the banks agree on the codes below except for
liquidations, which stand with each layout. An unknown code is `OTHER`, and never a payment.
"""

from importers.payment_files.entry import NoticeKind

LIQUIDATIONS_240 = frozenset(("06", "17"))
# "Título pago com cheque devolvido" at most banks, "estorno de baixa/liquidação" at Caixa: either way it is owed again.
REVERSALS_240 = frozenset(("44",))
REVERSALS_400 = {"341": frozenset(("69",))}  # Itaú: "cheque devolvido"

_KINDS = {
    NoticeKind.CONFIRMED: ("02",),
    NoticeKind.REJECTED: ("03", "26", "30", "32"),
    NoticeKind.WRITTEN_OFF: ("09", "10", "25"),
    NoticeKind.CHANGED: ("04", "05", "12", "13", "14", "27", "33"),
    NoticeKind.PROTEST: ("19", "20", "23", "24"),
    NoticeKind.FEE: ("28",),
}
_BY_CODE = {code: kind for kind, codes in _KINDS.items() for code in codes}


def notice_kind(code: str, *, bank: str, columns: int) -> NoticeKind:
    """Return what a code that is no liquidation is about."""
    if code in (REVERSALS_240 if columns == 240 else REVERSALS_400.get(bank, ())):
        return NoticeKind.REVERSED
    return _BY_CODE.get(code, NoticeKind.OTHER)
