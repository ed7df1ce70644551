"""Orders at risk and why: a table, worst first, with how old it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from agent.domain.findings import Severity
from agent.domain.risk_list import RiskList, Row
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views.revision import carried_option
from integrations.slack.views.telling import SEVERITIES, count, day, in_utc, money, record, role, sums, when

MOST_ORDERS = 20
MOST_FINDINGS = 8
MOST_OPTIONS = 8
SMALLEST_TABLE = 3
GRAVITY = list(Severity)


def risk_answer(found: RiskList, warehouse: str = "") -> Payload:
    """Rows whose values are hidden from whoever reads have none; then there is no such column."""
    shown = min(MOST_ORDERS, len(found.rows))
    message = _risk_answer(found, shown, warehouse)
    while b.characters(message["blocks"]) > b.MOST_CHARACTERS and shown > SMALLEST_TABLE:
        shown -= 1
        message = _risk_answer(found, shown, warehouse)
    return message


def why_answer(row: Row, not_seen: Sequence[str] = ()) -> Payload:
    """One order: what is wrong on what evidence, and what can be done, each with the approval it would need."""
    findings, options = row["findings"][:MOST_FINDINGS], row["options"][:MOST_OPTIONS]
    blocks = [
        b.header(f"{_worst(row)} · {row['order']} for {row['customer']}"),
        b.fields(_facts(row)),
        *([b.rich(b.paragraph(b.bold("Why")), b.bullets(_finding(one) for one in findings))] if findings else []),
        *_options(row, options),
        b.context(_as_of(_moment(row["as_of"])), *(b.mrkdwn(one, 300) for one in not_seen[:5])),
    ]
    first = findings[0]["summary"] if findings else "nothing is wrong with it"
    return b.message(f"{b.mrkdwn(row['order'], 60)}: {b.mrkdwn(first, 500)}", blocks)


def _risk_answer(found: RiskList, shown: int, warehouse: str) -> Payload:
    rows = found.rows[:shown]
    said = _summary(found, f" in {b.mrkdwn(warehouse, 60)}" if warehouse else "")
    prices = any(row["value_at_risk"] is not None for row in rows)
    more = [
        b.context(f"The {shown} most urgent; `/expediter risk WAREHOUSE` narrows, `expediter risk list` has all {found.at_risk}.")
    ]
    blocks = [
        b.section(said),
        *([_table(rows, prices)] if rows else []),
        *(more if found.at_risk > shown else []),
        b.context(_as_of(found.as_of), *(b.mrkdwn(one, 300) for one in found.not_seen[:5])),
    ]
    return b.message(f"{said.replace('*', '')} As of {in_utc(found.as_of)}.", blocks)


def _summary(found: RiskList, where: str) -> str:
    if not found.at_risk:
        return f"*No order{where} is at risk*; {count(found.open_orders, 'open order')} looked at."
    worth = sums([(float(one.amount), one.currency) for one in found.values])
    missed = f", {found.already_missed} of them past their promise" if found.already_missed else ""
    waits = f"; goods worth {b.mrkdwn(worth, 200)} wait" if worth else ""
    return f"*{count(found.at_risk, 'order is', 'orders are')} at risk{where}*{missed}{waits}."


def _table(rows: Sequence[Row], prices: bool) -> Payload:
    names = ["Order", "Customer", *(["Value"] if prices else []), "Promised", "Ships", "Late by", "Severity", "Cause"]
    table = [[b.cell(name) for name in names]]
    table += [list(_line(row, prices)) for row in rows]
    return b.table(table, "llr" + "lllll" if prices else "llllll" + "l")


def _line(row: Row, prices: bool) -> Iterator[Payload]:
    yield b.linked_cell(row["order"], row["url"])
    yield b.cell(row["customer"], 40)
    if prices:
        yield _amount(row["value_at_risk"], row["currency"])
    yield b.cell(_day(row["promise_date"], "no promise"))
    yield b.cell(_day(row["projected_date"], "no supply"))
    yield b.cell(_late(row))
    yield b.cell(_worst(row))
    yield b.cell(row["findings"][0]["summary"] if row["findings"] else "", 110)


def _late(row: Row) -> str:
    """What nobody can say when it ships is not in time."""
    if row["days_late"]:
        return count(row["days_late"], "day")
    return "in time" if row["projected_date"] else "not known"


def _amount(value: float | None, currency: str) -> Payload:
    if value is None:
        return b.cell("hidden")
    return {"type": "raw_number", "value": value, "text": money(value, currency)}


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    yield "Order", record(row["order"], row["url"])
    yield "Customer", b.mrkdwn(row["customer"], 120)
    yield "Promised", _day(row["promise_date"], "no promise date")
    late = f", {count(row['days_late'], 'day')} late" if row["days_late"] else ""
    yield "Can ship", f"{_day(row['projected_date'], 'no supply in sight')}{late}"
    if row["value_at_risk"] is not None:
        yield "Value that waits", b.mrkdwn(money(row["value_at_risk"], row["currency"]), 60)


def _finding(finding: dict[str, Any]) -> Payload:
    runs = [b.run(f"{SEVERITIES[Severity(finding['severity'])]} · "), b.run(finding["summary"], 500)]
    seen = dict[str, str | None]()
    for one in finding["evidence"]:
        if one["name"] not in finding["summary"] or one["url"]:
            seen.setdefault(one["name"], one["url"])
    for name, url in list(seen.items())[:3]:
        runs += [b.run("  "), b.link(name, url, 60)]
    return b.paragraph(*runs)


def _options(row: Row, options: Sequence[dict[str, Any]]) -> Iterator[Payload]:
    if not options:
        yield b.section("*What can be done*\nNothing that is known helps; talk to the customer.")
        return
    yield b.section("*What can be done*, the best first")
    for index, option in enumerate(options):
        can = option["action"] is not None
        button = b.button("Propose…", f"propose:{index}", carried_option(row["order"], index, option)) if can else None
        yield b.section(_option(option), button)


def _option(option: dict[str, Any]) -> str:
    cost = f", costs {b.mrkdwn(money(option['cost']['amount'], option['cost']['currency']), 60)}" if option["cost"] else ""
    harmed = "; ".join(f"{one['order']} waits {count(one['days'], 'day')} longer" for one in option["harms"][:3])
    harm = f" · harms: {b.mrkdwn(harmed, 300)}" if harmed else ""
    lines = [
        f"{b.mrkdwn(option['summary'], 500)}{'' if option['whole'] else ' (a part)'}",
        f"ships {_day(option['ready_date'], 'nobody knows when')}{cost}{harm}",
        f"_approval: {b.mrkdwn(role(option['approval']), 200)}_",
    ]
    return "\n".join(lines)


def _worst(row: Row) -> str:
    found = [Severity(one["severity"]) for one in row["findings"]]
    return SEVERITIES[min(found, key=GRAVITY.index)] if found else "in time"


def _as_of(moment: datetime) -> str:
    return f"_As of {when(moment)}, from the last scan; only what you may see._"


def _moment(text: str | datetime) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def _day(text: str | datetime | None, missing: str) -> str:
    return day(_moment(text)) if text else missing
