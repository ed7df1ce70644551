"""What clicks may do with answers: look into them, and have them worked out anew."""

from dataclasses import replace

from agent.domain.decisions import Person
from agent.domain.messenger import GivenAnswer
from agent.errors import NotPermitted, RecordMissing
from agent.guardrails.permissions import Permission, demand
from agent.ports.people import People
from integrations.database.messenger_answers import PostgresGivenAnswers
from integrations.database.messenger_inbox import PostgresDeliveries
from integrations.slack.audience import seen_alike
from integrations.slack.chat import LONGEST_QUESTION, conversation_id

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

    def ask_again(self, person: Person, inbound_id: int, account: str, all_may_see: bool) -> bool:
        """False while a question of this person waits there. Raises as `answer`, and NotPermitted for whoever may not ask.

        `all_may_see`: that everybody who is there now may see what `person` may. Otherwise, and where the first answer was for
        one alone, so is this one: people join channels, and whoever clicked may see more than whoever asked.
        """
        demand(person, Permission.ASK)
        found = self.answer(person, inbound_id)
        others = not found.at.channel.startswith("D") and not all_may_see
        where = replace(found.at, account=account, private=found.at.private or others)
        question = found.question.removesuffix(FRESH).strip()[: LONGEST_QUESTION - len(FRESH) - 1]
        conversation = conversation_id(where.channel, where.thread_ts, person)
        return self._deliveries.ask_anew(person.id, conversation, f"{question} {FRESH}", where) is not None

    def _others_may_see(self, found: GivenAnswer, person: Person) -> bool:
        return not found.at.private and seen_alike(self._people.by_id(found.person_id), person)
