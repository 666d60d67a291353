"""Reading a bank statement: camt.053 with 100,000 entries, beside the bare parse of its XML.

The file is made while it is read, from one entry repeated with other numbers. The bare parse is the standard library's
`iterparse` in C, which only counts the entries and clears them.
"""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from time import perf_counter
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import iterparse

from benchmarks.measure import side_by_side
from importers.payment_files import camt
from importers.payment_files.summary import Summary

ENTRIES = 100_000
BATCH = 1_000  # entries made at once
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-20T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>ES9121000418450200051332</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
"""
TAIL = "</Stmt></BkToCstmrStmt></Document>\n"
ENTRY = """<Ntry><Amt Ccy="EUR">10.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt><AcctSvcrRef>REF{0:08}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>FAT-{0:08}</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Deudora {0}</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>NL56AGDH9619008421</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Strd><CdtrRefInf><Ref>RF18{0:08}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
"""


class Made:
    """A statement of so many entries, read like a file."""

    def __init__(self, count: int) -> None:
        self._pieces, self._rest = self._make(count), b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    @staticmethod
    def _make(count: int) -> Iterator[bytes]:
        cents = 1025 * count
        yield (HEAD % f"{cents // 100}.{cents % 100:02}").encode()
        for first in range(0, count, BATCH):
            yield "".join(ENTRY.format(number) for number in range(first, min(first + BATCH, count))).encode()
        yield TAIL.encode()


def ours(content: bytes) -> float:
    """Return entries a second of our reading, its control totals checked."""
    summary = Summary("made.xml")
    started = perf_counter()
    count = sum(1 for _ in camt.read(BytesIO(content), summary))
    seconds = perf_counter() - started
    assert (count, summary.totals["EUR"].entries, summary.mismatches) == (ENTRIES, ENTRIES, [])
    return count / seconds


def bare(content: bytes) -> float:
    """Return entries a second of a parse that only counts."""
    name, count = f"{{{NAMESPACE}}}Ntry", 0
    started = perf_counter()
    for _, element in iterparse(BytesIO(content)):  # noqa: S314 (made here)
        if element.tag == name:
            count += 1
            element.clear()
    seconds = perf_counter() - started
    assert count == ENTRIES
    return count / seconds


def peak_bytes(count: int) -> int:
    """Return the most memory that reading `count` entries held at once, the file not counted."""
    tracemalloc.start()
    try:
        assert sum(1 for _ in camt.read(cast("BinaryIO", Made(count)), Summary("made.xml"))) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure() -> dict[str, Any]:
    """Return the ratio of rates, and the peak memory for a tenth of the entries and for all of them."""
    source = Made(ENTRIES)
    content = b"".join(iter(lambda: source.read(1 << 20), b""))
    return {
        "statement_vs_bare_xml": side_by_side(lambda: ours(content), lambda: bare(content)),
        "statement_memory": {
            "entries": ENTRIES,
            "file_megabytes": round(len(content) / 1e6, 1),
            "peak_megabytes_of_a_tenth": round(peak_bytes(ENTRIES // 10) / 1e6, 1),
            "peak_megabytes": round(peak_bytes(ENTRIES) / 1e6, 1),
        },
    }


if __name__ == "__main__":
    print(measure())
