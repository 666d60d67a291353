"""What our pages have in common: their templates and style, and headers that let them load and lead to nothing else."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_PAGES: Final = Path(__file__).parent / "pages"
ENVIRONMENT: Final = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined)
STYLE: Final = (_PAGES / "page.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = b64encode(sha256(STYLE.encode()).digest()).decode()


def page_headers(*, form_action: str) -> Mapping[str, str]:
    """Return the headers of a page without scripts; `form_action` is where its forms may lead ("'none'", "'self'")."""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}; base-uri 'none';"
            " frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",  # the link itself is a right, and stays here
        "X-Robots-Tag": "noindex, nofollow",
    }
