"""Questions are stored with their job, answers are released in order and followed live."""

from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest

from agent.domain.chat import PartKind
from agent.errors import DatabaseUnavailable, NotPermitted, PreconditionFailed, RecordMissing
from integrations.database.answer_listener import AnswerListener
from integrations.database.conversations import PostgresAnswerDesk, PostgresInboundDesk
from tests.fixtures.postgres import TestDatabase


@pytest.fixture
def desk(database: TestDatabase) -> Iterator[PostgresInboundDesk]:
    with AnswerListener(database.url("serve")) as listener:
        yield PostgresInboundDesk(database.pool("serve"), listener)


def test_a_question_and_its_job_are_stored_together(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    ada = database.person("ada")
    inbound = desk.receive(kind="chat", person_id=ada.id, conversation_id="c1", text="What is late?")
    assert desk.inbound(inbound.id) == PostgresAnswerDesk(database.pool("worker")).inbound(inbound.id) == inbound
    undo = desk.receive(kind="undo", person_id=ada.id, conversation_id="c1", text="12")
    with database.connection("worker") as connection:
        jobs = connection.execute("SELECT task_name, lock, args FROM procrastinate.procrastinate_jobs ORDER BY id").fetchall()
    assert jobs == [
        {"task_name": "answer_chat", "lock": "worker:conversation:c1", "args": {"inbound_id": inbound.id}},
        {"task_name": "propose_inverse", "lock": "worker:conversation:c1", "args": {"inbound_id": undo.id}},
    ]


def test_the_worker_sees_what_was_asked_before_in_the_same_conversation_only(
    database: TestDatabase, desk: PostgresInboundDesk
) -> None:
    ada = database.person("ada")
    said = [("c1", "What is late?"), ("c2", "Elsewhere"), ("c1", "Why?"), ("c1", "Read it fresh"), ("c1", "Later")]
    asked = [desk.receive(kind="chat", person_id=ada.id, conversation_id=where, text=text) for where, text in said]
    desk.receive(kind="undo", person_id=ada.id, conversation_id="c2", text="12")
    answers = PostgresAnswerDesk(database.pool("worker"))
    assert list(answers.asked_before(asked[3].id)) == ["Why?", "What is late?"]
    assert list(answers.asked_before(asked[0].id)) == []


def test_nobody_speaks_in_someone_elses_conversation(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    ada, ben = database.person("ada"), database.person("ben")
    desk.receive(kind="chat", person_id=ada.id, conversation_id="c1", text="Hello")
    with pytest.raises(NotPermitted, match="someone else"):
        desk.receive(kind="chat", person_id=ben.id, conversation_id="c1", text="Me too")


def test_a_message_too_long_to_keep_is_refused_in_words(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    with pytest.raises(PreconditionFailed, match="too long"):
        desk.receive(kind="chat", person_id=database.person().id, conversation_id="c1", text="x" * 20_001)


@pytest.mark.parametrize("text", ["a\x00b", "lone \ud800 surrogate"])
def test_text_that_cannot_be_stored_is_refused_in_words(database: TestDatabase, desk: PostgresInboundDesk, text: str) -> None:
    ada = database.person()
    with pytest.raises(PreconditionFailed, match="cannot be stored"):
        desk.receive(kind="chat", person_id=ada.id, conversation_id="c1", text=text)
    with pytest.raises(PreconditionFailed, match="cannot be stored"):
        PostgresAnswerDesk(database.pool("worker")).release(database.inbound(ada), PartKind.SENTENCE, {"text": text})


def test_a_senseless_notification_disturbs_nobody(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    inbound = database.inbound(database.person())
    answers = PostgresAnswerDesk(database.pool("worker"))
    answers.release(inbound, PartKind.STATUS, {"text": "Reading"})
    following = desk.follow(inbound, timeout_s=30)
    next(following)
    database.one("executor", "SELECT pg_notify('expediter_answer', 'no number')")
    answers.release(inbound, PartKind.FINAL, {})
    assert [part.kind for part in following] == [PartKind.FINAL]


def test_an_unknown_question_is_missing(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    with pytest.raises(RecordMissing):
        desk.inbound(99)


@pytest.mark.parametrize("process", ["worker", "executor"])
def test_only_serve_stores_questions(database: TestDatabase, process: str) -> None:
    ada = database.person("ada")
    with AnswerListener(database.url("serve")) as listener, pytest.raises(DatabaseUnavailable, match="permission denied"):
        PostgresInboundDesk(database.pool(process), listener).receive(  # type: ignore[arg-type]  # parametrized
            kind="chat", person_id=ada.id, conversation_id="c1", text="forged"
        )


def test_parts_are_followed_as_they_are_released(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    inbound = database.inbound(database.person())
    answers = PostgresAnswerDesk(database.pool("worker"))
    answers.release(inbound, PartKind.STATUS, {"text": "Reading orders"})
    following = desk.follow(inbound, timeout_s=30)
    assert next(following).body == {"text": "Reading orders"}

    def answer() -> None:
        answers.release(inbound, PartKind.SENTENCE, {"text": "Three are late."})
        answers.release(inbound, PartKind.FINAL, {"answer": "Three are late."})

    thread = Thread(target=answer)
    thread.start()
    assert [(part.seq, part.kind) for part in following] == [(2, PartKind.SENTENCE), (3, PartKind.FINAL)]
    thread.join()
    assert [part.seq for part in desk.parts(inbound, after_seq=1)] == [2, 3]


def test_following_ends_when_nothing_comes(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    assert list(desk.follow(database.inbound(database.person()), timeout_s=0.05)) == []


def test_followers_survive_a_lost_listening_connection(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    inbound = database.inbound(database.person())
    answers = PostgresAnswerDesk(database.pool("worker"))
    answers.release(inbound, PartKind.STATUS, {"text": "Reading"})
    following = desk.follow(inbound, timeout_s=30)
    next(following)
    database.one(
        "admin",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'expediter_serve' AND datname = current_database()",
    )
    answers.release(inbound, PartKind.FAILED, {"text": "No."})
    assert [part.kind for part in following] == [PartKind.FAILED]


def test_following_outlives_a_database_that_is_away_for_a_while_with_one_line_in_the_log(
    database: TestDatabase, desk: PostgresInboundDesk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.pool("serve"), "timeout", 0.2)
    inbound = database.inbound(database.person())
    answers = PostgresAnswerDesk(database.pool("worker"))
    answers.release(inbound, PartKind.STATUS, {"text": "Reading orders"})
    following = desk.follow(inbound, timeout_s=60)
    next(following)
    _closed(database, closed=True)
    caplog.clear()
    back = Thread(target=lambda: (_wait_for(caplog, "is read again"), _closed(database, closed=False)))
    back.start()
    answering = Thread(target=lambda: (back.join(), answers.release(inbound, PartKind.FINAL, {"answer": "One."})))
    answering.start()
    assert [part.kind for part in following] == [PartKind.FINAL]
    answering.join()
    said = [record for record in caplog.records if record.name == "integrations.database.conversations"]
    assert said
    assert not [record for record in said if record.exc_info]


def _wait_for(caplog: pytest.LogCaptureFixture, words: str) -> None:
    while words not in caplog.text:
        pass


def _closed(database: TestDatabase, *, closed: bool) -> None:
    """To serve's role; those who are in are thrown out."""
    with psycopg.connect(database.server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE expediter_serve CONNECTION LIMIT {0 if closed else -1}".encode())
        if closed:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'expediter_serve'",
                [database.name],
            )


def test_a_complete_answer_takes_nothing_more(database: TestDatabase, desk: PostgresInboundDesk) -> None:
    inbound = database.inbound(database.person())
    answers = PostgresAnswerDesk(database.pool("worker"))
    assert answers.unanswered(inbound) == answers.inbound(inbound)
    answers.release(inbound, PartKind.FINAL, {})
    assert answers.unanswered(inbound) is None
    with pytest.raises(NotPermitted, match="complete"):
        answers.release(inbound, PartKind.SENTENCE, {"text": "One more thing"})
