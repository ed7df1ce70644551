"""What people do about mails of the shared inbox: correct, take, finish, and see what follows from them."""

from datetime import datetime
from typing import Annotated, Any

import typer

from agent.domain.following import OfferKind
from agent.domain.mail import MailClass, Priority
from app.cli import output
from app.cli.dates import midday
from app.cli.mail import shown_mail
from app.cli.options import AsPerson, Json, MailId, Token, api_of
from app.client import Api, final_answer
from app.contract.chat import AnswerRow
from app.contract.mail import CustomerDraftRow, EndangeredRow, FollowingRow, MailRow, OfferRow
from app.contract.model import Contract

Reason = Annotated[str, typer.Option(help="Why, for whoever reads the mail's history.")]


class ProposedRow(Contract):
    """What came of an offer."""

    number: int
    answer: AnswerRow


def correct(
    mail: MailId,
    mail_class: Annotated[
        MailClass | None, typer.Option("--class", metavar="CLASS", help=f"What it is: {', '.join(MailClass)}.")
    ] = None,
    priority: Annotated[Priority | None, typer.Option(metavar="P1..P5", help="How urgent it is.")] = None,
    link: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="The sale order, purchase or delivery that it is about.")
    ] = None,
    unlink: Annotated[str | None, typer.Option(metavar="NUMBER", help="What it is not about.")] = None,
    reason: Reason = "",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say what a mail really is. Triage learns from its class; a link that a person makes counts like one that triage made."""
    said = {"class": mail_class, "priority": priority, "link": link, "unlink": unlink}
    given = {name: str(value) for name, value in said.items() if value is not None}
    if not given:
        raise typer.BadParameter("say what is right: --class, --priority, --link or --unlink")
    if len(given) > 1 and {"link", "unlink"} & given.keys():
        raise typer.BadParameter("correct a link by itself, and class and priority in another command")
    api = api_of(as_person, token)
    answer = api.correct_mail(api.mail(mail), {**given, "reason": reason})
    if answer.inbound_id is not None:
        final_answer(api.parts(answer.inbound_id))
    _show(json, api.mail(mail))


def take(
    mail: MailId,
    person: Annotated[str | None, typer.Option("--for", metavar="NAME", help="Who takes care of it; you when left out.")] = None,
    reason: Reason = "",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Take care of a mail and its thread, or give it to somebody."""
    _handle(api_of(as_person, token), mail, json, "taken", reason, **({"owner": person} if person else {}))


def answered(mail: MailId, reason: Reason = "", as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Say that somebody answered, by mail or otherwise: the clock stops. Replies that Expediter sends say so themselves."""
    _handle(api_of(as_person, token), mail, json, "answered", reason)


def done(mail: MailId, reason: Reason = "", as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Say that nothing is left to do for a mail and its thread. Another mail of the thread brings it back."""
    _handle(api_of(as_person, token), mail, json, "done", reason)


def reopen(mail: MailId, reason: Reason = "", as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Bring back a thread that was done."""
    _handle(api_of(as_person, token), mail, json, "reopened", reason)


def follow(
    mail: MailId,
    propose: Annotated[
        list[int] | None, typer.Option(metavar="NUMBER", help="Have this offer proposed; may be given several times.")
    ] = None,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """What follows from a linked mail: the orders it endangers, and what could be proposed. Nothing is changed by asking."""
    api = api_of(as_person, token)
    found = final_answer(api.parts(api.follow_mail(mail))).follow
    assert found is not None
    chosen = [_offer(found, number) for number in dict.fromkeys(propose or ())]
    if not chosen:
        output.shown(json, found, lambda: _page(found))
        return
    made = [ProposedRow(number=offer.number, answer=final_answer(api.parts(_propose(api, offer)))) for offer in chosen]
    output.shown(json, made, lambda: _proposed(made))


def file(
    day: Annotated[
        datetime, typer.Option(parser=midday, metavar="DATE", help="When the mails came: 2026-12-01, `today`, `yesterday`.")
    ],
    reason: Annotated[str, typer.Option(help="Why, as whoever approves will read it.")] = "They are about it.",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Have each linked mail of a day put on what it is about (a note, the mail attached), as one group to be approved at once."""
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.file_mails_of(day.date().isoformat(), reason)))
    output.shown(json, answer, lambda: output.say(answer.answer))
    if not answer.proposals:
        raise typer.Exit(1)


#: Of `expediter mail`, in the order they are met.
COMMANDS = (take, answered, done, reopen, correct, follow, file)


def _handle(api: Api, mail: int, json: bool, kind: str, reason: str, **said: str) -> None:
    _show(json, api.handle_mail(api.mail(mail), kind, {**said, "reason": reason}))


def _show(json: bool, row: MailRow) -> None:
    output.shown(json, row, lambda: shown_mail(row))


def _offer(found: FollowingRow, number: int) -> OfferRow:
    offer = next((one for one in found.offers if one.number == number), None)
    if offer is None:
        numbers = f"one of 1 to {len(found.offers)}" if found.offers else "there is none now"
        raise typer.BadParameter(f"{number} is no offer of {found.label}; {numbers}")
    return offer


def _propose(api: Api, offer: OfferRow) -> int:
    arguments: dict[str, Any] = offer.arguments
    if offer.kind is OfferKind.NEW_DATES:
        return api.propose_new_dates(arguments["cause"], arguments["new_date"], offer.reason)
    if offer.kind is OfferKind.CUSTOMER_UPDATES:
        return api.write_to_customers(arguments["mail"], offer.reason)
    return api.propose(offer.action, arguments, offer.reason)


def _page(found: FollowingRow) -> None:
    output.say(f"{found.said}{f'; it names {found.new_date}' if found.new_date else ''}.", style="bold")
    if found.orders:
        columns = ("order", "customer", "promise", "ready then", "late", "waits for")
        output.table(columns, [_order(order) for order in found.orders], right=("late",))
    for offer in found.offers:
        output.say(f"  {offer.number}. {offer.title}")
        for draft in offer.drafts:
            _drafted(draft)
    for why in found.left_out:
        output.say(f"  not offered: {why}", style="dim")
    if found.offers:
        how = f"`expediter mail follow {found.label} --propose 1` has the first proposed"
        output.say(f"{how}. Nothing was changed or sent.", style="dim")
    else:
        output.say("Nothing can be proposed because of it.")


def _drafted(draft: CustomerDraftRow) -> None:
    """In full: what is proposed is read first."""
    output.say(f"\n     To {', '.join(draft.to)} about {', '.join(draft.orders)}; template: {draft.template}", style="bold")
    output.say("\n".join(f"     {line}".rstrip() for line in draft.text.splitlines()) + "\n")


def _order(order: EndangeredRow) -> tuple[object, ...]:
    late = output.marked(f"{order.days_late} d", "high") if order.endangered else "–"
    ready = output.day(order.ready) if order.ready else "nothing in sight"
    return (order.order, order.customer, output.day(order.promise_date), ready, late, order.goods)


def _proposed(made: list[ProposedRow]) -> None:
    for one in made:
        output.say(one.answer.answer)
