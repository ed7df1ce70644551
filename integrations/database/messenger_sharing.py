"""Channels that another company can read, for as long as that lasts."""

from integrations.database.pool import Pool, statements


class PostgresSharedChannels:
    """SharedChannels on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def begin(self, channel: str) -> int:
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO slack_shared_channel (channel) VALUES (%s) ON CONFLICT (channel) WHERE ended_at IS NULL DO NOTHING",
                (channel,),
            )
            row = connection.execute(
                "SELECT id FROM slack_shared_channel WHERE channel = %s AND ended_at IS NULL", (channel,)
            ).fetchone()
        assert row is not None
        return int(row["id"])

    def end(self, channel: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE slack_shared_channel SET ended_at = clock_timestamp() WHERE channel = %s AND ended_at IS NULL", (channel,)
            )
