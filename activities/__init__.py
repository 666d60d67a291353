"""Temporal's door to the world: thin, retryable, keyed."""
