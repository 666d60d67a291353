"""The code in the documents runs: every ```python block of a page, in order, in one fresh process for each page.

A block opened with ```python no-run is only compiled (it shows a shape, or needs what a page cannot start).
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```python([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LONGEST_S = 120


def problems(root: Path) -> list[str]:
    """One entry for each page whose code does not compile or run: its name and the end of the traceback."""
    found = []
    for page in sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")]):
        runnable = []
        text = page.read_text()
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            # Empty lines in front, so that an error names the line of the page.
            code = "\n" * line + block.group(2)
            try:
                compile(code, str(page.relative_to(root)), "exec")
            except SyntaxError as error:
                found.append(f"{page.relative_to(root)}:{error.lineno}: {error.msg}")
                break
            if "no-run" not in block.group(1):
                runnable.append(code)
        else:
            if runnable:
                found += run(str(page.relative_to(root)), runnable)
    return found


def run(name: str, blocks: list[str]) -> list[str]:
    script = (
        f"space = {{'__name__': 'page'}}\nfor code in {blocks!r}:\n    exec(compile(code, {name!r}, 'exec'), space)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            [sys.executable, "-P", "-c", script],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    return [] if answer.returncode == 0 else [f"{name}: {answer.stderr.strip()[-1500:]}"]
