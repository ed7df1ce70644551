"""Quantities that know their unit of measure."""

from dataclasses import dataclass
from decimal import Decimal

#: Odoo stores quantities as floats; what is smaller than this is rounding, not goods.
ROUNDING = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in one unit of measure. Adapters convert to the product's stocking unit, so one product has one unit."""

    amount: Decimal
    unit: str

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.amount + other._in(self.unit), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.amount - other._in(self.unit), self.unit)

    def __lt__(self, other: "Quantity") -> bool:
        return self.amount < other._in(self.unit) - ROUNDING

    def __bool__(self) -> bool:
        """True when there is anything, beyond rounding."""
        return abs(self.amount) > ROUNDING

    def __str__(self) -> str:
        amount = self.amount.normalize()
        return f"{amount:f} {self.unit}"

    def at_least_zero(self) -> "Quantity":
        return self if self.amount > 0 else Quantity(Decimal(0), self.unit)

    def _in(self, unit: str) -> Decimal:
        if self.unit != unit:
            raise ValueError(f"cannot mix {self.unit} and {unit}")
        return self.amount


def smaller(one: Quantity, other: Quantity) -> Quantity:
    """The smaller of two quantities of the same unit."""
    return one if one.amount <= other._in(one.unit) else other
