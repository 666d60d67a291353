"""The two servers that Escalera brings along: PostgreSQL and Temporal, each in one folder, ended with its owner."""

from infra.embedded.postgres import DURABLE, FAST, EmbeddedPostgres
from infra.embedded.process import Child, DataInUse, ServerError
from infra.embedded.temporal import NAMESPACE, SEARCH_ATTRIBUTES, EmbeddedTemporal

__all__ = [
    "DURABLE",
    "FAST",
    "NAMESPACE",
    "SEARCH_ATTRIBUTES",
    "Child",
    "DataInUse",
    "EmbeddedPostgres",
    "EmbeddedTemporal",
    "ServerError",
]
