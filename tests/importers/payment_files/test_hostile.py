"""Files that mean no good are refused by file and place, in little memory; nothing else is read, and nothing run."""

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from importers.payment_files.options import DateOrder, ReadOptions
from importers.payment_files.reading import open_payment_file
from importers.payment_files.refusal import PaymentFileInvalid
from tests.fuzz import hostile
from tests.importers.payment_files.camt_text import details, entry, message
from tests.importers.payment_files.cnab_text import febraban, febraban_pair, itau, itau_detail
from tests.importers.payment_files.test_reading import FILES

OPTIONS = ReadOptions(account="1", currency="MXN", decimal=".")
NOT_MEANT = "what-a-file-says-that-nobody-meant"
GIANT = 24 << 20


def read(content: bytes, folder: Path, options: ReadOptions = OPTIONS) -> str:
    """Read a file to its end; return why it was refused, "" where it was not."""
    path = folder / "bank.txt"
    path.write_bytes(content)
    try:
        with open_payment_file(path, options) as reading:
            for item in reading:
                assert NOT_MEANT not in repr(item)
    except PaymentFileInvalid as refusal:
        return str(refusal)
    return ""


def xml(before: str, inside: str = "") -> bytes:
    """A camt message with something before its root, and something for a text in it."""
    text = message(entry(details=details())).decode()
    head, root = text[: text.index("<Document")], text[text.index("<Document") :]
    return (head + before + root.replace("<Ntry>", f"<Ntry><AddtlNtryInf>{inside}</AddtlNtryInf>", 1)).encode()


BOMB = "".join(
    f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' if number else '<!ENTITY e0 "ha">' for number in range(10)
)


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        (f"<!DOCTYPE Document [{BOMB}]>", "&e9;"),
        ('<!DOCTYPE Document [<!ENTITY e SYSTEM "file:///{secret}">]>', "&e;"),
        ('<!DOCTYPE Document SYSTEM "file:///{secret}">', ""),
        ('<!DOCTYPE Document [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x"> %e;]>', ""),
        ('<!DOCTYPE Document PUBLIC "-//x" "http://127.0.0.1:9/x.dtd">', ""),
        ('<!DOCTYPE Document [<!ATTLIST Ntry x CDATA "y">]>', ""),
        ("", "&e;"),
    ],
)
def test_entities_are_neither_expanded_nor_fetched(before: str, inside: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(NOT_MEANT)
    refused = read(xml(before.replace("{secret}", str(secret)), inside), tmp_path)
    assert refused
    assert NOT_MEANT not in refused


def test_an_inclusion_is_a_text_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(NOT_MEANT)
    inclusion = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="secret"/>'
    assert read(xml("", inclusion), tmp_path) == ""


@pytest.mark.parametrize("inner", ["<a>" * 100_000, "<a b='" + "c" * 5_000_000 + "'/>", "<a" + " x='1'" * 2 + "/>"])
def test_elements_without_end_are_refused(inner: str, tmp_path: Path) -> None:
    assert read(xml("", inner), tmp_path) or len(inner) > 1_000_000


def giants() -> Iterator[tuple[str, bytes]]:
    """Files that are one giant line, or nest without end."""
    yield "csv header", b"fecha;monto;" + b"x" * GIANT
    yield "csv line", b"fecha;monto\n2026-11-20;" + b"9" * GIANT
    yield "csv quotation", b'fecha;monto;concepto\n2026-11-20;1.50;"' + b"x" * GIANT
    yield "mt940 line", b":20:R\n:25:ES91\n:86:" + b"x" * GIANT + b"\n" + b":86:" + b"x" * GIANT
    yield "cnab240 line", FILES_OF["CNAB240"][:240] + b"\n" + b"0" * GIANT
    yield "cnab400 line", FILES_OF["CNAB400"][:400] + b"\n" + b"1" * GIANT
    yield "camt text", xml("", "x" * GIANT)
    yield "spei nesting", b'{"resultado": ' + b"[" * 200_000
    yield "spei text", b'{"claveRastreo": "' + b"x" * GIANT


FILES_OF = {kind.value: content for kind, content in FILES.items()}


@pytest.mark.parametrize(("name", "content"), [*giants()], ids=[name for name, _ in giants()])
def test_a_giant_is_refused_in_little_memory(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bank.txt"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        refused = ""
        try:
            with open_payment_file(path, OPTIONS) as reading:
                for _ in reading:
                    pass
        except PaymentFileInvalid as refusal:
            refused = str(refusal)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused
    assert len(refused) < 1_500
    whole = name.startswith("spei")  # it is read whole, up to a limit
    assert most < (6 if whole else 1) * GIANT


@pytest.mark.parametrize("kind", FILES_OF)
@pytest.mark.parametrize("seed", range(4))
def test_a_file_that_was_tampered_with_is_read_or_refused(kind: str, seed: int, tmp_path: Path) -> None:
    chance, content = Random(f"{kind}{seed}"), FILES_OF[kind]
    if kind == "SPEI":
        content = content.replace(b'"fechaOperacion"', b'"tsLiquidacion": "1763600000000", "fechaOperacion"')
    for _ in range(120):
        read(tampered(content, chance), tmp_path)


def tampered(content: bytes, chance: Random) -> bytes:
    """Return the file with something changed, cut off, doubled, or put in that nobody expects."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0:
                changed[place : place + chance.randrange(12)] = chance.choice(hostile.TEXTS)[:2_000].encode()
            case 1:
                del changed[place : place + chance.randrange(40)]
            case 2:
                changed[place:place] = changed[: chance.randrange(len(changed) + 1)]
            case 3:
                changed[place : place + 1] = chance.randbytes(1)
            case 4:
                changed[place : place + 1] = chance.choice(
                    (b"\x00", "²".encode(), "٣".encode(), b"\xff", b"\r", b"9" * 40)
                )
            case _:
                del changed[place:]
        changed = changed or bytearray(b"x")
    return bytes(changed)


@pytest.mark.parametrize("kind", FILES_OF)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7", "cp500", "utf-16-be"])
def test_a_file_in_an_encoding_that_nobody_expects_is_read_or_refused(kind: str, encoding: str, tmp_path: Path) -> None:
    content = FILES_OF[kind].decode().encode(encoding)
    read(content, tmp_path)
    for told in ("utf-8", "latin-1", "no-such-encoding", "utf-16", "idna", "rot13", "zlib"):
        read(content, tmp_path, ReadOptions(account="1", currency="MXN", encoding=told, dates=DateOrder.DAY_FIRST))


@pytest.mark.parametrize("text", hostile.TEXTS[1:])
def test_a_formula_a_path_or_a_control_character_is_a_text(text: str, tmp_path: Path) -> None:
    """Nothing is evaluated, opened or taken for structure, whichever field it stands in."""
    short = text[:500]
    for line in (
        f'fecha;monto;concepto\n2026-11-20;1.50;"{short.replace(chr(34), chr(34) * 2)}"\n',
        json.dumps([{"claveRastreo": short, "estado": "LQ", "monto": "1.5", "cuentaBeneficiario": short,
                     "fechaOperacion": "20261120", "tsLiquidacion": short}]),
        json.dumps([{"claveRastreo": "x", "estado": short, "monto": short, "fechaOperacion": short}]),
    ):  # fmt: skip
        refused = read(line.encode(), tmp_path)
        assert hostile.PLANTED not in refused, "a refusal repeats nothing of the file"


def test_the_texts_of_a_cnab_file_are_no_more_than_texts(tmp_path: Path) -> None:
    for content in (febraban(febraban_pair()), itau(itau_detail())):
        for text in hostile.TEXTS:
            read(content.replace("    ", (text + "    ")[:4]).encode(), tmp_path)
