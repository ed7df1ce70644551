"""Cases name situations; here they get the names that the seeded company has for them."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from evals.case import Case
from integrations.demo import cast

PLACEHOLDER = re.compile(r"\{([a-z_:-]+|day[+-]\d+)\}")


def values_of(owner: psycopg.Connection[Any]) -> dict[str, str]:
    """Placeholder → value: `promise_missed`, `vendor:promise_missed`, `email:customer:promise_missed` …"""
    values: dict[str, str | None] = {}
    for situation, player in cast(owner).items():
        values[situation] = player.order
        for role, name, email in (
            ("vendor", player.vendor, player.vendor_email),
            ("customer", player.customer, player.customer_email),
        ):
            values[f"{role}:{situation}"] = name
            values[f"{role}-lower:{situation}"] = name.lower() if name else None
            values[f"email:{role}:{situation}"] = email
            values[f"domain:{role}:{situation}"] = email.partition("@")[2] if email else None
        values[f"product:{situation}"] = player.product
        values[f"code:{situation}"] = player.code
        values[f"purchase:{situation}"] = player.purchase
    return {name: value for name, value in values.items() if value is not None}


def filled(case: Case, values: dict[str, str], today: date | None = None) -> Case:
    """The case with every placeholder replaced. Raises ValueError for one the company has no value for."""
    day = today or datetime.now(UTC).date()

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("day"):
            return (day + timedelta(days=int(name[3:]))).isoformat()
        if name not in values:
            raise ValueError(f"{case.id}: nothing in the company is called {name}")
        return json.dumps(values[name], ensure_ascii=False)[1:-1]

    return Case.model_validate_json(PLACEHOLDER.sub(value, case.model_dump_json(by_alias=True)))
