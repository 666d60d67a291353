"""CLABE, the Mexican account number: 18 digits, the last a check digit (weights 3, 7, 1; modulo 10)."""

_WEIGHTS = (3, 7, 1)


def is_clabe(text: str) -> bool:
    """Say whether `text` is 18 digits with the right check digit."""
    if not (len(text) == 18 and text.isascii() and text.isdigit()):
        return False
    total = sum(int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(text[:17]))
    return (10 - total % 10) % 10 == int(text[17])
