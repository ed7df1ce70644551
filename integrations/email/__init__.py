"""Reading mail messages without believing them."""

from integrations.email.message import parse_mail, read_mail

__all__ = ["parse_mail", "read_mail"]
