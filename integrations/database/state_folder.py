"""Where the embedded server keeps its data and the passwords of its roles."""

import json
import os
import pwd
import secrets
from pathlib import Path
from typing import Literal

from agent.errors import DatabaseUnavailable, SettingMissing

Role = Literal["admin", "serve", "worker", "executor"]
ROLES: tuple[Role, ...] = ("admin", "serve", "worker", "executor")


def prepared(state_folder: Path) -> Path:
    """The folder, made where missing. Raises SettingMissing when it cannot be, is someone else's, or root may not use it."""
    folder = state_folder.expanduser().resolve()
    if os.geteuid() == 0:
        _refuse_for_root(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingMissing(f"The state folder {folder} cannot be made ({error.strerror}); choose another one.") from error
    refuse_foreign(folder)
    if os.geteuid() == 0:
        folder.chmod(0o711)  # PostgreSQL drops to its own account and has to pass through.
    return folder


def refuse_foreign(folder: Path) -> None:
    """Raises SettingMissing when the folder is there and someone else's: their server would not start any more after ours."""
    try:
        owner = folder.stat().st_uid
    except PermissionError:
        raise SettingMissing(f"This user may not look into {folder}; set EXPEDITER_STATE to a folder of your own.") from None
    except OSError:
        return
    if owner != os.geteuid():
        raise SettingMissing(
            f"{folder} belongs to {_name_of(owner)}; run this as that user, or set EXPEDITER_STATE to a folder of your own."
        )


def _name_of(user: int) -> str:
    try:
        return f"user {pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"user {user}"


def _refuse_for_root(folder: Path) -> None:
    for home in (Path(pwd.getpwuid(0).pw_dir), Path("/home"), Path("/Users")):
        if folder.is_relative_to(home):
            raise SettingMissing(
                f"As root the embedded PostgreSQL cannot keep its data below {home}: it runs as another user, and the home folder"
                " would have to be opened to everyone; use /var/lib/expediter, or run as an ordinary user."
            )
    for parent in folder.parents:
        if parent.exists() and not parent.stat().st_mode & 0o001:
            raise SettingMissing(
                f"As root the embedded PostgreSQL runs as another user, who may not pass {parent}; choose a state folder"
                " elsewhere, for example /var/lib/expediter."
            )


def passwords_of(folder: Path) -> dict[Role, str]:
    """The roles' passwords, made up at the first call. Raises DatabaseUnavailable when they were lost."""
    path = folder / "passwords.json"
    if path.exists():
        stored: dict[Role, str] = json.loads(path.read_text())
        return stored
    if (folder / "postgres" / "PG_VERSION").exists():
        raise DatabaseUnavailable(f"{path} is gone, so nobody can log in to the database beside it; restore it from a backup.")
    passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file)
    partial.rename(path)
    return passwords
