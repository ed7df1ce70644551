"""The mails of the shared inbox, byte by byte, for whoever puts one on a record of the ERP."""

from typing import Protocol


class MailFiles(Protocol):
    def content(self, mail_id: int) -> bytes:
        """As it was taken in.

        Raises RecordMissing, PreconditionFailed for a mail that was too large to be taken in, NotPermitted for a process that has
        no business with this mail now, and DatabaseUnavailable.
        """
