"""Run in an environment of its own, with r4pm: reads one of our files, and writes what it found as JSON.

    python reread.py OCEL|EventLog FILE OUT

What it does not like and reads all the same, it says on its outputs.
"""

import sys

import r4pm  # type: ignore[import-not-found]  # it lives in another environment
from r4pm import bindings


def main(kind: str, file: str, out: str) -> int:
    try:
        found = r4pm.import_item(kind, file)
        if kind == "OCEL":
            bindings.slim_link_ocel(ocel=found)  # what is named is looked up, and held against what is declared
    except Exception as error:  # whatever it raises: it does not read the file
        print(error)
        return 1
    r4pm.export_item(found, out)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
