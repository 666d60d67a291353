"""A log that nobody can rewrite unseen: a Merkle tree over all events, signed heads, and proofs that stand alone.

`tree` is RFC 6962's tree with the proofs of RFC 9162; `note` and `checkpoint` are C2SP's signed notes and tree heads;
`proof` is the file that shows one event to somebody who trusts nobody; `ed25519` checks signatures with integers alone,
so that whoever verifies needs nothing but Python. Nothing here reads a database or holds a private key.
"""
