"""Below an answer: its list as a table, what it rests on, what can be done with it; and how it was worked out."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from agent.domain.findings import Severity
from integrations.slack import rating
from integrations.slack.interaction import Payload
from integrations.slack.markdown import allowed
from integrations.slack.text import cut
from integrations.slack.views import blocks as b
from integrations.slack.views.inputs import modal
from integrations.slack.views.telling import SEVERITIES, count, record, role, when

MOST_SOURCES = 8
#: What stands around the table: a line of sources and the buttons.
AROUND = 2_500
SMALLEST_TABLE = 2
HOW, AGAIN = "answer_how", "answer_again"
MOST_READS = 8
Body = Mapping[str, Any]


def ending(inbound_id: int, body: Body, hosts: Collection[str], length: int = 0) -> list[Payload]:
    """What stands below an answer that is `length` characters long."""
    said = [_as_of(body.get("as_of")), "Answered by rules: no language model is at hand." if body.get("degraded") else ""]
    sources = [_source(one, hosts) for one in (body.get("citations") or [])[:MOST_SOURCES]]
    said.append(f"From {', '.join(sources)}" if sources else "")
    line = "  ·  ".join(filter(None, said))[:3_000] or "Answered."
    table = table_of(body, hosts, b.MOST_CHARACTERS - AROUND - length)
    return [*table, b.context(line), _buttons(inbound_id), rating.buttons(inbound_id)]


def table_of(body: Body, hosts: Collection[str], room: int) -> list[Payload]:
    """As many rows as there is room for; none where that is not even two."""
    table = body.get("table")
    if not table:
        return []
    head = [b.cell(name, 40) for name in table["columns"]]
    rows = [[_cell(cell, hosts) for cell in row] for row in table["rows"]]
    while len(rows) >= SMALLEST_TABLE:
        shown = b.table([head, *rows], "l" * len(head))
        if b.characters(shown) <= room:
            left = len(table["rows"]) - len(rows) + int(table.get("not_shown") or 0)
            return [shown, *([b.context(f"{left} more are not in this table.")] if left else [])]
        rows.pop()
    return []


def how_modal(body: Body, question: str) -> Payload:
    """Each look-up: what, as of when, from which records, with what it found."""
    worked = body.get("worked_out")
    if not worked:
        return modal("How it was worked out", [b.section("Of this answer nothing more is known.")], "none", b.value("Q0", ""))
    reads = worked["reads"]
    blocks = [
        b.section(f"*Asked*: {b.mrkdwn(question, 500)}"),
        b.context(_worded(worked)),
        *(part for number, one in enumerate(reads[:MOST_READS], 1) for part in _read(number, one)),
        *([b.context(f"… and {count(len(reads) - MOST_READS, 'more look-up')}.")] if len(reads) > MOST_READS else []),
    ]
    if not reads:
        blocks.append(b.section("Nothing was looked up for it."))
    return modal("How it was worked out", blocks, "none", b.value("Q0", ""))


def _worded(worked: Body) -> str:
    model = f"{b.mrkdwn(worked['worded_by'], 80)}, each sentence held against what was looked up"
    by = "rules, without a language model" if worked["worded_by"] == "rules" else model
    return (
        f"Worded by {by}. What is a risk is judged by rules, with the thresholds of policy {b.mrkdwn(str(worked['policy']), 60)}."
    )


def _read(number: int, one: Body) -> Iterator[Payload]:
    yield b.section(f"*{number}. {b.mrkdwn(one['looked_at'], 100)}*\n{_freshness(one)}")
    if one["error"]:
        yield b.context(f"It was not found out: {b.mrkdwn(one['error'], 300)}")
    if one["found"]:
        yield b.rich(b.bullets(b.paragraph(b.run(_finding(found), 400)) for found in one["found"]))
    if one["records"]:
        more = one["records_in_all"] - len(one["records"])
        names = ", ".join(record(row["name"], row["url"], 60) for row in one["records"])
        yield b.context(cut_at_comma(f"Read: {names}{f' and {more} more' if more > 0 else ''}"))
    if one["not_looked_at"]:
        yield b.context(cut_at_comma(f"Not looked at: {b.mrkdwn('; '.join(one['not_looked_at']), 800)}"))


def cut_at_comma(markup: str, most: int = 1_900) -> str:
    """At a comma: no link is cut in two."""
    return markup if len(markup) <= most else f"{markup[:most].rpartition(', ')[0]} …"


def _freshness(one: Body) -> str:
    if not one["as_of"]:
        return "From the company's own documents." if one["tool"] == "search_procedures" else "Nothing was read."
    how = "from the last scan" if one["read_anew"] is False else "read anew" if one["read_anew"] else "read for this answer"
    return f"As of {when(datetime.fromisoformat(str(one['as_of'])))}, {how}."


def _finding(found: Body) -> str:
    sign = f"{SEVERITIES[Severity(found['severity'])]} · " if found["severity"] in set(Severity) else ""
    rule = f" (rule: {role(found['rule'])})" if found["rule"] else ""
    return f"{sign}{found['summary']}{rule}"


def _buttons(inbound_id: int) -> Payload:
    carried = b.value(f"Q{inbound_id}", "")
    buttons = [b.button("How was this worked out?", HOW, carried), b.button("Refresh", AGAIN, carried)]
    return {**b.actions(*buttons), "block_id": f"answer-{inbound_id}"}


def _cell(cell: Body, hosts: Collection[str]) -> Payload:
    url = str(cell.get("url") or "")
    return b.linked_cell(cell["text"], url if allowed(url, hosts) else None) if url else b.cell(cell["text"], 110)


def _source(one: Body, hosts: Collection[str]) -> str:
    name, url = cut(str(one.get("source", "")), 80), str(one.get("url") or "")
    return f"<{url}|{name}>" if allowed(url, hosts) else name


def _as_of(iso: object) -> str:
    try:
        return f"As of {when(datetime.fromisoformat(str(iso)))}"
    except ValueError:
        return ""
