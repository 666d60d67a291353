"""Channels to people, and the words that travel on them."""
