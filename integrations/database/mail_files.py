"""The bytes of mails, in PostgreSQL: of each for the worker, of the one that is being put on a record for the executor."""

from agent.errors import PreconditionFailed, RecordMissing
from integrations.database.pool import Pool, statements

_KEPT = "SELECT raw FROM mail WHERE id = %s"
_BEING_FILED = "SELECT mail_being_filed(id) AS raw FROM mail WHERE id = %s"


class PostgresMailFiles:
    """MailFiles on a pool of the worker's role."""

    _query = _KEPT

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def content(self, mail_id: int) -> bytes:
        with statements(self._pool) as connection:
            row = connection.execute(self._query, (mail_id,)).fetchone()
        if row is None:
            raise RecordMissing(f"There is no mail M{mail_id}; `expediter mail list` shows those that came.")
        if row["raw"] is None:
            raise PreconditionFailed(f"M{mail_id} was too large to be taken in, so there is nothing to attach.")
        return bytes(row["raw"])


class PostgresMailsBeingFiled(PostgresMailFiles):
    """MailFiles on a pool of the executor's role: NotPermitted unless it carries out an approved `file_mail` of this mail."""

    _query = _BEING_FILED
