"""A rate as people write it: in percent, exactly."""

from fractions import Fraction


def percent(rate: Fraction) -> str:
    """Return a rate in percent: "9.09" for 909/10000; where no decimals end it, as a fraction: "100/3"."""
    value = rate * 100
    rest, places = value.denominator, 0
    for factor in (2, 5):
        count = 0
        while rest % factor == 0:
            rest, count = rest // factor, count + 1
        places = max(places, count)
    if rest != 1:
        return str(value)
    whole, part = divmod(abs(value.numerator) * 10**places // value.denominator, 10**places)
    return f"{'-' if value < 0 else ''}{whole}{f'.{part:0{places}d}' if places else ''}"
