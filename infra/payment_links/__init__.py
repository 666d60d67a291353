"""Providers that take money by links, and the addresses of our own pages before theirs."""
