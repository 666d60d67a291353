"""The message catalogue: `templates/` loaded, checked and rendered."""

from infra.templates.catalogue import TemplateCatalogue, load_catalogue
from infra.templates.check import insist
from infra.templates.text import Missing

__all__ = ["Missing", "TemplateCatalogue", "insist", "load_catalogue"]
