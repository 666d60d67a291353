"""Names, numbers, addresses and words that are planted in a running engine, and the search for them everywhere."""

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from temporalio.client import Client

from tests.e2e.checks import rows
from workers.engine import Places

NAME, OTHER_NAME = "Perpetua Quisquilla", "Eleuterio Zarandaja"
MAIL, OTHER_MAIL = "perpetua.quisquilla@planted.example", "e.zarandaja@planted.example"
PHONE, WHATSAPP = "+51987004321", "+51987004322"
STREET = "Jirón Abracadabra 1234, Lima"
NOTE = "says that her brother Anacleto pays on Friday"
REPLY = "my cousin Hermenegildo will call you"
PAYER, REMITTANCE = "QUISQUILLA PERPETUA", "arriendo de la casa de Anacleto"
PAYERS_ACCOUNT = "PE91002193700000999888"
WORDS = (
    "quisquilla",
    "zarandaja",
    "planted.example",
    "987004321",
    "987004322",
    "abracadabra",
    "anacleto",
    "hermenegildo",
    "999888",
)


def spellings(word: str) -> frozenset[str]:
    """Return a word in the forms in which bytes may hide it: as it is, in hexadecimal, and in base64 at any place."""
    found = {word}
    for text in {word, word.upper(), word.title()}:
        raw = text.encode()
        found.add(raw.hex())
        for lead in range(3):  # base64 depends on what stands before; the first and the last letters are not certain
            encoded = base64.b64encode(bytes(lead) + raw).decode()
            found.add(encoded[(0, 2, 3)[lead] : len(encoded) - 4].lower())
    return frozenset(each for each in found if len(each) >= 6)


SPELLINGS = {word: spellings(word) for word in WORDS}


def told(text: str | bytes) -> list[str]:
    """Return which planted words something has, in any of their forms."""
    lower = (text.decode(errors="replace") if isinstance(text, bytes) else text).lower()
    return [word for word, forms in SPELLINGS.items() if any(form in lower for form in forms)]


async def tables_that_tell(places: Places) -> dict[str, list[str]]:
    """Search every column of every table that is ours: as text, and its bytes as they are."""
    columns = await rows(
        places,
        """SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')""",
    )
    assert len({table for _, table, _, _ in columns}) > 20, "the search sees the tables"
    found: dict[str, list[str]] = {}
    for schema, table, column, kind in columns:
        shown = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
        values = await rows(places, f'SELECT {shown} FROM "{schema}"."{table}" WHERE "{column}" IS NOT NULL')
        words = {word for (value,) in values for word in told(bytes(value) if kind == "bytea" else value)}
        if words:
            found[f"{schema}.{table}.{column}"] = sorted(words)
    return found


def files_that_tell(folder: Path, *, but: Iterable[str]) -> dict[str, list[str]]:
    """Search every file below a folder: logs, the public log, Temporal's database, PostgreSQL's own files."""
    left_out = tuple(folder / each for each in but)
    found: dict[str, list[str]] = {}
    for file in folder.rglob("*"):
        if any(file.is_relative_to(each) for each in left_out):
            continue
        try:
            words = told(file.read_bytes()) if file.is_file() else []
        except FileNotFoundError:  # PostgreSQL puts its own away
            continue
        if words:
            found[str(file.relative_to(folder))] = words
    return found


async def workflows_that_tell(places: Places) -> dict[str, list[str]]:
    """Search every workflow: its history with payloads and failures, its memo, its search attributes."""
    client = await Client.connect(places.temporal, namespace="escalera")
    found: dict[str, list[str]] = {}
    count = 0
    async for one in client.list_workflows():
        count += 1
        handle = client.get_workflow_handle(one.id, run_id=one.run_id)
        history = await handle.fetch_history()
        description: Any = await handle.describe()
        parts = [event.SerializeToString() for event in history.events]
        parts += [
            one.id.encode(),
            description.raw_description.SerializeToString(),
            str(await description.memo()).encode(),
        ]
        parts += [str(description.typed_search_attributes).encode()]
        if words := {word for part in parts for word in told(part)}:
            found[one.id] = sorted(words)
    assert count, "there are workflows"
    return found
