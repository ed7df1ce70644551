"""The company's own procedures."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import Json

group = typer.Typer(help="What the company's own documents say.", no_args_is_help=True)


@group.command()
def index(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of Markdown files; the demo company's procedures when left out.")
    ] = None,
    json: Json = False,
) -> None:
    """Read the documents and rebuild the index."""
    from app.wiring.cli import reading

    with reading() as company:
        sections = company.index_documents(folder)
        place = str(company.company.knowledge_folder)
    output.shown(json, {"sections": sections, "index": place}, lambda: output.say(f"{sections} sections are indexed in {place}."))


@group.command()
def ask(
    question: Annotated[list[str], typer.Argument(metavar="QUESTION…")],
    limit: Annotated[int, typer.Option(min=1, max=20)] = 3,
    json: Json = False,
) -> None:
    """The sections that answer a question, with document and section named."""
    from app.wiring.cli import reading

    with reading() as company:
        passages = company.knowledge.search(" ".join(question), limit)
    rows = [
        {
            "document": found.document,
            "title": found.title,
            "section": found.section,
            "text": found.text,
            "score": round(found.score, 3),
        }
        for found in passages
    ]
    output.shown(json, rows, lambda: _pages(rows))


def _pages(rows: list[dict[str, object]]) -> None:
    if not rows:
        output.say("No document answers that. `expediter knowledge index FOLDER` adds documents.")
    for row in rows:
        output.say(f"{row['title']} · {row['section']}  ({row['document']})", style="bold")
        output.say(f"{row['text']}\n")
