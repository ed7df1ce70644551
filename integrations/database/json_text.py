"""Values of the domain as JSON: decimals, dates and the like as strings."""

import json
from functools import partial
from typing import Any

from psycopg.types.json import Jsonb


def jsonb(value: Any) -> Jsonb:
    """A parameter for a jsonb column."""
    return Jsonb(value, dumps=partial(json.dumps, default=str, ensure_ascii=False))
