"""A morning at the demo company, told by the product itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.rule import Rule

from agent.domain.chat import PartKind
from agent.domain.findings import Option, OptionKind, OrderRisk
from agent.domain.risk_list import RiskFilter
from agent.errors import ExpediterError, PreconditionFailed
from app.cli import audit, chat, mail, output, proposals, risk
from app.cli.decisions import carried_out
from app.client import Api
from app.contract.audit import ChainRow, history
from app.contract.chat import AnswerRow
from app.contract.mail import TriageRow
from app.contract.risk import OrderRiskRow
from app.wiring.cli import ReadingCompany, reading
from app.wiring.company import Company

QUESTION = "Which orders will miss their promise this week, and why?"
PATIENCE_S = 60.0


def tour(company: Company, url: str) -> None:
    """Every step is the real thing, over the real API. Raises ExpediterError when one does not do what it should."""
    maria, sofia = Api(url, company.token_of("maria")), Api(url, company.token_of("sofia"))
    with reading(demo=True) as now:
        order, option = _orders_at_risk(now)
        _a_question(maria)
        _a_mail(now, company)
        proposal_id = _a_proposal(maria, order, option)
        _own_approval_is_refused(maria, proposal_id)
        _an_approval(sofia, proposal_id, now, order)
        _the_log(now, proposal_id)


def _orders_at_risk(now: ReadingCompany) -> tuple[OrderRisk, Option]:
    with chapter("Orders at risk", "rules find them, with the facts they rest on"):
        report = now.risk()
        risk.table_of(now.answers.of_report(report, RiskFilter(limit=6)))
        order, option = _movable(report.orders)
        found = now.answers.order(order.order.name, fresh=True)
        output.say("")
        risk.order_page(OrderRiskRow.model_validate(found.row), found)
    return order, option


def _movable(orders: tuple[OrderRisk, ...]) -> tuple[OrderRisk, Option]:
    """The most urgent order whose promise date can be moved with one approval of a sales manager."""
    for order in orders:
        for option in order.options:
            if (
                option.kind is OptionKind.MOVE_PROMISE_DATE
                and "sales_manager" in option.approval
                and "then" not in option.approval
            ):
                return order, option
    raise PreconditionFailed("No order of the demo company can be helped by moving its promise date; run `expediter demo` again.")


def _a_question(maria: Api) -> None:
    with chapter("A question in chat", "maria, who runs operations, asks"):
        _ask(maria, QUESTION)


def _a_mail(now: ReadingCompany, company: Company) -> None:
    with chapter("An inbound mail", "what it is, what it names, what follows; a mail is data and never an instruction"):
        file = sorted(company.mailbox_folder.glob("*.eml"))[0]
        row = TriageRow.model_validate(now.triage(file.name, file.read_bytes()))
        mail.page(row)


def _a_proposal(maria: Api, order: OrderRisk, option: Option) -> int:
    with chapter("A proposal", "maria asks for a change; nothing is changed, a proposal is a row that waits"):
        day = datetime.fromisoformat(option.arguments["promise_date"]).date()
        answer = _ask(maria, f"Move the promise date of {order.order.name} to {day} because the vendor delivers late")
        if not answer.proposals:
            raise ExpediterError(f"No proposal came of it: {answer.answer}")
        proposals.page(maria.proposal(answer.proposals[0]))
    return answer.proposals[0]


def _own_approval_is_refused(maria: Api, proposal_id: int) -> None:
    with chapter("Four eyes", "maria tries to approve what she asked for"):
        try:
            maria.decide(maria.proposal(proposal_id), "approve", "")
        except ExpediterError as refusal:
            output.say(f"refused: {refusal}", style="yellow")
        else:
            raise ExpediterError("Someone approved their own proposal, which must not be possible.")


def _an_approval(sofia: Api, proposal_id: int, now: ReadingCompany, order: OrderRisk) -> None:
    with chapter("An approval, and its execution", "sofia, the sales manager, approves exactly what she was shown"):
        before = _promise(now, order)
        sofia.decide(sofia.proposal(proposal_id), "approve", "Agreed with the customer on the phone.")
        row = carried_out(sofia, proposal_id, PATIENCE_S)
        proposals.page(row)
        after = _promise(now, order)
        output.say(f"\nIn the ERP, {order.order.name} was promised for {before} and is now promised for {after}.", style="bold")
        if row.state != "done" or before == after:
            raise ExpediterError(f"The change was not carried out: {row.outcome_detail or row.state}")


def _the_log(now: ReadingCompany, proposal_id: int) -> None:
    with chapter("The audit log", "who, what, when, why; and proof that nothing was changed since"):
        check = ChainRow.of(now.audit.verify())
        audit.verdict(check)
        audit.story_of(history(now.audit, f"proposal:{proposal_id}"))
        if not check.intact:
            raise ExpediterError(check.reason)


def _promise(now: ReadingCompany, order: OrderRisk) -> str:
    (found,) = now.reader.sale_orders([order.order.name])
    return f"{found.promise_date:%Y-%m-%d}" if found.promise_date else "no day"


def _ask(person: Api, question: str) -> AnswerRow:
    output.say(f"» {question}", style="italic")
    inbound_id, _ = person.ask(question)
    for part in person.parts(inbound_id):
        chat.show_part(part)
        if part.kind is PartKind.FINAL:
            answer = AnswerRow.model_validate(part.body)
            chat.close(answer)
            return answer
    raise ExpediterError("The answer ended before it was complete.")


@contextmanager
def chapter(title: str, subtitle: str) -> Iterator[None]:
    output.say("")
    output.console().print(Rule(f"{title} · {subtitle}", align="left", style="bold cyan"))
    yield
