"""Check digits: a number that carries one and fails it is not what it looks like."""

_LETTERS = {
    letter: value for letter, value in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
}


def is_container(value: str) -> bool:
    """ISO 6346: four letters, six digits, and a check digit."""
    code = "".join(char for char in value.upper() if char.isalnum())
    total = sum((_LETTERS[char] if char.isalpha() else int(char)) * 2**place for place, char in enumerate(code[:10]))
    return len(code) == 11 and total % 11 % 10 == int(code[10])


def is_air_waybill(value: str) -> bool:
    """IATA: three digits of the airline, seven of the waybill, and these modulo 7."""
    digits = "".join(char for char in value if char.isdigit())
    return len(digits) == 11 and int(digits[3:10]) % 7 == int(digits[10])


def is_sscc(value: str) -> bool:
    """GS1 modulo 10 over eighteen digits; an application identifier (00) in front is allowed."""
    digits = "".join(char for char in value if char.isdigit())
    digits = digits[2:] if len(digits) == 20 and digits.startswith("00") else digits
    return len(digits) == 18 and sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits)) % 10 == 0
