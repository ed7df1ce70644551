"""How an app of the tenant shows Microsoft 365 who it is."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.settings.mail_login import read_secret


def _over_tls(url: str) -> str:
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise ValueError("has to be an https address")
    return url.rstrip("/")


class Microsoft365App(BaseModel):
    """For one mailbox, whose address `user` is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: Annotated[str, Field(min_length=1)]
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    secret_file: Path
    """The app's client secret; or its certificate and private key, both as PEM in one file."""
    login_url: Annotated[str, AfterValidator(_over_tls)] = "https://login.microsoftonline.com"
    graph_url: Annotated[str, AfterValidator(_over_tls)] = "https://graph.microsoft.com"
    ca_file: Path | None = None
    """Who vouches for the server; without it whom this machine trusts."""

    @property
    def whose(self) -> str:
        """What people call the mailbox."""
        return self.user

    def secret(self) -> str:
        """As it is now. Raises SettingMissing."""
        return read_secret(self.secret_file, self.whose)
