"""What no tracked file may hold: registry hosts, one machine's paths, secrets, unfinished work, too many lines."""

import re
import subprocess
from pathlib import Path

LONGEST = 300
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$")
TEXT = {".py", ".proto", ".toml", ".md", ".sql", ".yaml", ".yml", ".json", ".lock", ".txt", ".sh", ".cfg", ".ini", ""}

# Put together from halves, so that this file does not find itself.
FORBIDDEN = {
    "a registry host": re.compile("|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.org"))),
    "a path of one machine": re.compile("|".join(("/wo" + "rk/", r"/ro" + r"ot/\.", "/ho" + r"me/[a-z]"))),
    "a private key": re.compile("BEGIN " + r"([A-Z]+ )?PRIVATE KEY"),
    "an access key": re.compile(r"\b(AK" + r"IA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|xox[abp]-[0-9A-Za-z-]{10,})\b"),
    "a secret": re.compile(r"(?i)\b(password|passwd|secret|api_?key|token)\b\s*[:=]\s*[\"'][0-9A-Za-z+/_=-]{16,}[\"']"),
}
# Why a rule is not followed here is said behind it, on the same line.
UNEXPLAINED = re.compile(r"# no" + r"qa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*\s*$")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b|# type: ignore$|# noqa$")


def tracked(root: Path) -> list[Path]:
    """The files that git tracks and that are there, or all of them where there is no git (an unpacked archive)."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    names = answer.stdout.split("\0") if answer.returncode == 0 else []
    return [root / name for name in names if name and (root / name).is_file() and not (root / name).is_symlink()]


def problems(root: Path) -> list[str]:
    """One line for each thing found, with file and line."""
    found = []
    for path in tracked(root):
        name = path.relative_to(root)
        if path.stem in VAGUE and path.suffix == ".py":
            found.append(f"{name}: a name that says nothing; call it by what is in it")
        if path.suffix not in TEXT or GENERATED.search(path.name):
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        if path.suffix == ".py" and len(lines) > LONGEST:
            found.append(f"{name}: {len(lines)} lines; more than one idea?")
        for number, line in enumerate(lines, start=1):
            found += [f"{name}:{number}: {what}" for what, pattern in FORBIDDEN.items() if pattern.search(line)]
            if path.suffix in {".py", ".proto", ".toml", ".sql"} and UNFINISHED.search(line):
                found.append(f"{name}:{number}: a mark of unfinished work")
            if path.suffix == ".py" and UNEXPLAINED.search(line):
                found.append(f"{name}:{number}: a rule that is not followed, without a reason")
    return found
