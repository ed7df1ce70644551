"""Letting an answer out, sentence by sentence, and what remains of it for the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.domain.chat import PartKind
from agent.graphs.evidence import proposed
from agent.graphs.listing import listed
from agent.graphs.picturing import pictured
from agent.graphs.working import worked_out
from agent.guardrails.grounding import Facts, unsupported
from agent.guardrails.sentences import SentenceStream
from agent.tools import ToolContext

MOST_CITATIONS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an answer, in the order in which it may be shown."""

    kind: PartKind
    body: dict[str, Any]
    evidence: dict[str, Any] = field(default_factory=dict)
    """With `final`: what the audit log keeps and no surface shows."""


@dataclass(slots=True)
class Release:
    """One answer on its way out. What a model says is checked against this turn's results; what rules say comes from them."""

    question: str
    context: ToolContext
    as_of: datetime
    text: str = ""
    withheld: list[dict[str, Any]] = field(default_factory=list)
    degraded: bool = False
    said: bool = False
    """Whether anything of the answer itself was shown."""
    _stream: SentenceStream = field(default_factory=SentenceStream)
    _facts: Facts = field(default_factory=Facts)
    _read: int = 0

    def __post_init__(self) -> None:
        self._facts.add_question(self.question, self.as_of)

    def model_says(self, text: str) -> Iterator[Part]:
        """Feed what a model wrote; get the supported sentences that are now complete."""
        for sentence in self._stream.feed(text):
            yield from self._check(sentence)

    def model_pauses(self) -> Iterator[Part]:
        """The message is complete: its last sentence too."""
        for sentence in self._stream.close():
            yield from self._check(sentence)
        self._break_line()

    def forget_unfinished(self) -> None:
        """Drop half a sentence of a model that failed."""
        self._stream.close()

    def rules_say(self, text: str) -> Iterator[Part]:
        """Release a text line by line."""
        self._break_line()
        for line in text.splitlines():
            if line.strip():
                yield self._say(f"{line}\n")

    def status(self, text: str) -> Part:
        return Part(PartKind.STATUS, {"text": text})

    def final(self, origin: dict[str, Any]) -> Iterator[Part]:
        """The whole answer. `origin` says who worded it, for the audit log."""
        if self.withheld and not self.degraded:
            count = len(self.withheld)
            left_out = "One sentence was left out" if count == 1 else f"{count} sentences were left out"
            yield from self.rules_say(f"({left_out}: nothing that was looked up supports it.)")
        results = self.context.turn.results
        body = {
            "answer": self.text.strip(),
            "degraded": self.degraded,
            "as_of": self.as_of.isoformat(),
            "citations": citations(self.text, results),
            "proposals": list(dict.fromkeys(number for _, result in results for number in proposed(result))),
            "worked_out": worked_out(self.context, "rules" if self.degraded else str(origin.get("model", "rules"))),
            "table": listed(results),
            "picture": pictured(self.question, results),
        }
        yield Part(PartKind.FINAL, body, origin | {"withheld": self.withheld})

    def _check(self, sentence: str) -> Iterator[Part]:
        if not sentence.strip():
            self.text += sentence if self.said else ""
            return
        self._learn()
        if missing := unsupported(sentence, self._facts):
            self.withheld.append({"sentence": sentence.strip(), "unsupported": list(missing)})
            return
        yield self._say(sentence)

    def _say(self, sentence: str) -> Part:
        self.text += sentence
        self.said = True
        return Part(PartKind.SENTENCE, {"text": sentence.strip()})

    def _break_line(self) -> None:
        if self.text and not self.text.endswith("\n"):
            self.text += "\n"

    def _learn(self) -> None:
        """Take in the results that came since the last sentence."""
        results = self.context.turn.results
        for tool, result in results[self._read :]:
            self._facts.add_result(tool, result)
        self._read = len(results)


def citations(text: str, results: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The records that the answer names, or else all that were read, and the sections that were found."""
    records = {(row["model"], row["id"]): row for _, result in results for row in result.get("records", ())}
    named = [row for row in records.values() if row["name"] in text] or list(records.values())
    cited = [{"source": row["name"], "detail": f"{row['model']} {row['id']}", "url": row["url"]} for row in named]
    passages = {(row["document"], row["section"]) for _, result in results for row in result.get("passages", ())}
    sections = [{"source": document, "detail": section, "url": None} for document, section in sorted(passages)]
    return [*sections, *cited][:MOST_CITATIONS]
