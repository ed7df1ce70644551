"""What was answered in the messenger, to be looked at again."""

from agent.domain.messenger import AskedAt, GivenAnswer
from agent.errors import RecordMissing
from integrations.database.pool import Pool, statements

_ANSWER = """
    SELECT inbound.person_id, inbound.text, slack_question.*, answer_part.body
    FROM slack_question JOIN inbound ON inbound.id = inbound_id
    LEFT JOIN answer_part ON answer_part.inbound_id = slack_question.inbound_id AND answer_part.kind = 'final'
    WHERE slack_question.inbound_id = %s
"""


class PostgresGivenAnswers:
    """GivenAnswers on a pool of serve's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def answer(self, inbound_id: int) -> GivenAnswer:
        with statements(self._pool) as connection:
            row = connection.execute(_ANSWER, (inbound_id,)).fetchone()
        if row is None:
            raise RecordMissing("This answer is not known any more.")
        at = AskedAt(row["team"], row["slack_user"], row["channel"], row["thread_ts"], row["private"])
        return GivenAnswer(inbound_id, row["person_id"], row["text"], at, row["body"])
