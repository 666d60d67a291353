"""Where the demo's debtors live, what they are called and what money they use. All of it is invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country with its money. `per_unit` is roughly what one US dollar buys; `round_to` is in minor units."""

    country: str  # ISO 3166-1
    time_zone: str
    language: str
    currency: str
    per_unit: float
    round_to: int
    weight: int  # how many of the portfolio's debtors live there, relative to the others
    calling_code: str
    company: str  # how a company's name is made here, around a family name


PLACES = (
    Place(
        country="MX",
        time_zone="America/Mexico_City",
        language="es",
        currency="MXN",
        per_unit=18.0,
        round_to=50,
        weight=26,
        calling_code="+52",
        company="Comercial {} S.A. de C.V.",
    ),
    Place(
        country="CO",
        time_zone="America/Bogota",
        language="es",
        currency="COP",
        per_unit=4000.0,
        round_to=10_000,
        weight=18,
        calling_code="+57",
        company="Distribuciones {} S.A.S.",
    ),
    Place(
        country="BR",
        time_zone="America/Sao_Paulo",
        language="pt",
        currency="BRL",
        per_unit=5.5,
        round_to=1,
        weight=18,
        calling_code="+55",
        company="{} Comércio Ltda.",
    ),
    Place(
        country="PE",
        time_zone="America/Lima",
        language="es",
        currency="PEN",
        per_unit=3.7,
        round_to=10,
        weight=12,
        calling_code="+51",
        company="Inversiones {} S.A.C.",
    ),
    Place(
        country="CL",
        time_zone="America/Santiago",
        language="es",
        currency="CLP",
        per_unit=950.0,
        round_to=10,
        weight=10,
        calling_code="+56",
        company="Sociedad {} SpA",
    ),
    Place(
        country="US",
        time_zone="America/New_York",
        language="en",
        currency="USD",
        per_unit=1.0,
        round_to=1,
        weight=8,
        calling_code="+1",
        company="{} & Sons LLC",
    ),
    Place(
        country="ES",
        time_zone="Europe/Madrid",
        language="es",
        currency="EUR",
        per_unit=0.92,
        round_to=1,
        weight=6,
        calling_code="+34",
        company="Talleres {} S.L.",
    ),
    Place(
        country="PT",
        time_zone="Europe/Lisbon",
        language="pt",
        currency="EUR",
        per_unit=0.92,
        round_to=1,
        weight=2,
        calling_code="+351",
        company="{} e Filhos Lda.",
    ),
)

GIVEN_NAMES = {
    "es": (
        "Camila",
        "Mateo",
        "Valentina",
        "Santiago",
        "Lucía",
        "Andrés",
        "Inés",
        "Joaquín",
        "Rocío",
        "Tomás",
        "Paula",
        "Iván",
    ),
    "pt": (
        "Beatriz",
        "João",
        "Larissa",
        "Thiago",
        "Helena",
        "Rafael",
        "Luíza",
        "Caio",
        "Marina",
        "Davi",
        "Clara",
        "Otávio",
    ),
    "en": ("Grace", "Walter", "Nora", "Henry", "Alice", "Owen", "Ruth", "Caleb", "Maya", "Silas", "June", "Felix"),
}
FAMILY_NAMES = {
    "es": (
        "Quispe",
        "Restrepo",
        "Mendoza",
        "Sepúlveda",
        "Carrillo",
        "Ospina",
        "Benavides",
        "Fuentealba",
        "Zúñiga",
        "Ibarra",
    ),
    "pt": (
        "Nogueira",
        "Tavares",
        "Azevedo",
        "Brandão",
        "Queiroz",
        "Vasconcelos",
        "Moura",
        "Peixoto",
        "Sampaio",
        "Ramalho",
    ),
    "en": (
        "Whitfield",
        "Larkin",
        "Haverford",
        "Pruitt",
        "Osgood",
        "Tillman",
        "Ashby",
        "Merrick",
        "Calloway",
        "Dunmore",
    ),
}
