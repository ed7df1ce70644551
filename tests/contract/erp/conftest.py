"""Every ERP behind the same ports: the demo distributor, and real Odoos, each way there, with the same situations planted."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from agent.actions import Effect, action_named, inverse, marker_of, prepare
from agent.domain.decisions import Proposal, ProposalContent, ProposalState
from agent.domain.purchasing import PurchaseLine
from agent.domain.records import Record
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.errors import PreconditionFailed, RecordMissing
from agent.guardrails.vocabulary import FACTS
from agent.ports.clock import utc_now
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from tests.contract.erp.trading import Trading, trading_of
from tests.fixtures.action_world import ActionWorld
from tests.fixtures.action_world_demo import DemoBuilder
from tests.fixtures.action_world_odoo import OdooBuilder
from tests.fixtures.odoo import Odoo
from tests.fixtures.past import Past
from tests.unit.execution.fakes import proposal_of

NUMBERS = count(int(utc_now().timestamp()))
FIXTURE_OF = {"demo": "demo_erp", "odoo19-json-rpc": "odoo_erp", "odoo19-json-2": "odoo_erp_json_2", "odoo14": "odoo_erp_14"}
#: Those that tell their past, with one of each kind of trouble planted in it.
WITH_A_PAST = {
    "demo": "demo_past", "odoo19-json-rpc": "odoo_past", "odoo19-json-2": "odoo_past_json_2", "odoo14": "odoo_past_14",
}  # fmt: skip


@dataclass(frozen=True)
class Erp:
    reader: ErpReader
    writer: ErpWriter
    situations: dict[str, str]
    """Situation → name of the sale order it is planted in."""

    def order(self, situation: str) -> SaleOrder:
        [order] = self.reader.open_sale_orders([self.situations[situation]])
        return order

    def lines(self, situation: str) -> list[SaleOrderLine]:
        return self.reader.sale_order_lines([self.order(situation).id])

    def line(self, situation: str) -> SaleOrderLine:
        """The only line of the order, or the first entered."""
        return min(self.lines(situation), key=lambda line: line.id)

    def bought_for(self, situation: str) -> tuple[SaleOrderLine, PurchaseLine]:
        """The line that was bought to order, and its purchase."""
        lines = {line.id: line for line in self.lines(situation)}
        [found] = [
            (lines[sold], line) for line in self.reader.open_purchase_lines() for sold in line.for_sale_line_ids if sold in lines
        ]
        return found

    def record(self, situation: str) -> Record:
        return self.order(situation).record


@dataclass(frozen=True)
class Company:
    """Proposed with the reader's login, carried out and read back with the writer's, as worker and executor do."""

    erp: Erp
    trading: Trading

    @property
    def reader(self) -> ErpReader:
        """The writer's own."""
        return self.trading.reader

    def propose(self, action: str, **arguments: Any) -> Proposal:
        content = prepare(action, arguments, self.erp.reader)
        assert set(content.facts) == set(FACTS[action])
        assert prepare(action, content.arguments, self.reader).canonical() == content.canonical()
        return proposal_of(content, id=next(NUMBERS), state=ProposalState.DONE)

    def effect(self, proposal: Proposal) -> Effect:
        return action_named(proposal.content.action).effect(proposal.content, self.reader, marker_of(proposal))

    def carry_out(self, proposal: Proposal) -> Proposal:
        action = action_named(proposal.content.action)
        before = Effect.DONE if action.repeatable else Effect.UNSEEN
        assert self.effect(proposal) in (Effect.BEFORE, before)
        action.apply(proposal.content, self.erp.writer, marker_of(proposal))
        assert self.effect(proposal) is Effect.DONE
        assert action.verified(proposal.content).startswith("Read back: ")
        return proposal

    def do(self, action: str, **arguments: Any) -> Proposal:
        return self.carry_out(self.propose(action, **arguments))

    def take_back(self, done: Proposal) -> Proposal:
        back = inverse(done)
        assert back is not None
        return self.do(back[0], **back[1])

    def refused(self, action: str, **arguments: Any) -> str:
        with pytest.raises((PreconditionFailed, RecordMissing)) as refusal:
            prepare(action, arguments, self.erp.reader)
        return str(refusal.value)

    def still(self, approved: Proposal) -> bool:
        """Whether what was approved is what would be proposed now."""
        content: ProposalContent = approved.content
        try:
            return prepare(content.action, content.arguments, self.reader).canonical() == content.canonical()
        except PreconditionFailed:
            return False


@pytest.fixture(scope="session", params=sorted(WITH_A_PAST))
def past(request: pytest.FixtureRequest) -> Past:
    """Read only: it is the same for every test of the session."""
    real: Past = request.getfixturevalue(WITH_A_PAST[request.param])
    return real


@pytest.fixture(params=sorted(FIXTURE_OF))
def erp(request: pytest.FixtureRequest) -> Erp:
    real: Any = request.getfixturevalue(FIXTURE_OF[request.param])
    return Erp(real.reader, real.writer, real.situations)


@pytest.fixture(params=sorted(FIXTURE_OF))
def world(request: pytest.FixtureRequest) -> ActionWorld:
    """Where actions are carried out and taken back, on records of the test's own."""
    real: Any = request.getfixturevalue(FIXTURE_OF[request.param])
    if request.param == "demo":
        return ActionWorld(real.reader, real.writer, DemoBuilder(request.getfixturevalue("demo_database")))
    odoo: Odoo = request.getfixturevalue("odoo_14" if request.param == "odoo14" else "odoo")
    if request.param == "odoo14":  # where only they may count
        _let_count(odoo)
    return ActionWorld(real.reader, real.writer, OdooBuilder(odoo))


def _let_count(odoo: Odoo) -> None:
    """Make the writer an inventory administrator."""
    admin = odoo.connection("admin")
    name = [("module", "=", "stock"), ("name", "=", "group_stock_manager")]
    [group] = admin.ask("ir.model.data", "search_read", domain=name, fields=["res_id"])
    admin.change("res.users", "write", ids=[odoo.accounts["writer"]["uid"]], vals={"groups_id": [(4, group["res_id"])]})


@pytest.fixture
def company(erp: Erp, request: pytest.FixtureRequest) -> Company:
    return Company(erp, trading_of(request.node.callspec.params["erp"], request))


@pytest.fixture
def healthy(erp: Erp) -> str:
    """The number of an order that nothing is wrong with."""
    return erp.situations["healthy"]
