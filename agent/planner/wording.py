"""Results in sentences, by templates: what a person reads when no model words the answer."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

Result = dict[str, Any]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def word(tool: str, result: Result) -> str:
    """A tool's result as a short text: sentences and bullet lines."""
    if "error" in result:
        return _error(result)
    return _proposed(result) if tool.startswith("propose_") and tool not in _TEMPLATES else _TEMPLATES[tool](result)


def _error(result: Result) -> str:
    close = result.get("did_you_mean") or []
    return f"{result['error']} Did you mean {_either(close)}?" if close else str(result["error"])


def _orders_at_risk(result: Result) -> str:
    until = f" in {result['warehouse']}" if result["warehouse"] else ""
    until += f" promised up to {_day(result['promised_by'])}" if result["promised_by"] else ""
    if not result["at_risk"]:
        return f"No order{until} is at risk; {_count(result['open_orders'], 'open order')} looked at."
    verb = "is" if result["at_risk"] == 1 else "are"
    worth = f", together worth {_amounts(result['value_at_risk'])}" if _amounts(result["value_at_risk"]) else ""
    missed = f"; {result['already_missed']} of them missed the promise already" if result["already_missed"] else ""
    head = f"{_count(result['at_risk'], 'order')}{until} {verb} at risk{worth}{missed}."
    if result["not_shown"]:
        head += f" The {result['shown']} most urgent:"
    return "\n".join([head, *(_order_line(order) for order in result["orders"])])


def _order_line(order: Result) -> str:
    ships = f"{_goods(order)}can ship {_day(order['projected_date'])}" if order["projected_date"] else "no supply in sight"
    late = f", {_count(order['days_late'], 'day')} late" if order["days_late"] else ""
    worth = f", {_money(order['value_at_risk'])}" if order["value_at_risk"] else ""
    why = " ".join(_sentence(reason) for reason in order["reasons"][:2])
    promised = f"promised {_day(order['promise_date'])}" if order["promise_date"] else "no promise date"
    return f"- {order['order']} ({order['customer']}{worth}): {promised}, {ships}{late}{_held(order)}. {why}".rstrip()


def _goods(order: Result) -> str:
    """Of an order that is held only its goods can be ready."""
    return "its goods " if order["held_by_credit"] else ""


def _held(order: Result) -> str:
    return ", and it is held until finance releases the customer's credit" if order["held_by_credit"] else ""


def _why_order(result: Result) -> str:
    subject = f"{result['order']} for {result['customer']}"
    if not result["at_risk"]:
        promised = f"its promise is {_day(result['promise_date'])}" if result["promise_date"] else "no date was promised"
        return f"{subject} is not at risk; {promised}."
    ships = (
        f"{_goods(result) or 'it '}can ship {_day(result['projected_date'])}"
        if result["projected_date"]
        else "no supply is in sight for all of it"
    )
    late = f", {_count(result['days_late'], 'day')} late" if result["days_late"] else ""
    worth = f" {_money(result['value_at_risk'])} is at risk." if result["value_at_risk"] else ""
    promised = f"was promised for {_day(result['promise_date'])}" if result["promise_date"] else "has no promise date"
    lines = [f"{subject} {promised}; {ships}{late}{_held(result)}.{worth}", "Why:"]
    lines += [f"- {_sentence(finding['summary'])}" for finding in result["findings"]]
    if result["options"]:
        lines += ["What can be done:", *(_option(option) for option in result["options"])]
    return "\n".join(lines)


def _option(option: Result) -> str:
    needs = f" Approval: {_sentence(option['approval'])}" if option["approval"] else ""
    harmed = f" It delays {', '.join(harm['order'] for harm in option['harms'])}." if option["harms"] else ""
    return f"- {_sentence(option['summary'])}{harmed}{needs}"


def _late_from_vendor(result: Result) -> str:
    who = _either(result["vendors"]) if result["vendors"] else "any vendor"
    if not result["late_lines"]:
        return f"Nothing is late from {who}; {_count(result['open_lines'], 'purchase line')} still to come."
    lines = _count(result["late_lines"], "purchase line")
    verb = "is" if result["late_lines"] == 1 else "are"
    head = f"{lines} from {_either(result['vendors']) if result['vendors'] else 'all vendors'} {verb} late"
    rest = f"; the first {len(result['lines'])}:" if result["not_shown"] else ":"
    return "\n".join([head + rest, *(_purchase_line(line) for line in result["lines"])])


def _purchase_line(line: Result) -> str:
    waited = ", ".join(f"{order['order']} ({order['customer']})" for order in line["waited_for_by"])
    waits = f" Waited for by {waited}." if waited else ""
    state = f" It stands as {line['state']} in the ERP." if line["state"] not in ("purchase", "done") else ""
    return (
        f"- {line['purchase']} ({line['vendor']}): {line['outstanding']} of {line['product']} "
        f"due {_day(line['vendor_promise_date'])}, "
        f"{_count(line['days_late'], 'day')} late.{waits}{state}"
    )


def _stock_of_product(result: Result) -> str:
    texts = [_stock(product) for product in result["products"]]
    if result["also_matching"]:
        texts.append(f"Also matching: {', '.join(result['also_matching'])}.")
    return "\n".join(texts)


def _stock(product: Result) -> str:
    name = f"{product['product']} ({product['code']})" if product["code"] else product["product"]
    if not product["counted"]:
        return f"Stock of {name} is not counted."
    lines = [f"{name}: {product['on_hand']} on hand, {product['reserved']} reserved, {product['free']} free."]
    lines += [
        f"- {level['warehouse']}: {level['on_hand']} on hand, {level['reserved']} reserved, {level['free']} free."
        for level in product["warehouses"]
    ]
    lines += [_arrival(coming) for coming in product["incoming"]]
    return "\n".join(lines)


def _arrival(coming: Result) -> str:
    when = f"overdue since {_day(coming['due'])}" if coming["overdue"] else _day(coming["due"])
    vendor = f" from {coming['vendor']}" if coming["vendor"] else ""
    return f"- Coming: {coming['quantity']} into {coming['into']}, {when} ({coming['source']}{vendor})."


def _waiting_approvals(result: Result) -> str:
    if not result["waiting"]:
        return "Nothing waits for approval."
    verb = "waits" if result["waiting"] == 1 else "wait"
    more = [f"- And {result['not_shown']} more, which lapse later."] if result["not_shown"] else []
    return "\n".join(
        [f"{_count(result['waiting'], 'proposal')} {verb} for approval:", *(_waiting(row) for row in result["proposals"]), *more]
    )


def _waiting(row: Result) -> str:
    return f"- {row['label']}: {row['title']}, asked for by {row['asked_by']}; needs {row['approval']}."


def _search_procedures(result: Result) -> str:
    if not result["passages"]:
        return "No document of the company answers that."
    first = result["passages"][0]
    also = ", ".join(dict.fromkeys(f"{one['document']} ({one['section']})" for one in result["passages"][1:]))
    text = f"{first['document']}, {first['section']}:\n{first['text'].strip()}"
    return f"{text}\nSee also {also}." if also else text


def _changes(row: Result) -> str:
    return "; ".join(f"{change['label']}: {change['before']} → {change['after']}" for change in row["changes"])


def _proposed(result: Result) -> str:
    row = result["proposal"]
    begun = "The same change waits already as" if result["waited_already"] else "Proposed as"
    return (
        f"{begun} {row['label']}: {row['title']} ({_changes(row)}). {_sentence(row['consequence'])}\n"
        f"Nothing has changed yet: it needs approval by {row['approval']}, and not by {row['asked_by']}, who asked for it."
    )


def _propose_edit(result: Result) -> str:
    row = result["proposal"]
    return (
        f"Edited: {row['label']} takes its place: {row['title']} ({_changes(row)}). {_sentence(row['consequence'])}\n"
        f"Approvals given before do not count for it. It needs approval by {row['approval']}, and by nobody who asked for it or "
        "edited it."
    )


def _propose_new_dates(result: Result) -> str:
    left = [f"- not {one['order']} ({one['customer']}): {_sentence(one['why'])}" for one in result["left_out"]]
    if not result["proposed"]:
        head = (
            f"Nothing is proposed: {_count(result['endangered'], 'order')} that waits for {result['cause']} breaks its promise."
        )
        return "\n".join([head, *left])
    lines = [f"- {row['label']} {row['order']}: {_changes(row)}; needs {row['approval']}." for row in result["proposals"]]
    head = f"Proposed as {result['group']}, one request of {_count(result['lines'], 'line')}: {result['title']}."
    last = f"Nothing has changed yet: others approve {result['group']} together, or line by line."
    return "\n".join([head, *lines, *left, last])


def _propose_filings(result: Result) -> str:
    left = [f"- not {one['mail']} on {one['record']}: {_sentence(one['why'])}" for one in result["left_out"]]
    nothing = f"Nothing is proposed: no mail of {result['day']} is linked to a record that it is not on yet."
    return "\n".join(_grouped(result, nothing, left))


def _propose_customer_updates(result: Result) -> str:
    left = [f"- {_sentence(why)}" for why in result["left_out"]]
    nothing = f"Nothing is proposed: no customer has to be written to because of {result['mail']}."
    return "\n".join(_grouped(result, nothing, left))


def _grouped(result: Result, nothing: str, left: list[str]) -> list[str]:
    if not result["proposed"]:
        return [nothing, *left]
    lines = [f"- {row['label']} {row['title']}; needs {row['approval']}." for row in result["proposals"]]
    head = f"Proposed as {result['group']}, one request of {_count(result['lines'], 'line')}: {result['title']}."
    last = f"Nothing has changed yet: others approve {result['group']} together, or line by line."
    return [head, *lines, *left, last]


def _impact_of(result: Result) -> str:
    asked = f" If it came {_day(result['if_it_came'])}:" if result["if_it_came"] else ""
    if not result["orders"]:
        return f"{_sentence(result['what'])}{asked} No open order waits for it."
    worth = _amounts(result["value_endangered"])
    goods = f", with {worth} of these goods" if worth else ""
    one = result["orders_waiting"] == 1
    waits = f"{_count(result['orders_waiting'], 'order')} {'waits' if one else 'wait'} for it"
    head = f"{_sentence(result['what'])}{asked} {waits}; {_broken(result['promises_broken'], one)}{goods}:"
    return "\n".join([head, *(_impacted(order) for order in result["orders"])])


def _broken(number: int, only_one_waits: bool) -> str:
    if only_one_waits:
        return "it breaks its promise" if number else "it keeps its promise"
    return f"{number or 'none'} of them {'break' if number > 1 else 'breaks'} the promise"


def _impacted(order: Result) -> str:
    promised = f"promised {_day(order['promise_date'])}" if order["promise_date"] else "no promise date"
    ready = f"ready {_day(order['ready'])}" if order["ready"] else "nothing in sight"
    late = f", {_count(order['days_late'], 'day')} late" if order["promise_breaks"] and order["days_late"] else ""
    return f"- {order['order']} ({order['customer']}): {promised}, {ready}{late}; waits for {order['waits_for']}."


def _what_changed(result: Result) -> str:
    counts = ", ".join(f"{number} {change}" for change, number in result["counts"].items() if number)
    at_risk = f"{result['orders_at_risk']} of {_count(result['open_orders'], 'open order')} at risk"
    late = [result["late_mails"]] if result["late_mails"] else []
    if result["warehouse"]:
        at_risk = f"{_count(result['orders_at_risk'], 'order')} at risk in {result['warehouse']}"
    if not counts:
        return "\n".join([f"Nothing changed since {_day(result['since'])}; {at_risk}.", *late])
    rest = f" {result['not_shown']} more are in the brief." if result["not_shown"] else ""
    lines = [f"- {line['change']}: {_sentence(line['summary'])}" for line in result["findings"]]
    return "\n".join([f"Since {_day(result['since'])}: {counts}; {at_risk}.{rest}", *late, *lines])


_TEMPLATES: dict[str, Callable[[Result], str]] = {
    "propose_edit": _propose_edit,
    "propose_new_dates": _propose_new_dates,
    "propose_filings": _propose_filings,
    "propose_customer_updates": _propose_customer_updates,
    "orders_at_risk": _orders_at_risk,
    "why_order": _why_order,
    "impact_of": _impact_of,
    "what_changed": _what_changed,
    "late_from_vendor": _late_from_vendor,
    "stock_of_product": _stock_of_product,
    "waiting_approvals": _waiting_approvals,
    "search_procedures": _search_procedures,
}


def _day(iso: str) -> str:
    """`Fri 27 Nov 2026`, the same in every locale."""
    day = date.fromisoformat(iso[:10])
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _money(amount: Result) -> str:
    return f"{float(amount['amount']):,.2f} {amount['currency']}"


def _amounts(amounts: Sequence[Result | None]) -> str:
    return " and ".join(_money(amount) for amount in amounts if amount)


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
