"""What an answer says of how it came about, and the list that it speaks of."""

from agent.domain.chat import PartKind
from agent.domain.decisions import Person, Role
from agent.graphs.listing import listed
from agent.graphs.rules import RuleChat
from app.contract.chat import AnswerRow
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.turns import turn_of


def answer(database: DemoDatabase, erp: DemoErp, person: Person, question: str) -> AnswerRow:
    turn = turn_of(database, erp.reader, person, question)
    *_, last = RuleChat().answer(question, "one", turn)
    assert last.kind is PartKind.FINAL
    return AnswerRow.model_validate(last.body)


def test_a_list_comes_with_its_rows_each_order_linked_and_its_value_and_cause(
    demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    said = answer(demo_database, demo_erp, demo_database.person("maria"), "Which orders are at risk?")
    assert said.table is not None
    assert said.table.columns == ("Order", "Customer", "Value", "Promised", "Ships", "Late by", "Cause")
    assert said.worked_out is not None
    (read,) = said.worked_out.reads
    assert [row[0].text for row in said.table.rows] == [row.name for row in read.records][: len(said.table.rows)]
    assert read.looked_at == "Orders at risk"
    assert read.as_of is not None
    assert {found.summary.partition(":")[0] for found in read.found} <= {row.name for row in read.records}


def test_why_one_order_is_late_names_the_rules_that_found_it_and_the_records_they_read(
    demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    maria = demo_database.person("maria")
    listed_first = answer(demo_database, demo_erp, maria, "Which orders are at risk?")
    assert listed_first.table is not None
    order = listed_first.table.rows[0][0].text
    said = answer(demo_database, demo_erp, maria, f"Why is {order} late?")
    assert said.table is None
    assert said.worked_out is not None
    (read,) = said.worked_out.reads
    assert read.records[0].name == order
    assert all(found.rule and found.severity for found in read.found)
    assert said.worked_out.worded_by == "rules"
    assert said.worked_out.policy.startswith("v1-")


def test_whoever_may_not_see_prices_gets_no_column_of_values(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    walter = demo_database.person("walter", Role.WAREHOUSE_LEAD)
    said = answer(demo_database, demo_erp, walter, "Which orders are at risk?")
    assert said.table is not None
    assert "Value" not in said.table.columns


def test_one_row_or_two_lists_are_no_table() -> None:
    one = {"orders": [{"order": "S1", "customer": "A"}], "records": []}
    two = {"orders": [{"order": "S1", "customer": "A"}, {"order": "S2", "customer": "B"}], "records": []}
    assert listed([("impact_of", one)]) is None
    assert listed([("impact_of", two), ("impact_of", two)]) is None
    assert listed([("impact_of", {"error": "No such thing."})]) is None
    assert listed([("impact_of", two)]) == {
        "columns": ["Order", "Customer", "Late by"],
        "rows": [
            [{"text": "S1", "url": None}, {"text": "A", "url": None}, {"text": "not yet", "url": None}],
            [{"text": "S2", "url": None}, {"text": "B", "url": None}, {"text": "not yet", "url": None}],
        ],
        "not_shown": 0,
    }
