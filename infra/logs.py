"""Logs: one line of JSON each, ours and the libraries' alike. Ids, counts and error classes; never personal data."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "_record", "_from_structlog"}


def set_up(level: str, *, process: str) -> None:
    """Send every log line of this process to stderr as JSON."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        _naming(process),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _error_class,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # httpx2 would log addresses of requests, and a provider may want a telephone number in one.
    mail, temporal, http = (
        ("aiosmtplib", "mail"),
        ("temporalio.activity", "temporalio.workflow"),
        ("httpx2", "httpcore2"),
    )
    for chatty in (*mail, *temporal, *http, "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _naming(process: str) -> Any:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return name


def _error_class(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep an error's class and where it was raised; its text may repeat what a person said or where they live."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[0] is not None:
        event["error"] = error[0].__name__
        trace = error[2]
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["raised_at"] = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
    return event
