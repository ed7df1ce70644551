"""Reading mail messages without believing them."""

from integrations.email.files.reading import parse_mail_and_files
from integrations.email.message import parse_mail, read_mail

__all__ = ["parse_mail", "parse_mail_and_files", "read_mail"]
