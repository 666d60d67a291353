"""Where the fields of CNAB returns stand, bank by bank (columns from 0, end excluded, as Python slices them).

240 columns: FEBRABAN's layout (version 10.x of "Layout Padrão Febraban 240"), in which Santander shifts segment T.
400 columns: every bank has its own, grown out of one. Known here are those of which a return was at hand.

That 06 is a liquidation is seen in those returns (05 at BRB, 17 in 240 columns too); the other codes that stand as
liquidations are from the banks' manuals as remembered: before relying on one, compare it with the bank's own.
"""

from dataclasses import dataclass, field

Span = tuple[int, int]
NONE: Span = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles240:
    """Segment T of the 240 columns."""

    agency: Span = (17, 23)
    account: Span = (23, 36)
    our_number: Span = (37, 57)
    wallet: Span = (57, 58)
    document_number: Span = (58, 73)
    due: Span = (73, 81)
    title: Span = (81, 96)
    receiving_bank: Span = (96, 99)
    receiving_agency: Span = (99, 105)
    company_use: Span = (105, 130)
    payer: Span = (148, 188)
    fee: Span = (198, 213)
    reasons: Span = (213, 223)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout400:
    """A bank's detail record of 400 columns."""

    agency: Span = (17, 21)
    account: Span = (23, 29)
    company_use: Span = (37, 62)
    our_number: Span = (62, 70)
    wallet: Span = (107, 108)
    occurrence: Span = (108, 110)
    occurred: Span = (110, 116)
    document_number: Span = (116, 126)
    due: Span = (146, 152)
    title: Span = (152, 165)
    receiving_bank: Span = (165, 168)
    receiving_agency: Span = (168, 173)
    species: Span = (173, 175)
    fee: Span = (175, 188)
    iof: Span = (214, 227)
    rebate: Span = (227, 240)
    discount: Span = (240, 253)
    paid: Span = (253, 266)
    net: Span = NONE
    interest: Span = (266, 279)
    other_credits: Span = (279, 292)
    credited: Span = (295, 301)
    reasons: Span = NONE
    payer: Span = NONE
    record_type: str = "1"
    fee_taken_out: bool = False
    liquidations: frozenset[str] = field(default=frozenset(("06", "07", "08")))
    details_count: Span = NONE  # in the trailer


TITLES_240 = {
    "033": Titles240(
        agency=(17, 22),
        account=(22, 32),
        our_number=(40, 53),
        wallet=(53, 54),
        document_number=(54, 69),
        due=(69, 77),
        title=(77, 92),
        receiving_bank=(92, 95),
        receiving_agency=(95, 100),
        company_use=(100, 125),
        payer=(143, 183),
        fee=(193, 208),
        reasons=(208, 218),
    ),
    "756": Titles240(our_number=(37, 47)),
}
USUAL_240 = Titles240()

_SANTANDER = Layout400(reasons=(136, 146), liquidations=frozenset(("06", "07", "08", "17")))
_UNICRED = Layout400(
    account=(22, 32),
    company_use=NONE,
    our_number=(45, 62),
    fee=(181, 188),
    net=(305, 318),
    credited=(175, 181),
    liquidations=frozenset(("06", "07", "08", "15", "17")),
)
LAYOUTS_400 = {
    "004": Layout400(
        account=(23, 31), receiving_agency=NONE, iof=NONE, other_credits=NONE, credited=(146, 152), reasons=(279, 394)
    ),
    "033": _SANTANDER,
    "041": Layout400(account=(21, 30), our_number=(62, 72), iof=(188, 201), reasons=(382, 392)),
    "070": Layout400(
        agency=NONE,
        account=(20, 37),
        our_number=(70, 82),
        wallet=NONE,
        occurred=(110, 118),
        document_number=(118, 128),
        due=(148, 156),
        title=(156, 169),
        receiving_bank=(169, 172),
        receiving_agency=NONE,
        species=(177, 179),
        fee=(179, 192),
        iof=(218, 231),
        rebate=(231, 244),
        discount=(244, 257),
        paid=(257, 270),
        interest=(270, 283),
        other_credits=(283, 296),
        credited=(299, 307),
        reasons=(364, 394),
        liquidations=frozenset(("05", "06", "07", "08", "15")),
    ),
    "090": _UNICRED,
    # Credisis: no column for occurrences is known, so nothing of it is a payment.
    "097": Layout400(
        account=(22, 31),
        company_use=NONE,
        our_number=(62, 73),
        wallet=NONE,
        occurrence=NONE,
        occurred=NONE,
        document_number=NONE,
        receiving_bank=NONE,
        receiving_agency=NONE,
        species=NONE,
        fee=NONE,
        iof=NONE,
        rebate=NONE,
        discount=NONE,
        interest=NONE,
        other_credits=NONE,
        credited=(175, 181),
        liquidations=frozenset(),
    ),
    "136": _UNICRED,
    "237": Layout400(
        agency=(24, 29),
        account=(29, 37),
        our_number=(70, 82),
        wallet=(21, 24),
        reasons=(318, 328),
        liquidations=frozenset(("06", "15", "17")),
    ),
    "341": Layout400(
        reasons=(377, 385),
        payer=(324, 354),
        fee_taken_out=True,
        details_count=(212, 220),
        liquidations=frozenset(("06", "07", "08")),
    ),
    "353": _SANTANDER,
}
# Banco do Brasil, agreements of seven digits (CBR643): details begin with 7.
CBR643 = Layout400(
    agency=(17, 22),
    account=(22, 31),
    company_use=(38, 63),
    our_number=(63, 80),
    wallet=(106, 108),
    fee=(181, 188),
    net=(305, 318),
    credited=(175, 181),
    reasons=(86, 88),
    record_type="7",
    liquidations=frozenset(("05", "06", "07", "08", "15")),
)
