"""Where one company's state lies on this machine: the embedded server, the document index, who serves it, and demo tokens.

The demo company has a folder of its own, so that playing with it never touches a real company's audit log.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import NotPermitted, RecordMissing, SettingMissing
from app.settings.processes import WithOdoo
from integrations.database.state_folder import refuse_foreign

#: Kept from other users of the machine.
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Company:
    folder: Path
    demo: bool

    @property
    def has_database(self) -> bool:
        """Whether an embedded server was ever set up here. Raises SettingMissing when the folder is someone else's."""
        try:
            return (self.folder / "postgres" / "PG_VERSION").exists()
        except PermissionError:
            refuse_foreign(self.folder)
            raise

    @property
    def knowledge_folder(self) -> Path:
        return self.folder / "knowledge"

    @property
    def mailbox_folder(self) -> Path:
        """Sample mails of the demo company."""
        return self.folder / "mailbox"

    def note_server(self, url: str) -> None:
        """So that commands in another terminal find a server that took another port."""
        self._write("server.json", {"url": url})

    def forget_server(self) -> None:
        (self.folder / "server.json").unlink(missing_ok=True)

    def server_url(self) -> str | None:
        return self._read("server.json").get("url")

    def keep_tokens(self, tokens: Mapping[str, str]) -> None:
        self._write("tokens.json", tokens)

    def token_of(self, handle: str) -> str:
        """The demo token of a person. Raises NotPermitted outside of the demo, RecordMissing for a stranger."""
        if not self.demo:
            raise NotPermitted("--as plays a person of the demo company only; here, set EXPEDITER_TOKEN to your own token.")
        tokens = self._read("tokens.json")
        if not tokens:
            raise RecordMissing("The demo company is not set up yet; run `expediter demo` first.")
        if handle not in tokens:
            raise RecordMissing(f"Nobody in the demo company is called {handle}; there are {', '.join(sorted(tokens))}.")
        return tokens[handle]

    def second_factor_key(self, make: Callable[[], str]) -> str:
        """The key that serve keeps here where its settings name none; made when it is first needed."""
        key = self._read("second-factor-key.json").get("key")
        if key is None:
            key = make()
            self._write("second-factor-key.json", {"key": key})
        return key

    def _read(self, name: str) -> dict[str, str]:
        try:
            content: dict[str, str] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except PermissionError:
            refuse_foreign(self.folder)
            raise
        except OSError as unreadable:
            raise SettingMissing(
                f"{self.folder / name} cannot be read ({unreadable.strerror}); set EXPEDITER_STATE to another folder."
            ) from None
        except ValueError:
            raise SettingMissing(
                f"{self.folder / name} is damaged; run `expediter {'demo' if self.demo else 'up'}` again."
            ) from None
        return content

    def _write(self, name: str, content: Mapping[str, str]) -> None:
        """Complete or not at all: a reader never sees half a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{name}.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w", encoding="utf-8") as file:
            json.dump(content, file)
        draft.replace(self.folder / name)


def company_of(settings: WithOdoo) -> Company:
    """The configured company, or the demo company when no Odoo is configured."""
    return Company(settings.state / ("company" if settings.has_odoo else "demo"), demo=not settings.has_odoo)
