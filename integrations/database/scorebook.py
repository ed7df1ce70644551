"""How orders ended, and how right the findings had been."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.domain.sales import Delivery
from agent.domain.scorecard import RuleScore, Scorecard
from agent.ports.scorebook import Unsettled
from integrations.database.board_orders import write
from integrations.database.pool import Pool, transaction

_WINDOW = """
    SELECT (SELECT finished_at FROM scan ORDER BY id LIMIT 1) AS beginning,
        (SELECT until FROM settlement ORDER BY id DESC LIMIT 1) AS settled_until
"""
_UNSETTLED = """
    SELECT DISTINCT order_id FROM finding_endangers WHERE NOT EXISTS (
        SELECT FROM order_ending WHERE order_ending.order_id = finding_endangers.order_id)
    AND NOT EXISTS (SELECT FROM order_risk WHERE order_risk.order_id = finding_endangers.order_id) ORDER BY order_id
"""
_SETTLE = """
    INSERT INTO order_ending (order_id, order_name, customer, promise_date, delivered_at)
    SELECT * FROM json_to_recordset(%(rows)s)
        AS row (order_id bigint, order_name text, customer text, promise_date timestamptz, delivered_at timestamptz)
    ON CONFLICT DO NOTHING
"""
#: A finding's fate is that of its orders: right when one shipped late, and settled when none is open any more.
_JUDGED = """
    WITH chosen AS (SELECT * FROM finding WHERE %(since)s::timestamptz IS NULL OR opened_at >= %(since)s),
    fate AS (
        SELECT chosen.id, chosen.kind, CASE
            WHEN bool_or(fate = 'true') THEN 'true' WHEN bool_or(fate = 'open') THEN 'open'
            WHEN bool_or(fate = 'averted') THEN 'averted' WHEN bool_or(fate = 'false') THEN 'false' ELSE 'unjudged' END AS fate
        FROM chosen LEFT JOIN finding_fate ON finding_fate.finding_id = chosen.id GROUP BY chosen.id, chosen.kind
    )
    SELECT kind AS rule, count(*) AS raised, count(*) FILTER (WHERE fate = 'true') AS true,
        count(*) FILTER (WHERE fate = 'false') AS false, count(*) FILTER (WHERE fate = 'averted') AS averted,
        count(*) FILTER (WHERE fate = 'open') AS open, count(*) FILTER (WHERE fate = 'unjudged') AS unjudged,
        count(*) FILTER (WHERE mark = 'marked_true') AS said_true, count(*) FILTER (WHERE mark = 'marked_false') AS said_false
    FROM fate LEFT JOIN finding_said ON finding_said.finding_id = fate.id GROUP BY GROUPING SETS ((kind), ())
"""
_CAUGHT = """
    WITH late AS (
        SELECT * FROM order_ending
        WHERE shipped_late(order_ending) AND (%(since)s::timestamptz IS NULL OR delivered_at >= %(since)s)
    ), named AS (
        SELECT finding.kind, late.order_id, late.promise_date, min(finding_endangers.since) AS since,
            min(finding_endangers.promise_date) AS promised
        FROM late JOIN finding_endangers ON finding_endangers.order_id = late.order_id AND since <= late.delivered_at
        JOIN finding ON finding.id = finding_endangers.finding_id
        GROUP BY GROUPING SETS ((finding.kind, late.order_id, late.promise_date), (late.order_id, late.promise_date))
    )
    SELECT kind AS rule, count(*) AS caught,
        count(*) FILTER (WHERE (since AT TIME ZONE 'UTC')::date <= (promised AT TIME ZONE 'UTC')::date) AS forewarned,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM promised - since) / 86400) AS lead_days
    FROM named GROUP BY kind
"""
_SHIPPED = """
    SELECT count(*) AS shipped, count(*) FILTER (WHERE shipped_late(order_ending)) AS late FROM order_ending
    WHERE delivered_at IS NOT NULL AND promise_date IS NOT NULL AND (%(since)s::timestamptz IS NULL OR delivered_at >= %(since)s)
"""
_MISSED = """
    SELECT order_name FROM order_ending WHERE shipped_late(order_ending)
        AND (%(since)s::timestamptz IS NULL OR delivered_at >= %(since)s) AND NOT EXISTS (
            SELECT FROM finding_endangers WHERE finding_endangers.order_id = order_ending.order_id AND since <= delivered_at)
    ORDER BY delivered_at DESC LIMIT 100
"""
_NOTHING = {name: 0 for name in ("raised", "true", "false", "averted", "open", "unjudged", "said_true", "said_false")}
_UNCAUGHT: dict[str, Any] = {"caught": 0, "forewarned": 0, "lead_days": None}


class PostgresScoreReading:
    """ScoreReading on a pool of the worker's or of serve's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def scorecard(self, since: datetime | None = None) -> Scorecard:
        asked = {"since": since}
        with transaction(self._pool) as connection:
            judged = {row["rule"]: row for row in connection.execute(_JUDGED, asked).fetchall()}
            caught = {row["rule"]: row for row in connection.execute(_CAUGHT, asked).fetchall()}
            (shipped,) = connection.execute(_SHIPPED, asked).fetchall()
            missed = connection.execute(_MISSED, asked).fetchall()
            (window,) = connection.execute(_WINDOW).fetchall()
        rules = sorted({rule for rule in (*judged, *caught) if rule is not None})
        return Scorecard(
            rules=tuple(_score(rule, judged.get(rule), caught.get(rule)) for rule in rules),
            total=_score("all", judged.get(None), caught.get(None)),
            late=shipped["late"],
            shipped=shipped["shipped"],
            missed=tuple(row["order_name"] for row in missed),
            settled_until=window["settled_until"],
        )


class PostgresScorebook(PostgresScoreReading):
    """Scorebook on a pool of the worker's role."""

    def unsettled(self) -> Unsettled | None:
        with transaction(self._pool) as connection:
            (window,) = connection.execute(_WINDOW).fetchall()
            rows = connection.execute(_UNSETTLED).fetchall()
        if window["beginning"] is None:
            return None
        return Unsettled(window["beginning"], window["settled_until"], tuple(row["order_id"] for row in rows))

    def settle(self, endings: Sequence[Delivery], until: datetime) -> int:
        rows = (
            {
                "order_id": ending.order.id,
                "order_name": ending.order.name,
                "customer": ending.order.customer_name,
                "promise_date": ending.order.promise_date,
                "delivered_at": ending.delivered_at,
            }
            for ending in endings
        )
        with transaction(self._pool) as connection:
            new = write(connection, _SETTLE, rows)
            connection.execute("INSERT INTO settlement (until) VALUES (%s)", [until])
        return new


def _score(rule: str, judged: dict[str, Any] | None, caught: dict[str, Any] | None) -> RuleScore:
    found = _NOTHING | (judged or {}) | _UNCAUGHT | (caught or {}) | {"rule": rule}
    lead = found["lead_days"]
    return RuleScore(**found | {"lead_days": None if lead is None else Decimal(str(lead)).quantize(Decimal("0.1"))})
