"""Tokens that are good for one call: seen by any process, remembered until they end."""

from datetime import datetime
from hashlib import sha256

from application.ports import Clock
from infra.read_tables.tables import Pool

_TAKE = "INSERT INTO used_tokens (token, until) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM used_tokens WHERE until < %s"
FORGET_EVERY = 1_000


class PostgresUsedTokens:
    """Keeps hashes of issuer and id; of the token itself nothing."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        """`clock` is real time."""
        self._pool = pool
        self._clock = clock
        self._taken = 0

    async def first(self, issuer: str, jti: str, until: datetime) -> bool:
        """Return whether nobody has used it before; raise `StoreUnavailable` where that cannot be known."""
        token = sha256(f"{issuer}\n{jti}".encode()).digest()
        async with self._pool.connection() as connection:
            taken = await connection.execute(_TAKE, (token, until))
            self._taken += 1
            if self._taken % FORGET_EVERY == 0:
                await connection.execute(_FORGET, (self._clock.now(),))
        return taken.rowcount == 1
