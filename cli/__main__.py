"""`python -m cli`, which `python3 run.py` calls for everything that is not its own."""

import sys

from cli.app import app


def main() -> None:
    """Run a command; Ctrl-C ends it without a traceback."""
    try:
        app(prog_name="escalera")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
