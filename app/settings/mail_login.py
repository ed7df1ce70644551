"""What the files that name mailboxes share. They hold no secret: each is in a file of its own, read anew at every login."""

from abc import abstractmethod
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import SettingMissing

HERE = ("localhost", "127.0.0.1", "::1")
Kind = TypeVar("Kind", bound=BaseModel)


class MailLogin(BaseModel):
    """How one logs in to a mail server: with a password, or a token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    password_file: Path | None = None
    token_file: Path | None = None
    """For XOAUTH2: whatever renews the token writes it here."""

    @property
    @abstractmethod
    def whose(self) -> str:
        """What people call the mailbox."""

    def refuse_halves(self) -> None:
        """Raises ValueError without exactly one file."""
        if (self.password_file is None) == (self.token_file is None):
            raise ValueError("needs a password_file or a token_file, and not both")

    def secret(self) -> str:
        """The password or token as it is now. Raises SettingMissing."""
        file = self.password_file or self.token_file
        assert file is not None
        return read_secret(file, self.whose)


def read_secret(file: Path, whose: str) -> str:
    """As it is now. Raises SettingMissing."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        raise SettingMissing(f"{file}, the secret of mailbox {whose}, cannot be read: {unreadable}.") from None


def read_mail_file(kind: type[Kind], file: Path, variable: str) -> Kind:
    """Raises SettingMissing with one sentence that says where the mistake is."""
    try:
        return kind.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
        said = " ".join(str(unreadable).split())
        raise SettingMissing(f"The mailboxes of {variable} cannot be read: {said}.") from None
    except ValidationError as wrong:
        raise SettingMissing(f"The mailboxes in {file} are not right: {'; '.join(map(_fault, wrong.errors()))}.") from None


def refuse_repeated(names: list[str]) -> None:
    """Raises ValueError."""
    if len(set(names)) < len(names):
        raise ValueError("two mailboxes have the same name")


def _fault(error: object) -> str:
    assert isinstance(error, dict)
    where = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    return f"{where or 'the file'}: {str(error['msg']).removeprefix('Value error, ')}"
