"""Asking, and having changes proposed."""

import sys
from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from agent.domain.chat import PartKind
from agent.errors import ExpediterError, ServerUnreachable
from app.cli import output
from app.cli.options import AsPerson, Json, Token, api_of
from app.client import Api, Part
from app.contract.chat import LONGEST_QUESTION, AnswerRow

READ_ONLY = "No server is running, so this is answered here and read-only; proposing a change needs `expediter up`."
Ask = Callable[[str], Iterable[Part]]


def chat(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]…", help="The question; nothing starts a conversation.")
    ] = None,
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
    if api.alive():
        _talk(_through(api), question, json)
    else:
        _answer_here(question, json)


def _answer_here(question: str, json: bool) -> None:
    from app.wiring.cli import reading

    output.warn(READ_ONLY)
    with reading() as company:
        _talk(lambda text: (Part(kind, body) for kind, body in company.answer(text)), question, json)


def _through(api: Api) -> Ask:
    conversation: str | None = None

    def ask(text: str) -> Iterable[Part]:
        nonlocal conversation
        inbound_id, conversation = api.ask(text, conversation)
        yield from api.parts(inbound_id)

    return ask


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
