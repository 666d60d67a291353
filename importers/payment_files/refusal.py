"""Why a file is refused. Messages name the file and the place; never names, accounts or texts out of it."""


class PaymentFileInvalid(Exception):
    """The file is not what its format says; entries before `place` have been read, none after it."""

    def __init__(self, *, file: str, place: str, problem: str, accepted: str = "") -> None:
        self.file, self.place, self.problem, self.accepted = file, place, problem, accepted
        where = f"{file}, {place}" if place else file
        super().__init__(f"{where}: {problem}" + (f"; accepted: {accepted}" if accepted else ""))


class PaymentFormatUnknown(PaymentFileInvalid):
    """No format fits. `tried` says format by format why not."""

    def __init__(self, *, file: str, tried: dict[str, str]) -> None:
        self.tried = tried
        reasons = "; ".join(f"{name}: {reason}" for name, reason in tried.items())
        super().__init__(file=file, place="", problem=f"no known payment file. {reasons}")
