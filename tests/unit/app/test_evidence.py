"""Evidence reads as people speak."""

import pytest

from app.cli.evidence import evidence_line
from app.contract.risk import EvidenceRow


@pytest.mark.parametrize(
    ("model", "field", "value", "told"),
    [
        ("purchase.order.line", "qty_received", "3 of 10 Units", "P00042 (purchase line), received: 3 of 10 Units"),
        ("purchase.order.line", "date_planned", "2026-11-22T12:00:00+00:00", "P00042 (purchase line), vendor's date: Sun 22 Nov"),
        ("proposal", "waits_for", "the buyer", "P00042 (proposal), waits for: the buyer"),
        ("stock.quant", "owner_id", "Two", "P00042 (stock.quant), owner: Two"),
        ("stock.picking", "state", "assigned", "P00042 (transfer), state: ready"),
        ("stock.picking", "name", "IT IS", "P00042 (transfer), name: IT IS"),
    ],
)
def test_things_and_fields_have_business_words(model: str, field: str, value: str, told: str) -> None:
    assert evidence_line(EvidenceRow(model=model, id=1, name="P00042", field=field, value=value, url=None)) == told
