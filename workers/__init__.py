"""The processes, and the one place where ports meet adapters."""
