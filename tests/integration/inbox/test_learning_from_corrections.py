"""What people correct is learned: the next mail of that kind is judged as they said, and what is held back is never learned."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.mail import MailClass
from agent.domain.mail_threads import MailDeed, MailEventKind
from agent.errors import PreconditionFailed
from agent.triage.collection import collected_mails
from agent.triage.reading import read
from agent.triage.references import references_in
from agent.triage.schooling import EMPHASIS, lessons
from agent.triage.telling import telling_of
from app.wiring.mail_judge import LEARN_EVERY, SchooledJudge
from integrations.database.mail_inbox import PostgresMailDesk
from integrations.database.mail_ledger import PostgresMailLessons
from integrations.database.mail_scores import PostgresMailScores
from integrations.email import parse_mail
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.postgres import TestDatabase

OURS = "Kindly find the weekly Zollverein Krokus sheet of the depot attached. The figures of lane {} are in column C."
KIND = MailClass.RETURN_REQUEST
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


def share(judge: SchooledJudge, number: int) -> float:
    mail = parse_mail(letter(number, text=OURS.format(number)).as_bytes())
    return judge().shares(telling_of(mail, read(mail), references_in(mail)))[KIND]


def corrected(database: TestDatabase, number: int, **row: object) -> None:
    mail_id = arrived(database, letter(number, text=OURS.format(number)), made(**row))
    PostgresMailDesk(database.pool("serve")).say(
        mail_id, database.person().id, MailDeed(MailEventKind.CORRECTED, mail_class=KIND)
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


def schooled(database: TestDatabase, clock: Clock, state: Path) -> SchooledJudge:
    return SchooledJudge(state, PostgresMailLessons(database.pool("worker")), parse_mail, clock)


def test_the_next_mail_of_a_corrected_kind_is_judged_as_people_said(database: TestDatabase, clock: Clock, tmp_path: Path) -> None:
    judge = schooled(database, clock, tmp_path)
    before = share(judge, 1)
    corrected(database, 2)
    assert share(judge, 1) == before, "who corrects a row of mails is not waited for after each"
    clock.now += LEARN_EVERY
    after = share(judge, 1)
    assert before < 0.5 < after
    assert share(schooled(database, clock, tmp_path), 1) == pytest.approx(after), "another process, or a restart, judges alike"


def test_a_suspicious_mail_teaches_nobody(database: TestDatabase, clock: Clock, tmp_path: Path) -> None:
    corrected(database, 2, flags=["injection_text"])
    lessons_kept = PostgresMailLessons(database.pool("worker"))
    assert lessons_kept.newest_lesson() > 0
    assert lessons_kept.lessons(10) == []


def test_the_last_word_on_a_mail_is_the_lesson(database: TestDatabase) -> None:
    corrected(database, 2)
    desk = PostgresMailDesk(database.pool("serve"))
    desk.say(1, database.person().id, MailDeed(MailEventKind.CORRECTED, mail_class=MailClass.OTHER))
    [(kind, raw)] = PostgresMailLessons(database.pool("worker")).lessons(10)
    assert (kind, parse_mail(raw).subject) == (MailClass.OTHER, "Delivery 2")


def test_who_confirms_the_class_of_an_unsure_mail_teaches_it_and_only_once(database: TestDatabase) -> None:
    said = MailDeed(MailEventKind.CORRECTED, mail_class=KIND)
    mail_id = arrived(database, letter(2), made(**{"class": KIND.value, "needs_person": True, "confidence": 0.3}))
    desk = PostgresMailDesk(database.pool("serve"))
    person = database.person()
    desk.say(mail_id, person.id, said)
    kept = PostgresMailLessons(database.pool("worker"))
    assert [kind for kind, _ in kept.lessons(10)] == [KIND]
    assert not desk.mail(mail_id).needs_person
    [judged] = PostgresMailScores(database.pool("serve")).judged()
    assert (judged.truth, judged.right, judged.abstained) == (KIND, True, True)
    with pytest.raises(PreconditionFailed, match="already"):
        desk.say(mail_id, person.id, said)


def test_what_is_held_back_is_not_learned_though_somebody_sends_it_here_and_corrects_it() -> None:
    held_back = next(mail for mail in collected_mails() if mail.held_back and "body" in mail.content)
    known = next(mail for mail in collected_mails() if not mail.held_back and not mail.hostile and "body" in mail.content)
    bodies = [str(mail.content["body"]).upper().replace("\n", "\n\n") for mail in (held_back, known)]
    sent = [parse_mail(letter(number, text=body).as_bytes()) for number, body in enumerate(bodies)]
    without = lessons()
    assert len(lessons([(KIND, sent[0])])) == len(without)
    assert len(lessons([(KIND, sent[1])])) == len(without) + EMPHASIS


def test_a_clock_that_stands_still_learns_once(database: TestDatabase, clock: Clock, tmp_path: Path) -> None:
    judge = schooled(database, clock, tmp_path)
    assert judge() is judge()
    clock.now += timedelta(days=1)
    first = judge()
    clock.now += timedelta(days=1)
    assert judge() is first, "without new corrections nothing is learned anew"
