"""camt messages for tests: entries with chosen parts, in the shape of camt.053.001.08."""

from collections.abc import Iterable, Iterator

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def entry(
    amount: str = "10.00",
    *,
    currency: str = "EUR",
    mark: str = "CRDT",
    status: str = "<Cd>BOOK</Cd>",
    reversal: str = "",
    reference: str = "",
    details: str = "",
    day: str = "2026-11-20",
    batch: str = "",
) -> str:
    """Return an `Ntry`."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{reversal}<Sts>{status}</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"{f'<AcctSvcrRef>{reference}</AcctSvcrRef>' if reference else ''}"
        f"<NtryDtls>{batch}{details}</NtryDtls></Ntry>"
    )


def details(
    end_to_end_id: str = "E1",
    *,
    amount: str = "",
    currency: str = "EUR",
    mark: str = "",
    name: str = "Ana",
    text: str = "factura 7",
) -> str:
    """Return a `TxDtls` of a payment by a debtor."""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end_id}</EndToEndId></Refs>"
        f"{f'<Amt Ccy={chr(34)}{currency}{chr(34)}>{amount}</Amt>' if amount else ''}"
        f"{f'<CdtDbtInd>{mark}</CdtDbtInd>' if mark else ''}"
        f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>"
        f"<DbtrAcct><Id><IBAN>NL56AGDH9619008421</IBAN></Id></DbtrAcct>"
        f"<Cdtr><Pty><Nm>Acreedora SA</Nm></Pty></Cdtr></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )


def balance(kind: str, amount: str, *, currency: str = "EUR", mark: str = "CRDT") -> str:
    """Return a `Bal`."""
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def message(*entries: str, balances: str = "", statement_id: str = "S1", extra: str = "") -> bytes:
    """Return a message with one statement."""
    return b"".join(parts(entries, balances=balances, statement_id=statement_id, extra=extra))


def parts(entries: Iterable[str], *, balances: str = "", statement_id: str = "S1", extra: str = "") -> Iterator[bytes]:
    """Yield a message piece by piece."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>{statement_id}</Id>"
        f"<Acct><Id><IBAN>ES9121000418450200051332</IBAN></Id></Acct>{balances}{extra}\n"
    ).encode()
    for one in entries:
        yield f"{one}\n".encode()
    yield b"</Stmt></BkToCstmrStmt></Document>\n"


class Pieces:
    """What reads like a file, and is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken
