"""Asking, and having changes proposed."""

import re
import sys
from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from agent.domain.chat import PartKind
from agent.errors import ExpediterError, ServerUnreachable
from app.cli import output
from app.cli.options import AsPerson, Json, Token, api_of
from app.client import Api, Part
from app.contract.chat import CONVERSATION, LONGEST_QUESTION, AnswerRow

Ask = Callable[[str], Iterable[Part]]
Conversation = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Begin or continue a conversation of this name; it is kept when the server ends."),
]


def chat(
    text: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="The question; nothing starts a conversation.")] = None,
    conversation: Conversation = None,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Ask about orders, stock, purchases and procedures, or ask for a change to be proposed."""
    api = api_of(as_person, token)
    question = " ".join(text or []).strip()
    if not question and not sys.stdin.isatty():
        question = sys.stdin.read(LONGEST_QUESTION + 1).strip()
    if not question and not sys.stdin.isatty():
        raise typer.BadParameter("say what you want to know: expediter chat which orders are late", param_hint="TEXT")
    if len(question) > LONGEST_QUESTION:
        raise ExpediterError(f"That is more than {LONGEST_QUESTION} characters; ask something shorter.")
    if conversation is not None and not re.fullmatch(CONVERSATION, conversation):
        raise typer.BadParameter("a name has 1 to 80 letters, digits, dots, dashes and colons.", param_hint="--conversation")
    alive = api.alive()
    if alive and (api.signed_in or conversation is not None):
        through = _Through(api, conversation)
        _talk(through.ask, question, json)
        if not question and through.conversation:
            output.warn(f"To go on later: expediter chat --conversation {through.conversation}")
    elif conversation is not None:
        raise ServerUnreachable(
            f"Conversations are kept by the server, and none answers at {api.url}; start one with `expediter up`."
        )
    else:
        _answer_here(question, json, "Without a token" if alive else f"No server answers at {api.url}, so")


def _answer_here(question: str, json: bool, why: str) -> None:
    from app.wiring.cli import reading

    output.warn(f"{why} this is answered here and read-only; proposing a change needs `expediter up` and a person's token.")
    with reading() as company:
        _talk(lambda text: (Part(kind, body) for kind, body in company.answer(text)), question, json)


class _Through:
    """Serve, in one conversation; without a name, the first question begins a new one."""

    def __init__(self, api: Api, conversation: str | None) -> None:
        self._api, self.conversation = api, conversation

    def ask(self, text: str) -> Iterable[Part]:
        inbound_id, self.conversation = self._api.ask(text, self.conversation)
        yield from self._api.parts(inbound_id)


def _talk(ask: Ask, question: str, json: bool) -> None:
    if question:
        _show(ask(question), json)
        return
    output.say("Ask about orders, stock, purchases or procedures; an empty line ends.", style="dim")
    while line := _typed():
        try:
            _show(ask(line), json)
        except ServerUnreachable:
            raise
        except ExpediterError as refusal:
            output.warn(str(refusal))


def _typed() -> str:
    try:
        return input("» ").strip()
    except EOFError:
        return ""


def _show(parts: Iterable[Part], json: bool) -> None:
    """Sentences as they come; JSON only when the answer is whole. Raises ExpediterError with the reason when it failed."""
    for part in parts:
        if part.kind is PartKind.FAILED:
            raise ExpediterError(str(part.body["text"]))
        if part.kind is PartKind.FINAL:
            answer = AnswerRow.model_validate(part.body)
            output.shown(json, answer, lambda answer=answer: close(answer))  # type: ignore[misc]  # mypy cannot infer a default's type
            return
        if not json:
            show_part(part)
    raise ServerUnreachable("The answer ended before it was complete; ask again.")


def show_part(part: Part) -> None:
    if part.kind is PartKind.STATUS and sys.stdout.isatty():
        output.say(part.body["text"], style="dim italic")
    if part.kind is PartKind.SENTENCE:
        output.say(part.body["text"])


def close(answer: AnswerRow) -> None:
    if answer.citations:
        output.say(f"sources: {', '.join(dict.fromkeys(cited.source for cited in answer.citations))}", style="dim")
    for number in answer.proposals:
        output.say(f"P{number} waits for approval: `expediter proposals show P{number}` shows it.", style="yellow")
    output.say(f"as of {output.minute(answer.as_of)}", style="dim")
