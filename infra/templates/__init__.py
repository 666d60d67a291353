"""The message catalogue: `templates/` loaded, checked and rendered."""

from infra.templates.catalogue import TemplateCatalogue, load_catalogue
from infra.templates.shelf import SHIPPED
from infra.templates.text import Missing
