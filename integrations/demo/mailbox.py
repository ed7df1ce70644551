"""Six mails of the shared logistics inbox. The files are written as of one Monday; `write_mails` brings them to today."""

import re
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from importlib.resources import files
from pathlib import Path

#: The day the files were written for.
WRITTEN_ON = datetime.fromisoformat("2026-11-16T00:00:00+00:00")
DATES = re.compile(
    r"(?P<mail>[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000)"
    r"|(?P<iso>\b\d{4}-\d\d-\d\d\b)|(?P<dotted>\b\d\d\.\d\d\.\d{4}\b)"
)


def write_mails(folder: Path, now: datetime) -> list[Path]:
    """Write the mails into the folder as if they had come in this morning; returns the files in order of arrival."""
    folder.mkdir(parents=True, exist_ok=True)
    shift = timedelta(days=(now.date() - WRITTEN_ON.date()).days)
    written = []
    for source in sorted(_sources(), key=lambda one: one.name):
        target = folder / source.name
        target.write_text(_shifted(source.read_text(encoding="utf-8"), shift), encoding="utf-8", newline="\n")
        written.append(target)
    return written


def _sources() -> list[Path]:
    return [Path(str(one)) for one in files(__package__).joinpath("mails").iterdir() if one.name.endswith(".eml")]


def _shifted(text: str, shift: timedelta) -> str:
    return DATES.sub(lambda found: _moved(found, shift), text)


def _moved(found: re.Match[str], shift: timedelta) -> str:
    if found["mail"]:
        return format_datetime(parsedate_to_datetime(found["mail"]) + shift)
    pattern = "%Y-%m-%d" if found["iso"] else "%d.%m.%Y"
    return (datetime.strptime(found[0], pattern) + shift).strftime(pattern)  # noqa: DTZ007 - a day, not a moment
