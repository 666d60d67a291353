"""Clocks and languages of countries, for files that leave them out."""

TIME_ZONES: dict[str, str] = {
    "AR": "America/Argentina/Buenos_Aires",
    "BO": "America/La_Paz",
    "CO": "America/Bogota",
    "CR": "America/Costa_Rica",
    "DO": "America/Santo_Domingo",
    "GB": "Europe/London",
    "GT": "America/Guatemala",
    "HN": "America/Tegucigalpa",
    "NI": "America/Managua",
    "PA": "America/Panama",
    "PE": "America/Lima",
    "PY": "America/Asuncion",
    "SV": "America/El_Salvador",
    "UY": "America/Montevideo",
    "VE": "America/Caracas",
}
"""Countries with one clock only: where there are several, a guess could mean a call at night."""

_SPANISH = ("CL", "EC", "ES", "MX")
LANGUAGES: dict[str, str] = {
    **dict.fromkeys((*TIME_ZONES, *_SPANISH), "es"),
    "GB": "en",
    "BR": "pt",
    "PT": "pt",
}
