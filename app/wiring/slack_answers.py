"""What clicks may do with answers: look into them, and have them worked out anew."""

from dataclasses import replace

from agent.domain.decisions import Person
from agent.domain.messenger import GivenAnswer
from agent.errors import NotPermitted, RecordMissing
from agent.guardrails.permissions import Permission, demand
from agent.ports.people import People
from integrations.database.messenger_answers import PostgresGivenAnswers
from integrations.database.messenger_inbox import PostgresDeliveries
from integrations.slack.chat import LONGEST_QUESTION, conversation_id, seen_alike

#: Understood by rules and models alike.
FRESH = "Read it fresh."


class SlackAnswers:
    def __init__(self, people: People, deliveries: PostgresDeliveries, given: PostgresGivenAnswers) -> None:
        self._people, self._deliveries, self._given = people, deliveries, given

    def answer(self, person: Person, inbound_id: int) -> GivenAnswer:
        """Raises RecordMissing, and NotPermitted for whoever may see less than whoever asked."""
        demand(person, Permission.READ)
        if not 1 <= inbound_id < 2**31:
            raise RecordMissing("This answer is not known any more.")
        found = self._given.answer(inbound_id)
        if found.person_id != person.id and not self._others_may_see(found, person):
            raise NotPermitted("Only whoever asked sees how this was worked out; ask it yourself to see what you may.")
        return found

    def ask_again(self, person: Person, inbound_id: int, account: str) -> bool:
        """False while a question of this person waits there. Raises as `answer`, and NotPermitted for whoever may not ask.

        Whoever may see more than whoever asked is answered privately: the others there may see no more than the first answer.
        """
        demand(person, Permission.ASK)
        found = self.answer(person, inbound_id)
        more = not seen_alike(person, self._people.by_id(found.person_id))
        where = replace(found.at, account=account, private=found.at.private or more)
        question = found.question.removesuffix(FRESH).strip()[: LONGEST_QUESTION - len(FRESH) - 1]
        conversation = conversation_id(where.channel, where.thread_ts, person)
        return self._deliveries.ask_anew(person.id, conversation, f"{question} {FRESH}", where) is not None

    def _others_may_see(self, found: GivenAnswer, person: Person) -> bool:
        return not found.at.private and seen_alike(self._people.by_id(found.person_id), person)
