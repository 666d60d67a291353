"""The log of `process_logs` for every test here."""

from tests.workers.process_logs import process_log

__all__ = ["process_log"]
