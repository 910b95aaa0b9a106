"""The messages, kept in PostgreSQL, so that the service itself keeps no state."""

import asyncpg

from .settings import Settings

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received timestamptz NOT NULL DEFAULT now(),
    body text NOT NULL
)
"""


class Messages:
    """A pool of connections, which replaces by itself those that the server has closed."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def connect(cls, settings: Settings) -> "Messages":
        pool = await asyncpg.create_pool(
            host=settings.database_host,
            port=settings.database_port,
            database=settings.database_name,
            user=settings.database_user,
            password=settings.database_password(),
            min_size=1,
            max_size=10,
            command_timeout=5,
        )
        await pool.execute(SCHEMA)
        return cls(pool)

    async def add(self, body: str) -> int:
        return await self._pool.fetchval("INSERT INTO message (body) VALUES ($1) RETURNING id", body)

    async def ping(self) -> None:
        await self._pool.fetchval("SELECT 1")

    async def close(self) -> None:
        await self._pool.close()
