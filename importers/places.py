"""The clock and language of countries with one clock, for files that leave them out."""

PLACES: dict[str, tuple[str, str]] = {
    "AR": ("America/Argentina/Buenos_Aires", "es"),
    "BO": ("America/La_Paz", "es"),
    "CO": ("America/Bogota", "es"),
    "CR": ("America/Costa_Rica", "es"),
    "DO": ("America/Santo_Domingo", "es"),
    "GB": ("Europe/London", "en"),
    "GT": ("America/Guatemala", "es"),
    "HN": ("America/Tegucigalpa", "es"),
    "NI": ("America/Managua", "es"),
    "PA": ("America/Panama", "es"),
    "PE": ("America/Lima", "es"),
    "PY": ("America/Asuncion", "es"),
    "SV": ("America/El_Salvador", "es"),
    "UY": ("America/Montevideo", "es"),
    "VE": ("America/Caracas", "es"),
}
