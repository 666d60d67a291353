"""Run in an environment of its own, with moto: serves its KMS and S3 on a free port of this machine.

    python serve.py

Prints the port, and ends with its standard input.
"""

import sys
from threading import Thread

from moto.moto_server.werkzeug_app import (  # type: ignore[import-not-found]  # it lives in another environment
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import WSGIRequestHandler, make_server  # type: ignore[import-not-found]  # likewise


class Quiet(WSGIRequestHandler):  # type: ignore[misc]  # a class of another environment
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    server = make_server(
        "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Quiet
    )
    Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
