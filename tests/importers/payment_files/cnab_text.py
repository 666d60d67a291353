"""CNAB returns for tests, with the fields that matter written into lines of zeros and blanks."""


def put(width: int, fields: dict[int, str]) -> str:
    """Return a line of blanks with texts at the given columns (from 0)."""
    line = [" "] * width
    for column, text in fields.items():
        line[column : column + len(text)] = text
    return "".join(line)


def itau(*lines: str) -> str:
    """Return a return of Itaú, 400 columns."""
    header = put(400, {0: "02RETORNO01COBRANCA", 76: "341BANCO ITAU S.A.", 94: "201126", 394: "000001"})
    trailer = put(400, {0: "9201341", 212: f"{len(lines):08}", 394: f"{len(lines) + 2:06}"})
    return "\r\n".join((header, *lines, trailer)) + "\r\n"


def itau_detail(
    number: str = "00000011",
    *,
    occurrence: str = "06",
    title: int = 4000,
    paid: int = 3790,
    fee: int = 210,
    payer: str = "ANA PEREZ",
    day: str = "201126",
) -> str:
    """Return a detail of Itaú."""
    return put(
        400,
        {
            0: "1",
            17: "0730",
            23: "035110",
            62: number,
            108: occurrence,
            110: day,
            116: "FAT-7",
            146: "151126",
            152: f"{title:013}",
            165: "104",
            175: f"{fee:013}",
            227: f"{0:013}",
            240: f"{0:013}",
            253: f"{paid:013}",
            266: f"{0:013}",
            295: "211126",
            324: payer,
        },
    )


def febraban(*pairs: tuple[str, str], bank: str = "001") -> str:
    """Return a return of 240 columns."""
    lines = [
        put(240, {0: f"{bank}00000", 142: "2", 143: "20112026", 157: "000001"}),
        put(240, {0: f"{bank}00011T01"}),
        *(line for pair in pairs for line in pair),
        put(240, {0: f"{bank}00015", 17: f"{2 * len(pairs) + 2:06}"}),
        put(240, {0: f"{bank}99999", 17: "000001", 23: f"{2 * len(pairs) + 4:06}"}),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def febraban_pair(
    number: str = "14499570000020673",
    *,
    occurrence: str = "06",
    paid: int = 34400,
    net: int = 34297,
    title: int = 34400,
) -> tuple[str, str]:
    """Return segments T and U."""
    titles = {0: "0010001300001T", 15: occurrence, 17: "012345", 23: "0000000054321", 37: number, 81: f"{title:015}"}
    values = {0: "0010001300002U", 15: occurrence, 17: "0" * 60, 77: f"{paid:015}", 92: f"{net:015}"}
    return put(240, titles), put(240, {**values, 137: "20112026", 145: "21112026"})
