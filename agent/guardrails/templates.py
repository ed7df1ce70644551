"""Texts for people outside that were approved beforehand: committed with the code, one file for each language, with a version.

What is sent names the template and its version, so that whoever approves sees where the words come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

#: What we write in; others are written to in English.
LANGUAGES = ("en", "de", "fr", "nl", "es")


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    version: int
    language: str
    """ISO 639-1, one of LANGUAGES."""
    words: Mapping[str, str]
    """The parts of the text, by name; facts go into `{braces}`."""

    def __str__(self) -> str:
        return f"{self.name.replace('_', ' ')}, version {self.version} ({self.language})"


@cache
def template(name: str, language: str) -> Template:
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    words = yaml.safe_load(files(__package__).joinpath("texts", name, f"{spoken}.yaml").read_text(encoding="utf-8"))
    return Template(name, words.pop("version"), spoken, words)
