"""Bundles of evidence: what is put into them, how it reads, and the verifier that travels with them."""
