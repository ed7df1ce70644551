"""Money that knows its currency."""

from dataclasses import dataclass
from decimal import Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + other._in(self.currency), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - other._in(self.currency), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < other._in(self.currency)

    def __str__(self) -> str:
        return f"{self.amount.quantize(CENT):,} {self.currency}"

    def share(self, part: Decimal, whole: Decimal) -> "Money":
        """`part / whole` of this amount; zero when there is no whole."""
        return Money(self.amount * part / whole if whole else Decimal(0), self.currency)

    def _in(self, currency: str) -> Decimal:
        if self.currency != currency:
            raise ValueError(f"cannot mix {self.currency} and {currency}")
        return self.amount
