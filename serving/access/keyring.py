"""Whose a key is: looked up by its hash, and remembered for a few seconds so that the hot path need not ask."""

import time
from collections import OrderedDict

from serving.access.keys import digest
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query

_MOST = 10_000


class Keyring:
    """Answers whose a key is."""

    def __init__(self, pool: Pool, remembered_s: float) -> None:
        """Remember answers, no key's included, for so long: a revoked key is refused after that at the latest."""
        self._pool = pool
        self._remembered_s = remembered_s
        # By the hash: a key stays in memory no longer than its request does.
        self._known: OrderedDict[bytes, tuple[float, Principal | None]] = OrderedDict()

    async def find(self, key: str) -> Principal | None:
        """Tell whose a key is; None where it is nobody's or was revoked.

        Raises:
            UnavailableError: the database does not answer.
        """
        hashed = digest(key)
        found = self._known.get(hashed)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        principal = await self._ask(hashed)
        self._known[hashed] = time.monotonic() + self._remembered_s, principal
        self._known.move_to_end(hashed)
        if len(self._known) > _MOST:  # wrong keys, one after another, must not fill the memory
            self._known.popitem(last=False)
        return principal

    async def _ask(self, hashed: bytes) -> Principal | None:
        async def ask(connection: Connection) -> Principal | None:
            row = await (await connection.execute(query("find_key"), [hashed])).fetchone()
            return None if row is None else Principal(row[0], row[1], frozenset(row[2]))

        return await run(self._pool, ask)
